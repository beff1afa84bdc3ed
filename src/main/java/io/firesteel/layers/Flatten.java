package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * A row of any shape as one vector (Keras 3.15, keras/src/layers/reshaping/flatten.py).
 *
 * <p>With {@code channels_first} the first axis of the row is moved behind the others before, as
 * Keras does.
 */
public final class Flatten extends KerasLayer<Flatten> {

  private static final String CHANNELS_LAST = "channels_last";
  private static final String CHANNELS_FIRST = "channels_first";

  private final String dataFormat;

  private Flatten(String dataFormat, LayerOptions options) {
    super(options);
    this.dataFormat = dataFormat;
    Argument.oneOf("Flatten", "data_format", dataFormat, List.of(CHANNELS_LAST, CHANNELS_FIRST));
  }

  /** Returns the layer, for {@code channels_last}. */
  public static Flatten of() {
    return new Flatten(CHANNELS_LAST, LayerOptions.DEFAULT);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Flatten dataFormat(String format) {
    return new Flatten(format, options());
  }

  static Flatten fromConfig(Config config) {
    ConfigReader reader = config.reader("Flatten");
    LayerOptions options = LayerOptions.read(reader);
    String format = reader.nullableString("data_format");
    Flatten layer = new Flatten(format == null ? CHANNELS_LAST : format, options);
    reader.finish();
    return layer;
  }

  @Override
  protected Flatten with(LayerOptions newOptions) {
    return new Flatten(dataFormat, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return Shape.of(input.size());
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int channels = channels(input);
    move(call.input(), call.output(), call.rows(), channels, places(input, channels));
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      int channels = channels(input);
      move(call.outputGradient(), gradient, call.rows(), places(input, channels), channels);
    }
  }

  /** The extent of the axis to move behind the others, 1 if there is none. */
  private int channels(Shape input) {
    return dataFormat.equals(CHANNELS_FIRST) && input.rank() > 1 ? input.dim(0) : 1;
  }

  private static int places(Shape input, int channels) {
    return channels == 0 ? 0 : input.size() / channels;
  }

  /** Transposes each row from outer x inner to inner x outer. */
  private static void move(float[] from, float[] to, int rows, int outer, int inner) {
    int size = outer * inner;
    if (outer == 1 || inner == 1) {
      System.arraycopy(from, 0, to, 0, rows * size);
      return;
    }

    for (int start = 0; start < rows * size; start += size) {
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          to[start + j * outer + i] = from[start + i * inner + j];
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("data_format", dataFormat).build();
  }
}
