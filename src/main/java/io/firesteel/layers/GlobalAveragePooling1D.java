package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mean of each feature over a whole sequence, over the steps that the mask leaves in (Keras
 * 3.15, keras/src/layers/pooling/global_average_pooling1d.py).
 */
public final class GlobalAveragePooling1D extends GlobalPooling<GlobalAveragePooling1D> {

  private static final String NAME = "GlobalAveragePooling1D";

  private GlobalAveragePooling1D(DataFormat format, boolean keepdims, LayerOptions options) {
    super(format, keepdims, options);
  }

  /** Returns the layer for {@code channels_last}, with a vector of channels as output. */
  public static GlobalAveragePooling1D of() {
    return new GlobalAveragePooling1D(DataFormat.CHANNELS_LAST, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public GlobalAveragePooling1D dataFormat(@Nullable String value) {
    return with(DataFormat.of(NAME, value), isKeepdims());
  }

  static GlobalAveragePooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GlobalAveragePooling1D layer =
        new GlobalAveragePooling1D(
            DataFormat.read(NAME, reader),
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GlobalAveragePooling1D with(LayerOptions newOptions) {
    return new GlobalAveragePooling1D(format(), isKeepdims(), newOptions);
  }

  @Override
  GlobalAveragePooling1D with(DataFormat newFormat, boolean newKeepdims) {
    return new GlobalAveragePooling1D(newFormat, newKeepdims, options());
  }

  @Override
  int places() {
    return 1;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return null;
  }

  private static boolean counts(boolean @Nullable [] mask, int steps, int row, int step) {
    return mask == null || mask[row * steps + step];
  }

  private static int count(boolean @Nullable [] mask, int steps, int row) {
    int count = 0;
    for (int step = 0; step < steps; step++) {
      count += counts(mask, steps, row, step) ? 1 : 0;
    }

    return count;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int channels = channels(input);
    int steps = input.size() / channels;
    boolean[] mask = call.mask(0);
    for (int row = 0; row < call.rows(); row++) {
      int count = count(mask, steps, row);
      for (int c = 0; c < channels; c++) {
        int at = row * input.size() + start(input, c);
        float sum = 0.0f;
        for (int step = 0; step < steps; step++) {
          sum += counts(mask, steps, row, step) ? call.input()[at + step * stride(input)] : 0.0f;
        }

        call.output()[row * channels + c] = sum / count;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    int channels = channels(input);
    int steps = input.size() / channels;
    boolean[] mask = call.mask(0);
    for (int row = 0; ofInput != null && row < call.rows(); row++) {
      int count = count(mask, steps, row);
      for (int c = 0; c < channels; c++) {
        int at = row * input.size() + start(input, c);
        float g = call.outputGradient()[row * channels + c] / count;
        for (int step = 0; step < steps; step++) {
          ofInput[at + step * stride(input)] = counts(mask, steps, row, step) ? g : 0.0f;
        }
      }
    }
  }
}
