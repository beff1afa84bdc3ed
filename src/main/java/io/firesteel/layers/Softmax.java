package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities along an axis, or over several: y = exp(x - max x) / sum exp(x - max x) (Keras
 * 3.15, keras/src/layers/activations/softmax.py).
 *
 * <p>Differs from Keras: several axes must be adjacent, and the batch is none of them.
 */
public final class Softmax extends KerasLayer<Softmax> {

  private final Axes axes;

  private Softmax(Axes axes, LayerOptions options) {
    super(options);
    this.axes = axes;
  }

  /** Returns the layer for the last axis. */
  public static Softmax of() {
    return of(-1);
  }

  /** Returns the layer for an axis, of which 0 is the batch. */
  public static Softmax of(int axis) {
    return new Softmax(Axes.of(axis), LayerOptions.DEFAULT);
  }

  /** Returns the layer for several adjacent axes, of which 0 is the batch. */
  public static Softmax over(int... axes) {
    return new Softmax(
        Axes.of("Softmax", Arrays.stream(axes).boxed().toList()), LayerOptions.DEFAULT);
  }

  boolean isOfLastAxis() {
    return axes.toConfig() instanceof Number axis && axis.intValue() == -1;
  }

  static Softmax fromConfig(Config config) {
    ConfigReader reader = config.reader("Softmax");
    Softmax layer = new Softmax(Axes.read("Softmax", reader), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Softmax with(LayerOptions newOptions) {
    return new Softmax(axes, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    axes.block("Softmax", input);
    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    AxisBlock block = axes.block("Softmax", input);
    float[] x = call.input();
    float[] y = call.output();
    for (int vector = 0; vector < block.vectors(call.rows()); vector++) {
      int from = block.start(vector);
      int step = block.inner();
      int to = from + block.length() * step;
      float max = x[from];
      for (int i = from; i < to; i += step) {
        max = Math.max(max, x[i]);
      }

      float sum = 0.0f;
      for (int i = from; i < to; i += step) {
        y[i] = FloatMath.exp(x[i] - max);
        sum += y[i];
      }

      for (int i = from; i < to; i += step) {
        y[i] /= sum;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    AxisBlock block = axes.block("Softmax", input);
    float[] y = call.output();
    float[] ofOutput = call.outputGradient();
    for (int vector = 0; vector < block.vectors(call.rows()); vector++) {
      int from = block.start(vector);
      int step = block.inner();
      int to = from + block.length() * step;
      float dot = 0.0f;
      for (int i = from; i < to; i += step) {
        dot += ofOutput[i] * y[i];
      }

      for (int i = from; i < to; i += step) {
        ofInput[i] = y[i] * (ofOutput[i] - dot);
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("axis", axes.toConfig()).build();
  }

  /** Refuses a mask: Keras then takes the softmax of the steps that count alone. */
  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    if (masks.get(0) != null) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take inputs with a mask, by which Keras takes the softmax of the steps that count alone"
              .formatted(name()));
    }

    return null;
  }
}
