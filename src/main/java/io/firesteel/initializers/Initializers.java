package io.firesteel.initializers;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The initializers by name (Keras 3.15, keras/src/initializers/__init__.py). */
public final class Initializers {

  private static final ObjectRegistry<Initializer> REGISTRY =
      ObjectRegistry.builder("initializer", "keras.initializers", Initializer.class)
          .add(Zeros.class, Zeros::fromConfig, "zero")
          .add(Ones.class, Ones::fromConfig, "one")
          .add(Constant.class, Constant::fromConfig)
          .add(Identity.class, Identity::fromConfig, "IdentityInitializer")
          .add(RandomNormal.class, RandomNormal::fromConfig, "random_normal", "normal")
          .add(RandomUniform.class, RandomUniform::fromConfig, "random_uniform", "uniform")
          .add(TruncatedNormal.class, TruncatedNormal::fromConfig, "truncated_normal")
          .add(VarianceScaling.class, VarianceScaling::fromConfig, "variance_scaling")
          .add(GlorotNormal.class, GlorotNormal::fromConfig, "glorot_normal")
          .add(GlorotUniform.class, GlorotUniform::fromConfig, "glorot_uniform")
          .add(HeNormal.class, HeNormal::fromConfig, "he_normal")
          .add(HeUniform.class, HeUniform::fromConfig, "he_uniform")
          .add(LecunNormal.class, LecunNormal::fromConfig, "lecun_normal")
          .add(LecunUniform.class, LecunUniform::fromConfig, "lecun_uniform")
          .add(Orthogonal.class, Orthogonal::fromConfig, "OrthogonalInitializer")
          .build();

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
}
