package io.firesteel.layers;

import io.firesteel.regularizers.Regularizer;
import io.firesteel.regularizers.Regularizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that all layers share (Keras 3.15, keras/src/layers/layer.py).
 *
 * @param name the name, or null for one that the model makes from the class
 * @param trainable whether the layer's weights are trained
 * @param inputShape the shape of one input row, if the layer was told
 * @param activityRegularizer the penalty on the layer's output, or null
 */
public record LayerOptions(
    @Nullable String name,
    boolean trainable,
    @Nullable Shape inputShape,
    @Nullable Regularizer activityRegularizer) {

  /** What a layer has unless told otherwise: no name, trainable, no input shape. */
  public static final LayerOptions DEFAULT = new LayerOptions(null, true, null, null);

  /**
   * Creates the options.
   *
   * @throws IllegalArgumentException if the name can't be a part of a path
   */
  public LayerOptions {
    if (name != null && (name.isBlank() || name.contains("/"))) {
      throw new IllegalArgumentException(
          "'name' of a layer must not be empty or contain '/'. Received: '%s'".formatted(name));
    }

    if (activityRegularizer != null && !activityRegularizer.isAdditive()) {
      throw new IllegalArgumentException(
          "'activity_regularizer' of a layer must be a sum over single values, such as L1 and L2."
              + " Received: "
              + activityRegularizer.getClass().getSimpleName());
    }
  }

  /** Returns these options with another name. */
  public LayerOptions withName(@Nullable String newName) {
    return new LayerOptions(newName, trainable, inputShape, activityRegularizer);
  }

  /** Returns these options with the weights trained or not. */
  public LayerOptions withTrainable(boolean value) {
    return new LayerOptions(name, value, inputShape, activityRegularizer);
  }

  /** Returns these options with another input shape. */
  public LayerOptions withInputShape(@Nullable Shape shape) {
    return new LayerOptions(name, trainable, shape, activityRegularizer);
  }

  /**
   * Returns these options with another penalty on the output, by name, instance or config, or null.
   */
  public LayerOptions withActivityRegularizer(@Nullable Object identifier) {
    return new LayerOptions(name, trainable, inputShape, Regularizers.get(identifier));
  }

  /**
   * Reads {@code name}, {@code trainable}, {@code dtype}, {@code activity_regularizer} and Keras's
   * older {@code input_shape} and {@code input_dim}.
   *
   * @throws IllegalArgumentException if one has a value that is not supported
   */
  public static LayerOptions read(ConfigReader reader) {
    return read(reader, readShape(reader));
  }

  /**
   * Reads the same but {@code input_dim}, for a layer with an argument of that name.
   *
   * @throws IllegalArgumentException if one has a value that is not supported
   */
  static LayerOptions readWithoutInputDim(ConfigReader reader) {
    boolean given = reader.any("input_shape") != null;
    return read(reader, given ? Shape.of(reader.list("input_shape")) : null);
  }

  /** Reads the same but {@code dtype}, for the layer that has one of its own. */
  static LayerOptions readWithoutDtype(ConfigReader reader) {
    return readRest(reader, readShape(reader));
  }

  private static LayerOptions read(ConfigReader reader, @Nullable Shape shape) {
    requireFloat32(reader, reader.any("dtype"));
    return readRest(reader, shape);
  }

  private static LayerOptions readRest(ConfigReader reader, @Nullable Shape shape) {
    return new LayerOptions(
        reader.nullableString("name"),
        reader.bool("trainable", true),
        shape,
        Regularizers.get(reader.any("activity_regularizer")));
  }

  private static @Nullable Shape readShape(ConfigReader reader) {
    Long width = reader.nullableInteger("input_dim", null);
    List<?> dims = reader.any("input_shape") == null ? null : reader.list("input_shape");
    if (width != null && dims != null) {
      throw reader.invalid("input_dim", "absent where 'input_shape' is given");
    }

    if (width != null) {
      return Shape.of(List.of(width));
    }

    return dims == null ? null : Shape.of(dims);
  }

  private static void requireFloat32(ConfigReader reader, @Nullable Object dtype) {
    Object name = dtype;
    if (dtype instanceof Config policy
        && policy.get("config") instanceof Config fields
        && fields.keys().equals(Set.of("name"))) {
      name = fields.get("name");
    }

    if (name != null && !name.equals("float32")) {
      throw reader.invalid("dtype", "float32, as others are not supported");
    }
  }

  /** Returns a config that starts with these options, in Keras's order. */
  public Config.Builder toConfig() {
    Config policy =
        Config.builder()
            .put("module", "keras")
            .put("class_name", "DTypePolicy")
            .put("config", Config.builder().put("name", "float32").build())
            .put("registered_name", null)
            .build();
    Config.Builder config =
        Config.builder().put("name", name).put("trainable", trainable).put("dtype", policy);
    if (activityRegularizer != null) {
      config.put("activity_regularizer", Regularizers.serialize(activityRegularizer));
    }

    return config;
  }
}
