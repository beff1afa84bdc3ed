package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Several schedules, one after the other, each of which begins with its own step 0.
 *
 * <pre>
 * schedules[0](step)                       before boundaries[0]
 * schedules[i](step - boundaries[i - 1])   from boundaries[i - 1] until before boundaries[i]
 * </pre>
 *
 * <p>This schedule is Firesteel's; Keras refuses configs that name it.
 */
public final class SequentialSchedule extends LearningRateSchedule {

  private static final String CLASS = "SequentialSchedule";

  private final List<LearningRateSchedule> schedules;
  private final List<Long> boundaries;
  private final String name;

  private SequentialSchedule(
      List<LearningRateSchedule> schedules, List<Long> boundaries, String name) {
    this.schedules = List.copyOf(schedules);
    this.boundaries = List.copyOf(boundaries);
    this.name = name;
    if (boundaries.isEmpty() || schedules.size() != boundaries.size() + 1) {
      throw new IllegalArgumentException(
          "%s: 'schedules' must be one more than 'boundaries', of which there is at least one. Received: %d schedules, boundaries=%s"
              .formatted(CLASS, schedules.size(), boundaries));
    }

    requireAscending();
  }

  private void requireAscending() {
    long previous = 0;
    for (long boundary : boundaries) {
      if (boundary <= previous) {
        throw Argument.invalid(CLASS, "boundaries", boundaries, "ascending integers > 0");
      }

      previous = boundary;
    }
  }

  /**
   * Returns a sequence.
   *
   * @param schedules the schedules in order
   * @param boundaries the step at which each but the first begins, above 0, ascending
   * @throws IllegalArgumentException if the numbers don't fit or the boundaries don't ascend
   */
  public static SequentialSchedule of(List<LearningRateSchedule> schedules, List<Long> boundaries) {
    return new SequentialSchedule(schedules, boundaries, CLASS);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static SequentialSchedule fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    List<LearningRateSchedule> schedules = new ArrayList<>();
    for (Object item : reader.list("schedules")) {
      if (!(item instanceof Config serialized)) {
        throw reader.invalid("schedules", "a list of serialized schedules");
      }

      schedules.add(LearningRateSchedules.deserialize(serialized));
    }

    List<Long> boundaries = new ArrayList<>();
    for (Object item : reader.list("boundaries")) {
      if (!(item instanceof Long boundary)) {
        throw reader.invalid("boundaries", "a list of integers");
      }

      boundaries.add(boundary);
    }

    String name = reader.string("name", CLASS);
    reader.finish();
    return new SequentialSchedule(schedules, boundaries, name);
  }

  @Override
  public float call(long step) {
    int last = boundaries.size() - 1;
    for (int i = last; i >= 0; i--) {
      if (step >= boundaries.get(i)) {
        return schedules.get(i + 1).call(step - boundaries.get(i));
      }
    }

    return schedules.get(0).call(step);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("schedules", schedules.stream().map(LearningRateSchedules::serialize).toList())
        .put("boundaries", boundaries)
        .put("name", name)
        .build();
  }
}
