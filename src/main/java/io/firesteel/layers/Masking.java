package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Masks the steps of a sequence all of whose features have a value, and sets them to 0 (Keras 3.15,
 * keras/src/layers/core/masking.py).
 */
public final class Masking extends KerasLayer<Masking> {

  private static final String NAME = "Masking";

  private final double maskValue;

  private Masking(double maskValue, LayerOptions options) {
    super(options);
    this.maskValue = Argument.finite(NAME, "mask_value", maskValue);
  }

  /** Returns the layer for steps whose features are all 0. */
  public static Masking of() {
    return of(0);
  }

  /** Returns the layer for steps whose features all have that value. */
  public static Masking of(double maskValue) {
    return new Masking(maskValue, LayerOptions.DEFAULT);
  }

  static Masking fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Masking layer = new Masking(reader.number("mask_value", 0), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Masking with(LayerOptions newOptions) {
    return new Masking(maskValue, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    int[] dims = inputs.get(0).dims();
    return Shape.of(Arrays.copyOf(dims, dims.length - 1));
  }

  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    int width = inputs.get(0).dim(-1);
    int steps = call.rows() * inputs.get(0).size() / width;
    boolean[] mask = call.outputMask();
    for (int i = 0; i < steps; i++) {
      mask[i] = counts(call.input(), i * width, width);
    }
  }

  private boolean counts(float[] x, int from, int width) {
    for (int i = from; i < from + width; i++) {
      if (x[i] != (float) maskValue) {
        return true;
      }
    }

    return false;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    pass(input, call, call.input(), call.output());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      pass(input, call, call.outputGradient(), ofInput);
    }
  }

  private void pass(Shape input, LayerCall call, float[] from, float[] to) {
    int width = input.dim(-1);
    int n = call.rows() * input.size();
    for (int i = 0; i < n; i += width) {
      if (counts(call.input(), i, width)) {
        System.arraycopy(from, i, to, i, width);
      } else {
        Arrays.fill(to, i, i + width, 0.0f);
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("mask_value", maskValue).build();
  }
}
