package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * Each vector along some axes divided by its norm: y = x / sqrt(max(sum x^2, 1e-12)) (Keras 3.15,
 * keras/src/layers/normalization/unit_normalization.py).
 *
 * <p>Differs from Keras: several axes must be adjacent, and the batch is none of them.
 */
public final class UnitNormalization extends KerasLayer<UnitNormalization> {

  private static final String NAME = "UnitNormalization";
  private static final float LEAST = 1e-12f;

  private final Axes axes;

  private UnitNormalization(Axes axes, LayerOptions options) {
    super(options);
    this.axes = axes;
  }

  /** Returns the layer for the last axis. */
  public static UnitNormalization of() {
    return new UnitNormalization(Axes.of(-1), LayerOptions.DEFAULT);
  }

  /** Returns this layer for an axis or several adjacent ones, of which 0 is the batch. */
  public UnitNormalization axis(int... values) {
    Axes given =
        values.length == 1
            ? Axes.of(values[0])
            : Axes.of(NAME, Arrays.stream(values).boxed().toList());
    return new UnitNormalization(given, options());
  }

  static UnitNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    UnitNormalization layer =
        new UnitNormalization(Axes.read(NAME, reader), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected UnitNormalization with(LayerOptions newOptions) {
    return new UnitNormalization(axes, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    axes.block(NAME, input);
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
  public void forward(Shape input, LayerCall call) {
    AxisBlock block = axes.block(NAME, input);
    float[] x = call.input();
    float[] y = call.output();
    for (int outer = 0; outer < call.rows() * block.outer(); outer++) {
      for (int inner = 0; inner < block.inner(); inner++) {
        int at = outer * block.length() * block.inner() + inner;
        float inverse = 1.0f / FloatOps.sqrt(Math.max(squares(x, at, block), LEAST));
        for (int i = 0; i < block.length(); i++) {
          y[at + i * block.inner()] = x[at + i * block.inner()] * inverse;
        }
      }
    }
  }

  private static float squares(float[] x, int at, AxisBlock block) {
    float sum = 0.0f;
    for (int i = 0; i < block.length(); i++) {
      float value = x[at + i * block.inner()];
      sum += value * value;
    }

    return sum;
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    AxisBlock block = axes.block(NAME, input);
    float[] x = call.input();
    float[] g = call.outputGradient();
    for (int outer = 0; ofInput != null && outer < call.rows() * block.outer(); outer++) {
      for (int inner = 0; inner < block.inner(); inner++) {
        int at = outer * block.length() * block.inner() + inner;
        float squares = squares(x, at, block);
        float inverse = 1.0f / FloatOps.sqrt(Math.max(squares, LEAST));
        float dot = 0.0f;
        for (int i = 0; i < block.length(); i++) {
          dot += g[at + i * block.inner()] * x[at + i * block.inner()];
        }

        float pull = squares > LEAST ? dot * inverse * inverse * inverse : 0.0f;
        for (int i = 0; i < block.length(); i++) {
          int k = at + i * block.inner();
          ofInput[k] = g[k] * inverse - x[k] * pull;
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("axis", axes.toConfig()).build();
  }
}
