package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers whose variance is scale / n, where n is the fan-in, the fan-out or their mean
 * (Keras 3.15, {@code VarianceScaling} in keras/src/initializers/random_initializers.py).
 */
abstract class ScalingInitializer extends RandomInitializer {

  /** The standard deviation of a standard normal truncated at two. */
  private static final double TRUNCATED_STDDEV = 0.87962566103423978;

  /** The axes that make up the fans, and the seed. */
  record Options(
      @Nullable Long seed, @Nullable List<Integer> inputAxes, @Nullable List<Integer> outputAxes) {

    static final Options NONE = new Options(null, null, null);

    static Options read(ConfigReader reader) {
      return new Options(
          reader.nullableInteger("seed", null),
          axes(reader, "input_axes"),
          axes(reader, "output_axes"));
    }

    Options withSeed(long value) {
      return new Options(value, inputAxes, outputAxes);
    }

    Options withAxes(List<Integer> input, List<Integer> output) {
      return new Options(seed, List.copyOf(input), List.copyOf(output));
    }

    private static @Nullable List<Integer> axes(ConfigReader reader, String key) {
      if (reader.any(key) == null) {
        return null;
      }

      List<Integer> axes = new ArrayList<>();
      for (Object item : reader.list(key)) {
        if (!(item instanceof Long axis)) {
          throw reader.invalid(key, "a list of integers");
        }

        axes.add(Math.toIntExact(axis));
      }

      return List.copyOf(axes);
    }
  }

  private final double scale;
  private final String mode;
  private final String distribution;
  private final Options options;

  ScalingInitializer(double scale, String mode, String distribution, Options options) {
    super(options.seed());
    this.scale = scale;
    this.mode = mode;
    this.distribution = distribution;
    this.options = options;
  }

  final Options options() {
    return options;
  }

  @Override
  final float[] draw(Shape shape, RandomStream random) {
    double variance = scale / Math.max(1.0, fan(shape));
    return switch (distribution) {
      case "truncated_normal" ->
          Draws.truncatedNormal(shape, random, 0.0, Math.sqrt(variance) / TRUNCATED_STDDEV);
      case "untruncated_normal" -> Draws.normal(shape, random, 0.0, Math.sqrt(variance));
      default -> {
        double limit = Math.sqrt(3.0 * variance);
        yield Draws.uniform(shape, random, -limit, limit);
      }
    };
  }

  private double fan(Shape shape) {
    Fans fans = Fans.of(shape, options.inputAxes(), options.outputAxes());
    return switch (mode) {
      case "fan_in" -> fans.in();
      case "fan_out" -> fans.out();
      default -> (fans.in() + fans.out()) / 2.0;
    };
  }

  final Config.Builder withAxes(Config.Builder builder) {
    return builder.put("input_axes", options.inputAxes()).put("output_axes", options.outputAxes());
  }

  @Override
  public Config getConfig() {
    return withAxes(seedConfig()).build();
  }
}
