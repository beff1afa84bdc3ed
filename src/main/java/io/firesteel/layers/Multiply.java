package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The product of the inputs. Differs from Keras: inputs with masks are refused (Keras 3.15,
 * keras/src/layers/merging/multiply.py).
 */
public final class Multiply extends Merge<Multiply> {

  private Multiply(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Multiply of() {
    return new Multiply(LayerOptions.DEFAULT);
  }

  static Multiply fromConfig(Config config) {
    ConfigReader reader = config.reader("Multiply");
    Multiply layer = new Multiply(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Multiply with(LayerOptions newOptions) {
    return new Multiply(newOptions);
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    if (masks.stream().anyMatch(Objects::nonNull)) {
      throw new IllegalArgumentException(
          "Multiply does not take inputs with masks. Received masks of the shapes: " + masks);
    }

    return null;
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] *= values[offset + i];
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    System.arraycopy(g, 0, target, to, n);
    for (int k = 0; k < operands.count(); k++) {
      float[] values = operands.values(k);
      int from = operands.offset(k);
      for (int i = 0; k != input && i < n; i++) {
        target[to + i] *= values[from + i];
      }
    }
  }
}
