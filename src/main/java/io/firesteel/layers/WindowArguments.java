package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The arguments that the layers with windows over images have in common.
 *
 * @param layer the name of the layer's class, for messages
 * @param kernelSize height and width of a window
 * @param strides how far windows lie apart
 * @param dilation how far the places of a window lie apart
 */
record WindowArguments(
    String layer,
    HeightWidth kernelSize,
    HeightWidth strides,
    Padding padding,
    DataFormat format,
    HeightWidth dilation,
    ActivationFunction activation,
    boolean useBias,
    WeightOptions bias) {

  private static final HeightWidth ONE = new HeightWidth(1, 1);

  static WindowArguments of(String layer, int height, int width) {
    return new WindowArguments(
        layer,
        HeightWidth.of(layer, "kernel_size", height, width),
        ONE,
        Padding.VALID,
        DataFormat.CHANNELS_LAST,
        ONE,
        LayerActivation.get(null),
        true,
        WeightOptions.of("zeros"));
  }

  /**
   * Checks the strides and the dilation, and returns the arguments.
   *
   * @throws IllegalArgumentException if both are above 1
   */
  WindowArguments check() {
    if (!strides.isOne() && !dilation.isOne()) {
      throw new IllegalArgumentException(
          "%s: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=%s, dilation_rate=%s"
              .formatted(layer, strides.toList(), dilation.toList()));
    }

    return this;
  }

  static WindowArguments read(String layer, ConfigReader reader) {
    return new WindowArguments(
            layer,
            HeightWidth.read(reader, "kernel_size"),
            HeightWidth.read(reader, "strides", ONE),
            Padding.of(layer, reader.string("padding", "valid")),
            DataFormat.read(layer, reader),
            HeightWidth.read(reader, "dilation_rate", ONE),
            LayerActivation.get(reader.any("activation")),
            reader.bool("use_bias", true),
            WeightOptions.read(reader, "bias", WeightOptions.of("zeros")))
        .check();
  }

  WindowArguments withWindows(HeightWidth newStrides, HeightWidth newDilation) {
    return new WindowArguments(
        layer, kernelSize, newStrides, padding, format, newDilation, activation, useBias, bias);
  }

  WindowArguments withEdges(Padding newPadding, DataFormat newFormat) {
    return new WindowArguments(
        layer, kernelSize, strides, newPadding, newFormat, dilation, activation, useBias, bias);
  }

  WindowArguments withOutput(
      ActivationFunction newActivation, boolean newUseBias, WeightOptions newBias) {
    return new WindowArguments(
        layer, kernelSize, strides, padding, format, dilation, newActivation, newUseBias, newBias);
  }

  /** Writes the arguments that come before the weights'. */
  Config.Builder putWindows(Config.Builder config) {
    return putFormat(putSizes(config));
  }

  /** Writes the first of these arguments. */
  Config.Builder putSizes(Config.Builder config) {
    return config
        .put("kernel_size", kernelSize.toList())
        .put("strides", strides.toList())
        .put("padding", padding.toString());
  }

  /** Writes the others. */
  Config.Builder putFormat(Config.Builder config) {
    return config
        .put("data_format", format.toString())
        .put("dilation_rate", dilation.toList())
        .put("activation", LayerActivation.serialize(activation))
        .put("use_bias", useBias);
  }

  /** Returns the number of windows along the height. */
  int outputHeight(ImageShape image) {
    return padding.outputs(
        image.height(), kernelSize.height(), strides.height(), dilation.height());
  }

  /** Returns the number of windows along the width. */
  int outputWidth(ImageShape image) {
    return padding.outputs(image.width(), kernelSize.width(), strides.width(), dilation.width());
  }

  int top(ImageShape image) {
    return padding.before(image.height(), kernelSize.height(), strides.height(), dilation.height());
  }

  int left(ImageShape image) {
    return padding.before(image.width(), kernelSize.width(), strides.width(), dilation.width());
  }
}
