package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * y = max(x, 0) + alpha min(x, 0) with a trained alpha for each place of a row, or one for all
 * places along some axes (He et al. 2015; Keras 3.15, keras/src/layers/activations/prelu.py).
 */
public final class PReLU extends KerasLayer<PReLU> {

  private static final String NAME = "PReLU";

  private final WeightOptions alpha;
  private final List<Integer> sharedAxes;

  private PReLU(WeightOptions alpha, List<Integer> sharedAxes, LayerOptions options) {
    super(options);
    this.alpha = alpha;
    this.sharedAxes = List.copyOf(sharedAxes);
    boolean ok = sharedAxes.stream().allMatch(axis -> axis >= 1);
    Argument.require(NAME, "shared_axes", sharedAxes, ok, "a list of axes >= 1, or null");
  }

  /** Returns the layer with an alpha for each place, which starts at 0. */
  public static PReLU of() {
    return new PReLU(WeightOptions.of("zeros"), List.of(), LayerOptions.DEFAULT);
  }

  /** Returns this layer with one alpha for all places along some axes, of which 1 is the first. */
  public PReLU sharedAxes(int... axes) {
    return new PReLU(alpha, Arrays.stream(axes).boxed().toList(), options());
  }

  /** Returns this layer with the start values of alpha, by name, instance or config. */
  public PReLU alphaInitializer(Object identifier) {
    return new PReLU(alpha.withInitializer(identifier), sharedAxes, options());
  }

  static PReLU fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    List<Integer> axes = new ArrayList<>();
    Object given = reader.any("shared_axes");
    for (Object axis : given == null ? List.of() : reader.list("shared_axes")) {
      if (!(axis instanceof Long number) || number != number.intValue()) {
        throw reader.invalid("shared_axes", "a list of axes >= 1, or null");
      }

      axes.add(number.intValue());
    }

    PReLU layer =
        new PReLU(
            WeightOptions.read(reader, "alpha", WeightOptions.of("zeros")),
            axes,
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected PReLU with(LayerOptions newOptions) {
    return new PReLU(alpha, sharedAxes, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  private Shape alphaShape(Shape input) {
    int[] dims = input.dims();
    for (int axis : sharedAxes) {
      if (axis > dims.length) {
        throw new IllegalArgumentException(
            "PReLU: 'shared_axes' must be axes of rows of shape %s. Received: %s"
                .formatted(input, sharedAxes));
      }

      dims[axis - 1] = 1;
    }

    return Shape.of(dims);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return List.of(alpha.spec("alpha", alphaShape(input), trainable()));
  }

  /** Returns the index of the alpha of a place of a row. */
  private int alphaIndex(Shape input, int place) {
    if (sharedAxes.isEmpty()) {
      return place;
    }

    int index = 0;
    int rest = place;
    int size = input.size();
    for (int axis = 0; axis < input.rank(); axis++) {
      size /= input.dim(axis);
      boolean shared = sharedAxes.contains(axis + 1);
      index = index * (shared ? 1 : input.dim(axis)) + (shared ? 0 : rest / size);
      rest %= size;
    }

    return index;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    float[] slopes = call.weight(0);
    for (int place = 0; place < input.size(); place++) {
      float slope = slopes[alphaIndex(input, place)];
      for (int i = place; i < call.rows() * input.size(); i += input.size()) {
        float x = call.input()[i];
        call.output()[i] = x > 0 ? x : slope * x;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    float[] ofAlpha = call.weightGradient(0);
    if (ofAlpha != null) {
      Arrays.fill(ofAlpha, 0.0f);
    }

    for (int place = 0; place < input.size(); place++) {
      int index = alphaIndex(input, place);
      float slope = call.weight(0)[index];
      for (int i = place; i < call.rows() * input.size(); i += input.size()) {
        float x = call.input()[i];
        float g = call.outputGradient()[i];
        if (ofAlpha != null) {
          ofAlpha[index] += x > 0 ? 0.0f : g * x;
        }

        if (ofInput != null) {
          ofInput[i] = x > 0 ? g : slope * g;
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig();
    alpha.putInitializer(config, "alpha");
    alpha.putRegularizer(config, "alpha");
    alpha.putConstraint(config, "alpha");
    return config.put("shared_axes", sharedAxes.isEmpty() ? null : sharedAxes).build();
  }
}
