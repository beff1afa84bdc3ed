package io.firesteel.initializers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Locale;

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
 */
public final class VarianceScaling extends ScalingInitializer {

  private static final List<String> MODES = List.of("fan_in", "fan_out", "fan_avg");
  private static final List<String> DISTRIBUTIONS =
      List.of("truncated_normal", "untruncated_normal", "uniform");

  private final double scale;
  private final String mode;
  private final String distribution;

  private VarianceScaling(double scale, String mode, String distribution, Options options) {
    super(scale, mode, distribution, options);
    this.scale = scale;
    this.mode = mode;
    this.distribution = distribution;
  }

  /** Returns the initializer with scale 1, {@code fan_in} and {@code truncated_normal}. */
  public static VarianceScaling of() {
    return of(1.0, "fan_in", "truncated_normal");
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
    return checked(scale, mode, distribution, Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public VarianceScaling seed(long value) {
    return new VarianceScaling(scale, mode, distribution, options().withSeed(value));
  }

  /** Returns this initializer with the axes that make up the fan-in and the fan-out. */
  public VarianceScaling axes(List<Integer> input, List<Integer> output) {
    return new VarianceScaling(scale, mode, distribution, options().withAxes(input, output));
  }

  static VarianceScaling fromConfig(Config config) {
    ConfigReader reader = config.reader("VarianceScaling");
    VarianceScaling initializer =
        checked(
            reader.number("scale", 1.0),
            reader.string("mode", "fan_in"),
            reader.string("distribution", "truncated_normal"),
            Options.read(reader));
    reader.finish();
    return initializer;
  }

  private static VarianceScaling checked(
      double scale, String mode, String distribution, Options options) {
    Argument.positive("VarianceScaling", "scale", scale);

    Argument.oneOf("VarianceScaling", "mode", mode, MODES);

    String lower = distribution.toLowerCase(Locale.ROOT);
    String canonical = lower.equals("normal") ? "truncated_normal" : lower;
    Argument.require(
        "VarianceScaling",
        "distribution",
        distribution,
        DISTRIBUTIONS.contains(canonical),
        "normal or one of " + String.join(", ", DISTRIBUTIONS));

    return new VarianceScaling(scale, mode, canonical, options);
  }

  @Override
  public Config getConfig() {
    Config.Builder builder =
        seedConfig().put("scale", scale).put("mode", mode).put("distribution", distribution);
    return withAxes(builder).build();
  }
}
