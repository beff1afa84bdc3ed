package io.firesteel.optimizers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/**
 * The checked arguments that all optimizers share, but for the learning rate and the loss scale,
 * which can change.
 *
 * <p>Stricter than Keras: a negative weight decay, thresholds and frequencies of 0 or below, and
 * numbers that are not finite in float32 are refused.
 */
record SharedArguments(
    String name,
    @Nullable Double weightDecay,
    @Nullable LearningRateSchedule weightDecaySchedule,
    @Nullable Double clipnorm,
    @Nullable Double globalClipnorm,
    @Nullable Double clipvalue,
    boolean useEma,
    double emaMomentum,
    @Nullable Long emaOverwriteFrequency,
    @Nullable Long gradientAccumulationSteps,
    NonFiniteGradients nonFiniteGradients) {

  static SharedArguments of(OptimizerBuilder<?> builder, Class<?> type) {
    SharedArguments arguments =
        new SharedArguments(
            builder.name == null ? KerasNames.snakeCase(type.getSimpleName()) : builder.name,
            builder.weightDecay,
            builder.weightDecaySchedule,
            builder.clipnorm,
            builder.globalClipnorm,
            builder.clipvalue,
            builder.useEma,
            builder.emaMomentum,
            builder.emaOverwriteFrequency,
            builder.gradientAccumulationSteps,
            builder.nonFiniteGradients);
    checkChangeable(type.getSimpleName(), builder);
    arguments.check(type.getSimpleName());
    return arguments;
  }

  private static void checkChangeable(String owner, OptimizerBuilder<?> builder) {
    if (builder.schedule == null && builder.function == null) {
      Argument.nonNegative(owner, "learning_rate", builder.learningRate);
    }

    if (builder.lossScaleFactor != null) {
      Argument.positive(owner, "loss_scale_factor", builder.lossScaleFactor);
    }
  }

  private void check(String owner) {
    Argument.notBlank(owner, "name", name);
    if (weightDecay != null) {
      Argument.nonNegative(owner, "weight_decay", weightDecay);
    }

    checkClipping(owner);
    Argument.unit(owner, "ema_momentum", emaMomentum);
    if (emaOverwriteFrequency != null) {
      Argument.size(owner, "ema_overwrite_frequency", 1, emaOverwriteFrequency);
    }

    if (gradientAccumulationSteps != null) {
      Argument.size(owner, "gradient_accumulation_steps", 2, gradientAccumulationSteps);
    }
  }

  private void checkClipping(String owner) {
    int set = 0;
    if (clipnorm != null) {
      Argument.positive(owner, "clipnorm", clipnorm);
      set++;
    }

    if (globalClipnorm != null) {
      Argument.positive(owner, "global_clipnorm", globalClipnorm);
      set++;
    }

    if (clipvalue != null) {
      Argument.positive(owner, "clipvalue", clipvalue);
      set++;
    }

    if (set > 1) {
      throw new IllegalArgumentException(
          "%s: at most one of 'clipnorm', 'clipvalue' and 'global_clipnorm' may be set. Received: clipnorm=%s, clipvalue=%s, global_clipnorm=%s"
              .formatted(owner, clipnorm, clipvalue, globalClipnorm));
    }
  }

  /**
   * Returns all shared arguments under Keras's keys, in Keras's order; then ours if they are set.
   */
  Config toConfig(Object learningRate, @Nullable Double lossScaleFactor) {
    Config keras =
        Config.builder()
            .put("name", name)
            .put("learning_rate", learningRate)
            .put("weight_decay", weightDecay)
            .put("clipnorm", clipnorm)
            .put("global_clipnorm", globalClipnorm)
            .put("clipvalue", clipvalue)
            .put("use_ema", useEma)
            .put("ema_momentum", emaMomentum)
            .put("ema_overwrite_frequency", emaOverwriteFrequency)
            .put("loss_scale_factor", lossScaleFactor)
            .put("gradient_accumulation_steps", gradientAccumulationSteps)
            .build();
    Config scheduled =
        weightDecaySchedule == null
            ? keras
            : keras.with(WeightDecay.KEY, LearningRateSchedules.serialize(weightDecaySchedule));
    return nonFiniteGradients == NonFiniteGradients.PROPAGATE
        ? scheduled
        : scheduled.with(NonFiniteGradients.KEY, nonFiniteGradients.toConfig());
  }
}
