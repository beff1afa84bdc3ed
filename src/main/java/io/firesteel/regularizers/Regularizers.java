package io.firesteel.regularizers;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The regularizers by name (Keras 3.15, keras/src/regularizers/__init__.py). */
public final class Regularizers {

  private static final ObjectRegistry<Regularizer> REGISTRY =
      ObjectRegistry.builder("regularizer", "keras.regularizers", Regularizer.class)
          .add(L1.class, L1::fromConfig)
          .add(L2.class, L2::fromConfig)
          .add(L1L2.class, L1L2::fromConfig)
          .add(
              OrthogonalRegularizer.class,
              OrthogonalRegularizer::fromConfig,
              "orthogonal_regularizer")
          .build();

  private Regularizers() {}

  /**
   * Returns the regularizer that an identifier names.
   *
   * @param identifier null for none, a regularizer, a name or a serialized form
   * @throws IllegalArgumentException if it names none
   */
  public static @Nullable Regularizer get(@Nullable Object identifier) {
    return identifier == null ? null : REGISTRY.get(identifier);
  }

  /** Returns Keras's serialized form, null for null. */
  public static @Nullable Config serialize(@Nullable Regularizer regularizer) {
    return regularizer == null ? null : REGISTRY.serialize(regularizer);
  }

  /** Returns the regularizer of a serialized form. */
  public static Regularizer deserialize(Config serialized) {
    return REGISTRY.deserialize(serialized);
  }

  /**
   * Makes a custom regularizer known under {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has that name
   */
  public static <X extends Regularizer> void register(
      String packageName, Class<X> type, ConfigFactory<X> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-ins, in order. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }
}
