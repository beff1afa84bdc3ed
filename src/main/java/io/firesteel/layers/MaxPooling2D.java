package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;

/**
 * The largest value of each window, channel by channel (Keras 3.15,
 * keras/src/layers/pooling/max_pooling2d.py). The gradient goes to the first of several largest
 * values, as with Keras on JAX.
 *
 * <p>Stricter than Keras: a stride of 0 is refused.
 */
public final class MaxPooling2D extends Pooling2D<MaxPooling2D> {

  private MaxPooling2D(Arguments arguments, LayerOptions options) {
    super(arguments, options);
  }

  /** Returns the layer with windows of 2 x 2, side by side. */
  public static MaxPooling2D of() {
    return of(2);
  }

  /** Returns the layer with square windows, side by side. */
  public static MaxPooling2D of(int poolSize) {
    return of(poolSize, poolSize);
  }

  /** Returns the layer with windows of that height and width, side by side. */
  public static MaxPooling2D of(int height, int width) {
    return new MaxPooling2D(Arguments.of("MaxPooling2D", height, width), LayerOptions.DEFAULT);
  }

  static MaxPooling2D fromConfig(Config config) {
    ConfigReader reader = config.reader("MaxPooling2D");
    HeightWidth size = HeightWidth.read(reader, "pool_size", new HeightWidth(2, 2));
    MaxPooling2D layer =
        new MaxPooling2D(Arguments.read("MaxPooling2D", reader, size), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected MaxPooling2D with(LayerOptions newOptions) {
    return new MaxPooling2D(arguments(), newOptions);
  }

  @Override
  MaxPooling2D with(Arguments newArguments) {
    return new MaxPooling2D(newArguments, options());
  }

  @Override
  void forward(PoolingWindows places, int start, int end, float[] x, float[] y) {
    if (places.areTwoByTwo()) {
      FourPlaces four = FourPlaces.of(places.outputWidth() * places.depth());
      for (int line = start; line < end; line++) {
        largestOfFour(four, places, line, x, y);
      }

      return;
    }

    int depth = places.depth();
    Arrays.fill(y, places.outputLine(start), places.outputLine(end), Float.NEGATIVE_INFINITY);
    for (int line = start; line < end; line++) {
      int image = places.image(line);
      for (int iy = places.firstY(line); iy < places.endY(line); iy++) {
        int inputLine = image + iy * places.width() * depth;
        int output = places.outputLine(line);
        for (int window = 0; window < places.outputWidth(); window++) {
          for (int ix = places.firstX(window); ix < places.endX(window); ix++) {
            raise(y, output, x, inputLine + ix * depth, depth);
          }

          output += depth;
        }
      }
    }
  }

  private static void largestOfFour(
      FourPlaces four, PoolingWindows places, int line, float[] x, float[] y) {
    int windows = places.outputWidth();
    int depth = places.depth();
    int below = places.width() * depth;
    int from = places.image(line) + places.firstY(line) * below;
    four.forward(x, from, below, y, places.outputLine(line), windows, depth);
  }

  private static void raise(float[] y, int to, float[] x, int from, int depth) {
    for (int c = 0; c < depth; c++) {
      y[to + c] = Math.max(y[to + c], x[from + c]);
    }
  }

  @Override
  boolean fillsAll(PoolingWindows places) {
    return places.areTwoByTwo()
        && 2 * places.outputHeight() == places.height()
        && 2 * places.outputWidth() == places.width();
  }

  @Override
  void backward(PoolingWindows places, int start, int end, LayerCall call, float[] ofInput) {
    if (places.areTwoByTwo()) {
      FourPlaces four = FourPlaces.of(places.outputWidth() * places.depth());
      for (int line = start; line < end; line++) {
        handToFour(four, places, line, call, ofInput);
      }

      return;
    }

    int depth = places.depth();
    for (int line = start; line < end; line++) {
      int image = places.image(line);
      for (int iy = places.firstY(line); iy < places.endY(line); iy++) {
        int inputLine = image + iy * places.width() * depth;
        int output = places.outputLine(line);
        for (int window = 0; window < places.outputWidth(); window++) {
          for (int ix = places.firstX(window); ix < places.endX(window); ix++) {
            hand(call, output, ofInput, inputLine + ix * depth, depth);
          }

          output += depth;
        }
      }
    }
  }

  private static void handToFour(
      FourPlaces four, PoolingWindows places, int line, LayerCall call, float[] to) {
    int windows = places.outputWidth();
    int depth = places.depth();
    int below = places.width() * depth;
    int place = places.image(line) + places.firstY(line) * below;
    four.backward(call, place, below, places.outputLine(line), to, windows, depth);
  }

  /**
   * Hands the gradient to a place that holds the maximum; what is handed out is gone. A gradient
   * that reaches two windows' places is added.
   */
  private static void hand(LayerCall call, int from, float[] ofInput, int to, int depth) {
    float[] x = call.input();
    float[] y = call.output();
    float[] ofOutput = call.outputGradient();
    for (int c = 0; c < depth; c++) {
      float kept = FourPlaces.below(x[to + c], y[from + c]);
      ofInput[to + c] += ofOutput[from + c] * (1.0f - kept);
      ofOutput[from + c] *= kept;
    }
  }
}
