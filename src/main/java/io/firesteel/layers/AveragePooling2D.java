package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;

/**
 * The mean of each window, channel by channel; padding does not count (Keras 3.15,
 * keras/src/layers/pooling/average_pooling2d.py).
 *
 * <p>Stricter than Keras: a stride of 0 is refused.
 */
public final class AveragePooling2D extends Pooling2D<AveragePooling2D> {

  private AveragePooling2D(Arguments arguments, LayerOptions options) {
    super(arguments, options);
  }

  /** Returns the layer with square windows, side by side. */
  public static AveragePooling2D of(int poolSize) {
    return of(poolSize, poolSize);
  }

  /** Returns the layer with windows of that height and width, side by side. */
  public static AveragePooling2D of(int height, int width) {
    return new AveragePooling2D(
        Arguments.of("AveragePooling2D", height, width), LayerOptions.DEFAULT);
  }

  static AveragePooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader("AveragePooling2D");
    AveragePooling2D layer =
        new AveragePooling2D(
            Arguments.read("AveragePooling2D", reader, HeightWidth.read(reader, "pool_size")),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected AveragePooling2D with(LayerOptions newOptions) {
    return new AveragePooling2D(arguments(), newOptions);
  }

  @Override
  AveragePooling2D with(Arguments newArguments) {
    return new AveragePooling2D(newArguments, options());
  }

  @Override
  void forward(PoolingWindows places, int start, int end, float[] x, float[] y) {
    int depth = places.depth();
    Arrays.fill(y, places.outputLine(start), places.outputLine(end), 0.0f);
    for (int line = start; line < end; line++) {
      int high = places.endY(line) - places.firstY(line);
      int corner = places.image(line) + places.firstY(line) * places.width() * depth;
      int output = places.outputLine(line);
      for (int window = 0; window < places.outputWidth(); window++) {
        int first = places.firstX(window);
        int wide = places.endX(window) - first;
        for (int iy = 0; iy < high; iy++) {
          int from = corner + (iy * places.width() + first) * depth;
          for (int ix = 0; ix < wide; ix++) {
            FloatRanges.add(x, from + ix * depth, y, output, depth);
          }
        }

        divide(y, output, depth, high * wide);
        output += depth;
      }
    }
  }

  @Override
  void backward(PoolingWindows places, int start, int end, LayerCall call, float[] ofInput) {
    int depth = places.depth();
    float[] ofOutput = call.outputGradient();
    for (int line = start; line < end; line++) {
      int high = places.endY(line) - places.firstY(line);
      int corner = places.image(line) + places.firstY(line) * places.width() * depth;
      int output = places.outputLine(line);
      for (int window = 0; window < places.outputWidth(); window++) {
        int first = places.firstX(window);
        int wide = places.endX(window) - first;
        divide(ofOutput, output, depth, high * wide);
        for (int iy = 0; iy < high; iy++) {
          int to = corner + (iy * places.width() + first) * depth;
          for (int ix = 0; ix < wide; ix++) {
            FloatRanges.add(ofOutput, output, ofInput, to + ix * depth, depth);
          }
        }

        output += depth;
      }
    }
  }

  private static void divide(float[] y, int from, int depth, int count) {
    for (int i = from; i < from + depth; i++) {
      y[i] /= count;
    }
  }
}
