package io.firesteel.saving;

/**
 * An object that a Keras config can rebuild: an optimizer, a schedule, a layer, a loss.
 *
 * <p>For a class registered under the name {@code Foo} with the factory {@code Foo::fromConfig},
 * {@code Foo.fromConfig(foo.getConfig())} is an object with the same behaviour and an equal config.
 */
public interface KerasSerializable {

  /**
   * Returns the constructor arguments under Keras's keys, in Keras's order. The values are those of
   * {@link Config}.
   */
  Config getConfig();

  /**
   * Returns Keras's name of the class: the simple name of the Java class, unless that stands for
   * several classes of Keras.
   */
  default String className() {
    return getClass().getSimpleName();
  }
}
