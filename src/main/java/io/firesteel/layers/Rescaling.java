package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Values in another range: y = x scale + offset (Keras 3.15,
 * keras/src/layers/preprocessing/rescaling.py). Scale and offset are one number each, or one for
 * each value of the last axis.
 */
public final class Rescaling extends KerasLayer<Rescaling> {

  private final LastAxisNumbers scale;
  private final LastAxisNumbers offset;

  private Rescaling(LastAxisNumbers scale, LastAxisNumbers offset, LayerOptions options) {
    super(options);
    this.scale = scale;
    this.offset = offset;
  }

  /** Returns the layer. */
  public static Rescaling of(double scale) {
    return of(scale, 0.0);
  }

  /** Returns the layer. */
  public static Rescaling of(double scale, double offset) {
    return new Rescaling(
        LastAxisNumbers.of("Rescaling", "scale", scale),
        LastAxisNumbers.of("Rescaling", "offset", offset),
        LayerOptions.DEFAULT);
  }

  /** Returns the layer with a scale and an offset for each value of the last axis. */
  public static Rescaling of(double[] scale, double[] offset) {
    return new Rescaling(
        LastAxisNumbers.of("Rescaling", "scale", scale),
        LastAxisNumbers.of("Rescaling", "offset", offset),
        LayerOptions.DEFAULT);
  }

  static Rescaling fromConfig(Config config) {
    ConfigReader reader = config.reader("Rescaling");
    LastAxisNumbers zero = LastAxisNumbers.of("Rescaling", "offset", 0.0);
    Rescaling layer =
        new Rescaling(
            LastAxisNumbers.read(reader, "Rescaling", "scale"),
            reader.seen("offset") ? LastAxisNumbers.read(reader, "Rescaling", "offset") : zero,
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Rescaling with(LayerOptions newOptions) {
    return new Rescaling(scale, offset, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    scale.requireFits("Rescaling", "scale", input);
    offset.requireFits("Rescaling", "offset", input);
    return input;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int width = LastAxis.width(input);
    int n = call.rows() * input.size();
    float[] x = call.input();
    float[] y = call.output();
    if (scale.isSingle() && offset.isSingle()) {
      float factor = scale.at(0);
      float summand = offset.at(0);
      for (int i = 0; i < n; i++) {
        y[i] = x[i] * factor + summand;
      }

      return;
    }

    for (int from = 0; from < n; from += width) {
      for (int i = 0; i < width; i++) {
        y[from + i] = x[from + i] * scale.at(i) + offset.at(i);
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    int width = LastAxis.width(input);
    float[] ofOutput = call.outputGradient();
    for (int from = 0; from < call.rows() * input.size(); from += width) {
      for (int i = 0; i < width; i++) {
        ofInput[from + i] = ofOutput[from + i] * scale.at(i);
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("scale", scale.toConfig()).put("offset", offset.toConfig()).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
