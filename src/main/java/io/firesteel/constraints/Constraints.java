package io.firesteel.constraints;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The constraints by name (Keras 3.15, keras/src/constraints/__init__.py). */
public final class Constraints {

  private static final ObjectRegistry<Constraint> REGISTRY =
      ObjectRegistry.builder("constraint", "keras.constraints", Constraint.class)
          .add(MaxNorm.class, MaxNorm::fromConfig, "max_norm")
          .add(NonNeg.class, NonNeg::fromConfig, "non_neg")
          .add(UnitNorm.class, UnitNorm::fromConfig, "unit_norm")
          .add(MinMaxNorm.class, MinMaxNorm::fromConfig, "min_max_norm")
          .build();

  private Constraints() {}

  /**
   * Returns the constraint that an identifier names.
   *
   * @param identifier null for none, a constraint, a name or a serialized form
   * @throws IllegalArgumentException if it names none
   */
  public static @Nullable Constraint get(@Nullable Object identifier) {
    return identifier == null ? null : REGISTRY.get(identifier);
  }

  /** Returns Keras's serialized form, null for null. */
  public static @Nullable Config serialize(@Nullable Constraint constraint) {
    return constraint == null ? null : REGISTRY.serialize(constraint);
  }

  /** Returns the constraint of a serialized form. */
  public static Constraint deserialize(Config serialized) {
    return REGISTRY.deserialize(serialized);
  }

  /**
   * Makes a custom constraint known under {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has that name
   */
  public static <X extends Constraint> void register(
      String packageName, Class<X> type, ConfigFactory<X> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-ins, in order. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }
}
