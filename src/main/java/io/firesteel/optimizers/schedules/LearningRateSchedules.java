package io.firesteel.optimizers.schedules;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The learning-rate schedules by name, as {@code keras.optimizers.schedules}. */
public final class LearningRateSchedules {

  private static final ObjectRegistry<LearningRateSchedule> REGISTRY =
      ObjectRegistry.builder(
              "learning-rate schedule", "keras.optimizers.schedules", LearningRateSchedule.class)
          .add(ExponentialDecay.class, ExponentialDecay::fromConfig)
          .add(InverseTimeDecay.class, InverseTimeDecay::fromConfig)
          .add(PolynomialDecay.class, PolynomialDecay::fromConfig)
          .add(CosineDecay.class, CosineDecay::fromConfig)
          .add(CosineDecayRestarts.class, CosineDecayRestarts::fromConfig)
          .add(PiecewiseConstantDecay.class, PiecewiseConstantDecay::fromConfig)
          .add(LinearWarmup.class, LinearWarmup::fromConfig)
          .add(SequentialSchedule.class, SequentialSchedule::fromConfig)
          .add(OneCycle.class, OneCycle::fromConfig)
          .build();

  private LearningRateSchedules() {}

  /**
   * Returns the schedule that an identifier names: a schedule itself, or a serialized one as a
   * config, a map or JSON text.
   *
   * @throws IllegalArgumentException if it names no schedule
   */
  public static LearningRateSchedule get(@Nullable Object identifier) {
    return REGISTRY.get(identifier);
  }

  /** Returns Keras's serialized form of a schedule. */
  public static Config serialize(LearningRateSchedule schedule) {
    return REGISTRY.serialize(schedule);
  }

  /**
   * Rebuilds a schedule from Keras's serialized form.
   *
   * @throws IllegalArgumentException if the class is unknown or its config is refused
   */
  public static LearningRateSchedule deserialize(Config serialized) {
    return REGISTRY.deserialize(serialized);
  }

  /**
   * Makes a custom schedule known as {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has the name
   */
  public static <S extends LearningRateSchedule> void register(
      String packageName, Class<S> type, ConfigFactory<S> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-in schedules. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }

  /** Returns the class of a built-in schedule. */
  static Class<? extends LearningRateSchedule> type(String className) {
    return REGISTRY.type(className);
  }
}
