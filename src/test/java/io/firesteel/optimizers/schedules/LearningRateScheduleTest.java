package io.firesteel.optimizers.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every schedule, and the arguments that each refuses. */
class LearningRateScheduleTest {

  static Stream<LearningRateSchedule> schedules() {
    return Stream.of(
        ExponentialDecay.builder(0.1, 10, 0.9).build(),
        ExponentialDecay.builder(0.1, 10, 0.9).staircase(true).name("mine").build(),
        InverseTimeDecay.builder(0.1, 10, 0.5).build(),
        InverseTimeDecay.builder(0.1, 10, 0).staircase(true).name("mine").build(),
        PolynomialDecay.builder(0.1, 10).build(),
        PolynomialDecay.builder(0.01, 7)
            .endLearningRate(0.1)
            .power(0.5)
            .cycle(true)
            .name("mine")
            .build(),
        CosineDecay.builder(0.1, 10).build(),
        CosineDecay.builder(0, 10).alpha(0.1).warmup(0.1, 5).name("mine").build(),
        CosineDecayRestarts.builder(0.1, 10).build(),
        CosineDecayRestarts.builder(0.1, 3).tMul(1).mMul(0.5).alpha(0.1).name("mine").build(),
        PiecewiseConstantDecay.of(List.of(1L, 5L), List.of(0.1, 0.05, 0.01)),
        LinearWarmup.builder(CosineDecay.builder(0.1, 10).build(), 5).build(),
        LinearWarmup.builder(PolynomialDecay.builder(0.05, 10).build(), 3)
            .initialLearningRate(0.1)
            .name("mine")
            .build(),
        SequentialSchedule.of(
            List.of(
                ExponentialDecay.builder(0.1, 10, 0.9).build(),
                LinearWarmup.builder(CosineDecay.builder(0.1, 10).build(), 5).build()),
            List.of(20L)),
        OneCycle.builder(0.1, 30).build(),
        OneCycle.builder(0.1, 30)
            .warmupShare(1)
            .initialDivisor(2)
            .finalDivisor(1)
            .name("mine")
            .build());
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void isAPureFunctionOfTheStep(LearningRateSchedule schedule) {
    float[] inOrder = new float[100];
    for (int step = 0; step < inOrder.length; step++) {
      inOrder[step] = schedule.call(step);
    }

    new Random(1)
        .ints(500, 0, inOrder.length)
        .forEach(step -> assertEquals(inOrder[step], schedule.call(step)));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void staysBetweenZeroAndItsLargestRate(LearningRateSchedule schedule) {
    for (long step = 0; step < 2000; step += 7) {
      float rate = schedule.call(step);
      assertTrue(rate >= 0 && rate <= 0.1f, "step " + step + ": " + rate);
    }

    assertTrue(schedule.call(Long.MAX_VALUE) >= 0);
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void comesBackFromItsConfig(LearningRateSchedule schedule) {
    Config serialized = LearningRateSchedules.serialize(schedule);
    LearningRateSchedule rebuilt = LearningRateSchedules.get(serialized.toJson());
    assertEquals(serialized.toJson(), LearningRateSchedules.serialize(rebuilt).toJson());
    for (long step = 0; step < 50; step++) {
      assertEquals(schedule.call(step), rebuilt.call(step));
    }
  }

  @Test
  void everyScheduleIsTested() {
    assertEquals(
        LearningRateSchedules.classNames(),
        schedules().map(schedule -> schedule.getClass().getSimpleName()).distinct().toList());
    for (String name : LearningRateSchedules.classNames()) {
      assertEquals(name, LearningRateSchedules.type(name).getSimpleName());
    }
  }

  private static void assertRefused(String message, Supplier<?> call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::get).getMessage());
  }

  @Test
  void argumentsHaveRanges() {
    assertRefused(
        "ExponentialDecay: 'decay_steps' must be an integer >= 1. Received: 0",
        () -> ExponentialDecay.builder(0.1, 0, 0.9).build());
    assertRefused(
        "ExponentialDecay: 'initial_learning_rate' must be finite and >= 0. Received: -0.1",
        () -> ExponentialDecay.builder(-0.1, 1, 0.9).build());
    assertRefused(
        "ExponentialDecay: 'decay_rate' must be finite and > 0. Received: 0.0",
        () -> ExponentialDecay.builder(0.1, 1, 0).build());
    assertRefused(
        "InverseTimeDecay: 'decay_rate' must be finite and >= 0. Received: NaN",
        () -> InverseTimeDecay.builder(0.1, 1, Double.NaN).build());
    assertRefused(
        "PolynomialDecay: 'end_learning_rate' must be finite and >= 0. Received: Infinity",
        () -> PolynomialDecay.builder(0.1, 1).endLearningRate(Double.POSITIVE_INFINITY).build());
    assertRefused(
        "PolynomialDecay: 'power' must be finite and > 0. Received: -1.0",
        () -> PolynomialDecay.builder(0.1, 1).power(-1).build());
    assertRefused(
        "CosineDecay: 'alpha' must be in [0, 1]. Received: 1.1",
        () -> CosineDecay.builder(0.1, 1).alpha(1.1).build());
    assertRefused(
        "CosineDecay: 'warmup_steps' must be an integer >= 0. Received: -1",
        () -> CosineDecay.builder(0.1, 1).warmup(1, -1).build());
    assertRefused(
        "CosineDecay: 'warmup_target' must be finite and >= 0. Received: -1.0",
        () -> CosineDecay.builder(0.1, 1).warmup(-1, 1).build());
    assertRefused(
        "CosineDecayRestarts: 'first_decay_steps' must be an integer >= 1. Received: -5",
        () -> CosineDecayRestarts.builder(0.1, -5).build());
    assertRefused(
        "CosineDecayRestarts: 't_mul' must be finite and >= 1. Received: 0.5",
        () -> CosineDecayRestarts.builder(0.1, 1).tMul(0.5).build());
    assertRefused(
        "CosineDecayRestarts: 'm_mul' must be finite and > 0. Received: 0.0",
        () -> CosineDecayRestarts.builder(0.1, 1).mMul(0).build());
  }

  /** The values are those of Keras 3.15.1 with JAX. */
  @Test
  void warmUpStepsWithoutATargetHaveNoEffect() {
    CosineDecay schedule =
        CosineDecay.fromConfig(
            Config.parse("{\"initial_learning_rate\":1,\"decay_steps\":10,\"warmup_steps\":5}"));
    assertEquals(1f, schedule.call(0));
    assertEquals(0.97552824f, schedule.call(1), 1e-7f);
    assertEquals(0.79389262f, schedule.call(3), 1e-7f);
    assertEquals(5L, schedule.getConfig().get("warmup_steps"));
    assertNull(schedule.getConfig().get("warmup_target"));
  }

  /** The values are those of Keras 3.15.1 with JAX, which casts boundaries to the step's type. */
  @Test
  void fractionsOfBoundariesAreDropped() {
    Config config = Config.parse("{\"boundaries\":[1.9,3.0],\"values\":[1,2,3]}");
    PiecewiseConstantDecay schedule = PiecewiseConstantDecay.fromConfig(config);
    float[] rates = {1, 1, 2, 2, 3, 3};
    for (int step = 0; step < rates.length; step++) {
      assertEquals(rates[step], schedule.call(step), "step " + step);
    }

    assertEquals(List.of(1.9, 3.0), schedule.getConfig().get("boundaries"));
  }

  @Test
  void boundariesAscendAndHaveOneValueMore() {
    assertRefused(
        "PiecewiseConstantDecay: 'values' must be one longer than 'boundaries', of which there is"
            + " at least one. Received: boundaries=[1], values=[0.1]",
        () -> PiecewiseConstantDecay.of(List.of(1L), List.of(0.1)));
    assertRefused(
        "PiecewiseConstantDecay: 'values' must be one longer than 'boundaries', of which there is"
            + " at least one. Received: boundaries=[], values=[0.1]",
        () -> PiecewiseConstantDecay.of(List.of(), List.of(0.1)));
    assertRefused(
        "PiecewiseConstantDecay: 'boundaries' must be ascending numbers >= 0. Received: [5, 5]",
        () -> PiecewiseConstantDecay.of(List.of(5L, 5L), List.of(0.1, 0.2, 0.3)));
    assertRefused(
        "PiecewiseConstantDecay: 'boundaries' must be ascending numbers >= 0. Received: [-1]",
        () -> PiecewiseConstantDecay.of(List.of(-1L), List.of(0.1, 0.2)));
    assertRefused(
        "PiecewiseConstantDecay: 'values' must be finite and >= 0. Received: -0.1",
        () -> PiecewiseConstantDecay.of(List.of(1L), List.of(0.1, -0.1)));
    assertRefused(
        "PiecewiseConstantDecay: 'boundaries' must be a list of numbers. Received: [x]",
        () ->
            PiecewiseConstantDecay.fromConfig(
                Config.parse("{\"boundaries\":[\"x\"],\"values\":[0.1,0.2]}")));
    assertRefused(
        "PiecewiseConstantDecay: 'values' must be a list of numbers. Received: [a, 0.2]",
        () ->
            PiecewiseConstantDecay.fromConfig(
                Config.parse("{\"boundaries\":[2],\"values\":[\"a\",0.2]}")));
  }

  @Test
  void configsMustBeCompleteAndKnown() {
    assertRefused(
        "ExponentialDecay: the field 'decay_rate' is missing. Received: initial_learning_rate,"
            + " decay_steps",
        () ->
            ExponentialDecay.fromConfig(
                Config.parse("{\"initial_learning_rate\":0.1,\"decay_steps\":1}")));
    assertRefused(
        "CosineDecay does not know the field 'warmup'. Allowed: alpha, decay_steps,"
            + " initial_learning_rate, name, warmup_steps, warmup_target",
        () ->
            CosineDecay.fromConfig(
                Config.parse("{\"initial_learning_rate\":0.1,\"decay_steps\":1,\"warmup\":1}")));
  }

  @Test
  void aLongCycleDoesNotRunOut() {
    LearningRateSchedule cycling = PolynomialDecay.builder(0.1, 10).power(1.5).cycle(true).build();
    for (long step = 16_777_200; step < 16_777_300; step++) {
      float rate = cycling.call(step);
      assertTrue(rate >= 0 && rate <= 0.1f, "step " + step + ": " + rate);
    }
  }
}
