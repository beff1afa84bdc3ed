package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What determines an optimizer's learning rate: a number, which is one of the optimizer's variables
 * and can be set; a schedule; or a function.
 *
 * <p>A number can be replaced by a schedule or a function, and these by each other, but not by a
 * number. Stricter than Keras: a rate that is negative, NaN or infinite is refused, also one that a
 * schedule or a function returns.
 */
final class LearningRate {

  /** Keras's class name of a serialized function. */
  static final String FUNCTION = "function";

  private final String owner;
  private final OptimizerState state;
  private final Variable number;
  private @Nullable LearningRateSchedule schedule;
  private @Nullable DoubleSupplier function;

  /** Adds the number, if it is one, to the state. */
  LearningRate(OptimizerArguments arguments, OptimizerState state) {
    this.owner = arguments.name();
    this.state = state;
    this.schedule = arguments.schedule();
    this.function = arguments.function();
    this.number =
        Variable.builder("learning_rate", owner + "/learning_rate", Shape.scalar())
            .trainable(false)
            .build(new float[] {(float) arguments.learningRate()});
    if (schedule == null && function == null) {
      state.add(number);
    }
  }

  /** The rate of a step: the number of {@code applyGradients} calls completed so far. */
  float current(long step) {
    if (schedule != null) {
      return checked(schedule.call(step), step);
    }

    return function == null ? number.values()[0] : checked((float) function.getAsDouble(), step);
  }

  void set(double value) {
    if (schedule != null) {
      throw new IllegalStateException(
          "The learning rate of %s is determined by the schedule %s and cannot be set. Received: %s"
              .formatted(owner, schedule.getClass().getSimpleName(), value));
    }

    if (function != null) {
      throw new IllegalStateException(
          "The learning rate of %s is determined by a function and cannot be set. Received: %s"
              .formatted(owner, value));
    }

    number.values()[0] = (float) Argument.nonNegative(owner, "learning_rate", value);
  }

  void set(LearningRateSchedule value) {
    schedule = value;
    function = null;
    state.remove(number);
  }

  void set(DoubleSupplier value) {
    function = value;
    schedule = null;
    state.remove(number);
  }

  /** The current number, widened; the serialized schedule; or Keras's mark of a function. */
  Object toConfig() {
    if (schedule != null) {
      return LearningRateSchedules.serialize(schedule);
    }

    return function == null ? (double) number.values()[0] : serializedFunction();
  }

  /** What Keras writes in place of a function, which cannot be rebuilt. */
  static Config serializedFunction() {
    return Config.builder()
        .put("module", "builtins")
        .put("class_name", FUNCTION)
        .put("config", FUNCTION)
        .put("registered_name", FUNCTION)
        .build();
  }

  private float checked(float rate, long step) {
    if (!Float.isFinite(rate) || rate < 0) {
      throw new IllegalStateException(
          "The learning rate of %s must be finite and >= 0. Received at step %d: %s"
              .formatted(owner, step, rate));
    }

    return rate;
  }
}
