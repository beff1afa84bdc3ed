package io.firesteel.saving;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the arguments of an object under Keras's keys and has them read as a config is, so that
 * an argument has its default, its check and its wording in one place, the constructor.
 *
 * @param <T> what is built
 * @param <B> the builder's own type
 */
public abstract class ObjectBuilder<T, B extends ObjectBuilder<T, B>> {

  private final String owner;
  private final Function<ConfigReader, T> constructor;
  private Config arguments = Config.empty();

  /**
   * Creates a builder.
   *
   * @param owner the name of the class, for errors
   * @param constructor reads the arguments and checks them
   */
  protected ObjectBuilder(String owner, Function<ConfigReader, T> constructor) {
    this.owner = owner;
    this.constructor = constructor;
  }

  /** Sets an argument. */
  @SuppressWarnings("unchecked")
  protected final B set(String key, @Nullable Object value) {
    arguments = arguments.with(key, value);
    return (B) this;
  }

  /**
   * Returns the object.
   *
   * @throws IllegalArgumentException if an argument is out of its range
   */
  public T build() {
    return arguments.read(owner, constructor);
  }
}
