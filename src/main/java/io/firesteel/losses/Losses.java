package io.firesteel.losses;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The losses by name, as {@code keras.losses.get}, {@code serialize} and {@code deserialize}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/__init__.py; {@link #resolve} from
 * keras/src/trainers/compile_utils.py.
 */
public final class Losses {

  private static final Set<String> CROSSENTROPY = Set.of("crossentropy", "ce");

  private static final ObjectRegistry<Loss> REGISTRY =
      ObjectRegistry.builder("loss", "keras.losses", Loss.class)
          .add(
              BinaryCrossentropy.class,
              BinaryCrossentropy::fromConfig,
              "binary_crossentropy",
              "bce",
              "BCE")
          .add(
              CategoricalCrossentropy.class,
              CategoricalCrossentropy::fromConfig,
              "categorical_crossentropy")
          .add(
              SparseCategoricalCrossentropy.class,
              SparseCategoricalCrossentropy::fromConfig,
              "sparse_categorical_crossentropy")
          .add(
              MeanSquaredError.class,
              MeanSquaredError::fromConfig,
              "mean_squared_error",
              "mse",
              "MSE")
          .add(
              MeanAbsoluteError.class,
              MeanAbsoluteError::fromConfig,
              "mean_absolute_error",
              "mae",
              "MAE")
          .add(Huber.class, Huber::fromConfig, "huber")
          .add(Poisson.class, Poisson::fromConfig, "poisson")
          .add(KLDivergence.class, KLDivergence::fromConfig, "kl_divergence", "kld", "KLD")
          .add(Hinge.class, Hinge::fromConfig, "hinge")
          .add(SquaredHinge.class, SquaredHinge::fromConfig, "squared_hinge")
          .add(CategoricalHinge.class, CategoricalHinge::fromConfig, "categorical_hinge")
          .add(
              MeanAbsolutePercentageError.class,
              MeanAbsolutePercentageError::fromConfig,
              "mean_absolute_percentage_error",
              "mape",
              "MAPE")
          .add(
              MeanSquaredLogarithmicError.class,
              MeanSquaredLogarithmicError::fromConfig,
              "mean_squared_logarithmic_error",
              "msle",
              "MSLE")
          .add(CosineSimilarity.class, CosineSimilarity::fromConfig, "cosine_similarity")
          .add(LogCosh.class, LogCosh::fromConfig, "log_cosh")
          .add(
              BinaryFocalCrossentropy.class,
              BinaryFocalCrossentropy::fromConfig,
              "binary_focal_crossentropy")
          .add(
              CategoricalFocalCrossentropy.class,
              CategoricalFocalCrossentropy::fromConfig,
              "categorical_focal_crossentropy")
          .build();

  private Losses() {}

  /**
   * Returns the loss that an identifier names: a loss, a name, or a serialized loss.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static Loss get(@Nullable Object identifier) {
    return identifier instanceof Config config ? deserialize(config) : REGISTRY.get(identifier);
  }

  /**
   * Returns the loss that an identifier names where the shapes are known: {@code crossentropy} and
   * {@code ce} stand for the binary, the sparse categorical or the categorical crossentropy, as
   * Keras's {@code compile} has it. All else is passed to {@link #get}.
   *
   * @param labelWidth the width of a label, 1 for a class index
   */
  public static Loss resolve(@Nullable Object identifier, int predictionWidth, int labelWidth) {
    if (!(identifier instanceof String name)
        || !CROSSENTROPY.contains(name.toLowerCase(Locale.ROOT))) {
      return get(identifier);
    }

    if (predictionWidth == 1) {
      return BinaryCrossentropy.builder().name(name).build();
    }

    return labelWidth == 1
        ? SparseCategoricalCrossentropy.builder().name(name).build()
        : CategoricalCrossentropy.builder().name(name).build();
  }

  /** Returns Keras's serialized form of a loss. */
  public static Config serialize(Loss loss) {
    return REGISTRY.serialize(loss);
  }

  /**
   * Rebuilds a loss from Keras's serialized form, be it of an object or of a loss function.
   *
   * @throws IllegalArgumentException if the class is unknown or its config is refused
   */
  public static Loss deserialize(Config serialized) {
    boolean function = "function".equals(serialized.get("class_name"));
    return function && serialized.get("config") instanceof String name
        ? REGISTRY.get(name)
        : REGISTRY.deserialize(serialized);
  }

  /** Makes a custom loss known under {@code packageName>SimpleName}. */
  public static <S extends Loss> void register(
      String packageName, Class<S> type, ConfigFactory<S> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-in losses. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }

  /** Returns every name that {@link #get} accepts, sorted. */
  public static List<String> names() {
    return REGISTRY.names();
  }
}
