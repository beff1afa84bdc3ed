package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;

/**
 * A rate that is constant between boundaries.
 *
 * <pre>
 * rate = values[0]     if step &lt;= boundaries[0]
 *        values[i]     if boundaries[i - 1] &lt; step &lt;= boundaries[i]
 *        values[last]  if step &gt; boundaries[last]
 * </pre>
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: there is at least one boundary, boundaries are ascending and at least 0, rates are
 * finite and at least 0.
 */
public final class PiecewiseConstantDecay extends LearningRateSchedule {

  private static final String CLASS = "PiecewiseConstantDecay";
  private static final String DEFAULT_NAME = "PiecewiseConstant";

  private final List<Number> boundaries;
  private final List<Double> values;
  private final String name;

  private PiecewiseConstantDecay(
      List<? extends Number> boundaries, List<Double> values, String name) {
    this.boundaries = List.copyOf(boundaries);
    this.values = List.copyOf(values);
    this.name = name;
    check();
  }

  private void check() {
    if (boundaries.isEmpty() || boundaries.size() != values.size() - 1) {
      throw new IllegalArgumentException(
          "%s: 'values' must be one longer than 'boundaries', of which there is at least one. Received: boundaries=%s, values=%s"
              .formatted(CLASS, boundaries, values));
    }

    double before = -Double.MIN_VALUE;
    for (Number boundary : boundaries) {
      double next = boundary.doubleValue();
      boolean ok = next > before && next < Long.MAX_VALUE;
      Argument.require(CLASS, "boundaries", boundaries, ok, "ascending numbers >= 0");
      before = next;
    }

    values.forEach(value -> Argument.nonNegative(CLASS, "values", value));
  }

  /**
   * Returns a schedule.
   *
   * @param boundaries the last step of each but the last value; of those that are no integers, the
   *     fraction is dropped, as in Keras
   * @param values the rates
   * @throws IllegalArgumentException if there is not one rate more than boundaries, or one is out
   *     of its range
   */
  public static PiecewiseConstantDecay of(List<? extends Number> boundaries, List<Double> values) {
    return new PiecewiseConstantDecay(boundaries, values, DEFAULT_NAME);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static PiecewiseConstantDecay fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    List<Number> boundaries = numbers(reader, "boundaries");
    List<Double> values = numbers(reader, "values").stream().map(Number::doubleValue).toList();
    String name = reader.string("name", DEFAULT_NAME);
    reader.finish();
    return new PiecewiseConstantDecay(boundaries, values, name);
  }

  private static List<Number> numbers(ConfigReader reader, String key) {
    List<Number> numbers = new ArrayList<>();
    for (Object item : reader.list(key)) {
      if (!(item instanceof Number number)) {
        throw reader.invalid(key, "a list of numbers");
      }

      numbers.add(number);
    }

    return numbers;
  }

  @Override
  public float call(long step) {
    int i = 0;
    while (i < boundaries.size() && step > boundaries.get(i).longValue()) {
      i++;
    }

    return (float) (double) values.get(i);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("boundaries", boundaries)
        .put("values", values)
        .put("name", name)
        .build();
  }
}
