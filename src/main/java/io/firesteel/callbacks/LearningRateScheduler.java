package io.firesteel.callbacks;

import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets the learning rate at the beginning of each epoch, and adds {@code learning_rate} to the
 * logs; of a {@code MultiOptimizer} that of each optimizer, {@code learning_rate_<name>}.
 *
 * <p>In a config the schedule is a {@link LearningRateSchedule} that is called with the epoch; a
 * function has no config, and a run that uses one checks on resume only that there is one.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/learning_rate_scheduler.py. Stricter than Keras: the
 * rate must be finite, and an optimizer whose rate a schedule determines is refused before the
 * first step.
 */
public final class LearningRateScheduler extends Callback {

  /** The rate of an epoch. */
  @FunctionalInterface
  public interface Schedule {
    /**
     * Returns the learning rate of an epoch.
     *
     * @param epoch the epoch, from 0
     * @param learningRate the rate so far
     */
    double call(int epoch, double learningRate);
  }

  private final Schedule schedule;
  private final @Nullable LearningRateSchedule serializable;

  /** Creates the callback with a function. */
  public LearningRateScheduler(Schedule schedule) {
    this.schedule = schedule;
    this.serializable = null;
  }

  /** Creates the callback with a schedule that is called with the epoch. */
  public LearningRateScheduler(LearningRateSchedule schedule) {
    this.schedule = (epoch, learningRate) -> schedule.call(epoch);
    this.serializable = schedule;
  }

  /** Rebuilds the callback from its config. */
  public static LearningRateScheduler fromConfig(Config config) {
    ConfigReader reader = config.reader("LearningRateScheduler");
    Config schedule = reader.config("schedule");
    reader.finish();
    return new LearningRateScheduler(LearningRateSchedules.deserialize(schedule));
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    LearningRates.requireSettable(model().optimizer(), "LearningRateScheduler");
  }

  @Override
  public void onEpochBegin(int epoch) {
    for (Optimizer optimizer : LearningRates.optimizers(model().optimizer())) {
      double rate = schedule.call(epoch, optimizer.learningRate());
      if (!Double.isFinite(rate)) {
        throw new IllegalArgumentException(
            "The schedule of LearningRateScheduler must return a finite number. Received: %s for epoch %d"
                .formatted(rate, epoch));
      }

      optimizer.setLearningRate(rate);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    LearningRates.putInto(logs, model().optimizer());
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put(
            "schedule",
            serializable == null ? "function" : LearningRateSchedules.serialize(serializable))
        .build();
  }
}
