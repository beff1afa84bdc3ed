package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers whose variance adapts to the weight's shape (Keras 3.15,
 * keras/src/initializers/random_initializers.py). With n the fan-in, the fan-out or their mean:
 *
 * <ul>
 *   <li>{@code truncated_normal} (or {@code normal}): a normal cut at two standard deviations, with
 *       variance scale / n after the cut
 *   <li>{@code untruncated_normal}: a normal with variance scale / n
 *   <li>{@code uniform}: within the limits ± sqrt(3 scale / n)
 * </ul>
 *
 * <p>Keras's {@code GlorotNormal}, {@code GlorotUniform} (Glorot and Bengio 2010, "Understanding
 * the difficulty of training deep feedforward neural networks"), {@code HeNormal}, {@code
 * HeUniform} (He et al. 2015, "Delving deep into rectifiers"), {@code LecunNormal} and {@code
 * LecunUniform} are this class with other defaults and without these arguments: {@link
 * Initializers#get}.
 */
public final class VarianceScaling extends RandomInitializer {

  private static final String OWN = "VarianceScaling";
  private static final List<String> MODES = List.of("fan_in", "fan_out", "fan_avg");
  private static final List<String> DISTRIBUTIONS =
      List.of("truncated_normal", "untruncated_normal", "uniform");

  /** The standard deviation of a standard normal truncated at two. */
  private static final double TRUNCATED_STDDEV = 0.8796256610342398;

  /** What an initializer of that name draws. */
  record Form(String className, double scale, String mode, String distribution) {}

  static final Form DEFAULTS = new Form(OWN, 1.0, "fan_in", "truncated_normal");

  /** The names with arguments of their own that are fixed. */
  static final List<Form> FIXED =
      List.of(
          new Form("GlorotNormal", 1.0, "fan_avg", "truncated_normal"),
          new Form("GlorotUniform", 1.0, "fan_avg", "uniform"),
          new Form("HeNormal", 2.0, "fan_in", "truncated_normal"),
          new Form("HeUniform", 2.0, "fan_in", "uniform"),
          new Form("LecunNormal", 1.0, "fan_in", "truncated_normal"),
          new Form("LecunUniform", 1.0, "fan_in", "uniform"));

  /** The axes that make up the fans, and the seed. */
  record Options(Seed seed, @Nullable List<Integer> inputAxes, @Nullable List<Integer> outputAxes) {

    static final Options NONE = new Options(Seed.NONE, null, null);

    static Options read(ConfigReader reader) {
      return new Options(
          Seed.read(reader), axes(reader, "input_axes"), axes(reader, "output_axes"));
    }

    Options withSeed(long value) {
      return new Options(Seed.of(value), inputAxes, outputAxes);
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
        if (!(item instanceof Long axis) || axis != axis.intValue()) {
          throw reader.invalid(key, "a list of integers");
        }

        axes.add(axis.intValue());
      }

      return List.copyOf(axes);
    }
  }

  private final Form form;
  private final Options options;

  private VarianceScaling(Form form, Options options) {
    super(options.seed());
    this.form = form;
    this.options = options;
  }

  /** Returns the initializer with scale 1, {@code fan_in} and {@code truncated_normal}. */
  public static VarianceScaling of() {
    return new VarianceScaling(DEFAULTS, Options.NONE);
  }

  /**
   * Returns the initializer.
   *
   * @param scale above 0
   * @param mode {@code fan_in}, {@code fan_out} or {@code fan_avg}
   * @param distribution {@code truncated_normal}, {@code normal} (the same), {@code
   *     untruncated_normal} or {@code uniform}
   * @throws IllegalArgumentException if an argument is none of these
   */
  public static VarianceScaling of(double scale, String mode, String distribution) {
    return new VarianceScaling(checked(scale, mode, distribution), Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public VarianceScaling seed(long value) {
    return new VarianceScaling(form, options.withSeed(value));
  }

  /** Returns this initializer with the axes that make up the fan-in and the fan-out. */
  public VarianceScaling axes(List<Integer> input, List<Integer> output) {
    return new VarianceScaling(form, options.withAxes(input, output));
  }

  static VarianceScaling read(ConfigReader arguments) {
    Form form =
        checked(
            arguments.number("scale", DEFAULTS.scale()),
            arguments.string("mode", DEFAULTS.mode()),
            arguments.string("distribution", DEFAULTS.distribution()));
    return new VarianceScaling(form, Options.read(arguments));
  }

  static VarianceScaling read(Form fixed, ConfigReader arguments) {
    return new VarianceScaling(fixed, Options.read(arguments));
  }

  private static Form checked(double scale, String mode, String distribution) {
    Argument.positive(OWN, "scale", scale);
    Argument.oneOf(OWN, "mode", mode, MODES);
    String lower = distribution.toLowerCase(Locale.ROOT);
    String canonical = lower.equals("normal") ? "truncated_normal" : lower;
    Argument.require(
        "VarianceScaling",
        "distribution",
        distribution,
        DISTRIBUTIONS.contains(canonical),
        "normal or one of " + String.join(", ", DISTRIBUTIONS));

    return new Form(OWN, scale, mode, canonical);
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  float[] draw(Shape shape, RandomStream random) {
    double variance = form.scale() / Math.max(1.0, fan(shape));
    return switch (form.distribution()) {
      case "truncated_normal" ->
          truncatedNormal(shape, random, 0.0, Math.sqrt(variance) / TRUNCATED_STDDEV);
      case "untruncated_normal" -> normal(shape, random, 0.0, Math.sqrt(variance));
      default -> {
        double limit = Math.sqrt(3.0 * variance);
        yield uniform(shape, random, -limit, limit);
      }
    };
  }

  private double fan(Shape shape) {
    Fans fans = Fans.of(shape, options.inputAxes(), options.outputAxes());
    return switch (form.mode()) {
      case "fan_in" -> fans.in();
      case "fan_out" -> fans.out();
      default -> (fans.in() + fans.out()) / 2.0;
    };
  }

  @Override
  public Config getConfig() {
    Config.Builder builder = seedConfig();
    if (form.className().equals(OWN)) {
      builder
          .put("scale", form.scale())
          .put("mode", form.mode())
          .put("distribution", form.distribution());
    }

    return builder
        .put("input_axes", options.inputAxes())
        .put("output_axes", options.outputAxes())
        .build();
  }

  /**
   * The numbers of input and output units of a weight (Keras 3.15, {@code compute_fans} in
   * keras/src/initializers/random_initializers.py).
   *
   * @param in the number of input units
   * @param out the number of output units
   */
  record Fans(long in, long out) {

    /** The axes count only if both are given; else a convolution kernel's layout is assumed. */
    static Fans of(
        Shape shape, @Nullable List<Integer> inputAxes, @Nullable List<Integer> outputAxes) {
      if (inputAxes != null && outputAxes != null) {
        return new Fans(product(shape, inputAxes), product(shape, outputAxes));
      }

      if (shape.rank() == 0) {
        return new Fans(1, 1);
      }

      if (shape.rank() == 1) {
        return new Fans(shape.dim(0), shape.dim(0));
      }

      long field = 1;
      for (int axis = 0; axis < shape.rank() - 2; axis++) {
        field *= shape.dim(axis);
      }

      return new Fans(shape.dim(-2) * field, shape.dim(-1) * field);
    }

    private static long product(Shape shape, List<Integer> axes) {
      long product = 1;
      for (int axis : axes) {
        if (axis < -shape.rank() || axis >= shape.rank()) {
          throw new IllegalArgumentException(
              "The axis %d of an initializer is outside the shape %s".formatted(axis, shape));
        }

        product *= shape.dim(axis);
      }

      return product;
    }
  }
}
