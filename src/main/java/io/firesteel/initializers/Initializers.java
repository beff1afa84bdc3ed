package io.firesteel.initializers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The initializers by name (Keras 3.15, keras/src/initializers/__init__.py). */
public final class Initializers {

  private static final ObjectRegistry<Initializer> REGISTRY = registry();

  private Initializers() {}

  /**
   * Returns the initializer that an identifier names.
   *
   * @param identifier an initializer, a name or a serialized form
   * @throws IllegalArgumentException if it names none. Stricter than Keras: null is none, which
   *     Keras takes for {@code glorot_uniform} when a weight is made
   */
  public static Initializer get(@Nullable Object identifier) {
    return REGISTRY.get(identifier);
  }

  /**
   * Returns the initializer of a name with arguments, e.g. {@code get("glorot_uniform",
   * Map.of("seed", 7))}.
   *
   * @param arguments the values by Keras's names; those that are not there have Keras's defaults
   * @throws IllegalArgumentException if the name is unknown or an argument is refused
   */
  public static Initializer get(String name, Map<String, ?> arguments) {
    return deserialize(
        Config.builder().put("class_name", name).put("config", Config.of(arguments)).build());
  }

  /** Returns Keras's serialized form. */
  public static Config serialize(Initializer initializer) {
    return REGISTRY.serialize(initializer);
  }

  /** Returns the initializer of a serialized form. */
  public static Initializer deserialize(Config serialized) {
    return REGISTRY.deserialize(serialized);
  }

  /**
   * Makes a custom initializer known under {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has that name
   */
  public static <I extends Initializer> void register(
      String packageName, Class<I> type, ConfigFactory<I> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-ins, in order. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }

  private static ObjectRegistry<Initializer> registry() {
    ObjectRegistry.Builder<Initializer> builder =
        ObjectRegistry.builder("initializer", "keras.initializers", Initializer.class)
            .addRead("Zeros", Constant.class, Constant::zeros, "zero")
            .addRead("Ones", Constant.class, Constant::ones, "one")
            .addRead("Constant", Constant.class, Constant::read)
            .addRead("Identity", Identity.class, Identity::read, "IdentityInitializer")
            .addRead(
                "RandomNormal", RandomNormal.class, RandomNormal::read, "random_normal", "normal")
            .addRead(
                "RandomUniform",
                RandomUniform.class,
                RandomUniform::read,
                "random_uniform",
                "uniform")
            .addRead(
                "TruncatedNormal", TruncatedNormal.class, TruncatedNormal::read, "truncated_normal")
            .addRead("Orthogonal", Orthogonal.class, Orthogonal::read, "OrthogonalInitializer")
            .addRead(
                "VarianceScaling",
                VarianceScaling.class,
                arguments -> VarianceScaling.read(arguments),
                "variance_scaling");
    for (VarianceScaling.Form form : VarianceScaling.FIXED) {
      builder.addRead(
          form.className(),
          VarianceScaling.class,
          arguments -> VarianceScaling.read(form, arguments),
          KerasNames.snakeCase(form.className()));
    }

    return builder.build();
  }
}
