package io.firesteel.losses;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  private static final Map<String, String> MISSING =
      Map.of(
          "ctc",
          "it aligns sequences of different lengths",
          "circle",
          "it compares each row of a batch with all others, which no shard of the rows has");

  private static final ObjectRegistry<Loss> REGISTRY = registry();

  private Losses() {}

  /**
   * Returns the loss that an identifier names: a loss, a name, or a serialized loss.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static Loss get(@Nullable Object identifier) {
    if (identifier instanceof Config config) {
      return deserialize(config);
    }

    if (identifier instanceof Map<?, ?> map) {
      return deserialize(Config.of(map));
    }

    refuseMissing(identifier);
    return REGISTRY.get(identifier);
  }

  /**
   * Returns the loss of a name with arguments, e.g. {@code get("mean_squared_error",
   * Map.of("reduction", "sum"))}.
   *
   * @param name as {@link #get(Object)} has it
   * @param arguments the values by Keras's names; those that are not there have Keras's defaults
   * @throws IllegalArgumentException if the name is unknown or an argument is refused
   */
  public static Loss get(String name, Map<String, ?> arguments) {
    return deserialize(
        Config.builder().put("class_name", name).put("config", Config.of(arguments)).build());
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
    refuseMissing(serialized.get(function ? "config" : "class_name"));
    return function && serialized.get("config") instanceof String name
        ? REGISTRY.get(name)
        : REGISTRY.deserialize(serialized);
  }

  private static void refuseMissing(@Nullable Object name) {
    String reason = name instanceof String text ? MISSING.get(text.toLowerCase(Locale.ROOT)) : null;
    if (reason != null) {
      throw new IllegalArgumentException(
          "The loss '%s' is not supported: %s. Allowed: %s"
              .formatted(name, reason, String.join(", ", names())));
    }
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

  private static ObjectRegistry<Loss> registry() {
    ObjectRegistry.Builder<Loss> builder =
        ObjectRegistry.builder("loss", "keras.losses", Loss.class);
    for (ElementwiseLoss.Form form : ElementwiseLoss.FORMS) {
      List<String> names = new ArrayList<>(form.otherNames());
      names.add(form.name());
      builder.addRead(
          form.className(),
          ElementwiseLoss.class,
          arguments -> new ElementwiseLoss(form, arguments),
          names.toArray(String[]::new));
    }

    return builder
        .addRead("Dice", Overlap.class, Overlap::dice, "dice")
        .addRead("Tversky", Overlap.class, Overlap::tversky, "tversky")
        .addRead(
            CategoricalGeneralizedCrossEntropy.class,
            CategoricalGeneralizedCrossEntropy::new,
            "categorical_generalized_cross_entropy")
        .addRead(MeanSquaredError.class, MeanSquaredError::new, "mean_squared_error", "mse", "MSE")
        .addRead(Huber.class, Huber::new, "huber")
        .addRead(CosineSimilarity.class, CosineSimilarity::new, "cosine_similarity")
        .addRead(CategoricalHinge.class, CategoricalHinge::new, "categorical_hinge")
        .addRead(
            BinaryCrossentropy.class, BinaryCrossentropy::new, "binary_crossentropy", "bce", "BCE")
        .addRead(
            BinaryFocalCrossentropy.class,
            BinaryFocalCrossentropy::new,
            "binary_focal_crossentropy")
        .addRead(
            CategoricalCrossentropy.class, CategoricalCrossentropy::new, "categorical_crossentropy")
        .addRead(
            CategoricalFocalCrossentropy.class,
            CategoricalFocalCrossentropy::new,
            "categorical_focal_crossentropy")
        .addRead(
            SparseCategoricalCrossentropy.class,
            SparseCategoricalCrossentropy::new,
            "sparse_categorical_crossentropy")
        .build();
  }
}
