package io.firesteel.optimizers.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The schedules that Keras doesn't have. */
class OwnSchedulesTest {

  private static final LearningRateSchedule HALVING = ExponentialDecay.builder(0.5, 1, 0.5).build();

  private static void assertRefused(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  private static void assertRates(LearningRateSchedule schedule, double... rates) {
    for (int step = 0; step < rates.length; step++) {
      assertEquals(rates[step], schedule.call(step), 1e-7, "step " + step);
    }
  }

  @Test
  void aWarmUpEndsWhereTheScheduleBegins() {
    assertRates(LinearWarmup.builder(HALVING, 4).build(), 0, 0.125, 0.25, 0.375, 0.5, 0.25, 0.125);
    assertRates(
        LinearWarmup.builder(HALVING, 2).initialLearningRate(1).build(), 1, 0.75, 0.5, 0.25);
  }

  @Test
  void schedulesFollowEachOtherFromTheirOwnStepZero() {
    LearningRateSchedule constant = PolynomialDecay.builder(2, 1).endLearningRate(2).build();
    assertRates(
        SequentialSchedule.of(List.of(HALVING, constant, HALVING), List.of(2L, 3L)),
        0.5,
        0.25,
        2,
        0.5,
        0.25,
        0.125);
  }

  @Test
  void oneCycleRisesAndFalls() {
    LearningRateSchedule cycle =
        OneCycle.builder(1, 8).warmupShare(0.25).initialDivisor(4).finalDivisor(2).build();
    assertRates(cycle, 0.25, 0.625, 1);
    assertEquals(0.125 + 0.875 / 2, cycle.call(5), 1e-7);
    assertEquals(0.125, cycle.call(8));
    assertEquals(0.125, cycle.call(9));
    assertEquals(1, OneCycle.builder(1, 8).warmupShare(0).build().call(0));
    assertEquals(1f / 25 / 10000, OneCycle.builder(1, 8).warmupShare(1).build().call(8), 1e-10);
  }

  @Test
  void argumentsHaveRanges() {
    assertRefused(
        "LinearWarmup: 'warmup_steps' must be an integer >= 1. Received: 0",
        () -> LinearWarmup.builder(HALVING, 0).build());
    assertRefused(
        "LinearWarmup: 'initial_learning_rate' must be finite and >= 0. Received: -1.0",
        () -> LinearWarmup.builder(HALVING, 1).initialLearningRate(-1).build());
    assertRefused(
        "OneCycle: 'max_learning_rate' must be finite and >= 0. Received: NaN",
        () -> OneCycle.builder(Double.NaN, 1).build());
    assertRefused(
        "OneCycle: 'total_steps' must be an integer >= 1. Received: 0",
        () -> OneCycle.builder(1, 0).build());
    assertRefused(
        "OneCycle: 'warmup_share' must be in [0, 1]. Received: 2.0",
        () -> OneCycle.builder(1, 1).warmupShare(2).build());
    assertRefused(
        "OneCycle: 'initial_divisor' must be finite and >= 1. Received: 0.5",
        () -> OneCycle.builder(1, 1).initialDivisor(0.5).build());
    assertRefused(
        "OneCycle: 'final_divisor' must be finite and >= 1. Received: 0.0",
        () -> OneCycle.builder(1, 1).finalDivisor(0).build());
  }

  @Test
  void sequencesFitTogether() {
    assertRefused(
        "SequentialSchedule: 'schedules' must be one more than 'boundaries', of which there is at"
            + " least one. Received: 1 schedules, boundaries=[]",
        () -> SequentialSchedule.of(List.of(HALVING), List.of()));
    assertRefused(
        "SequentialSchedule: 'boundaries' must be ascending integers > 0. Received: [0]",
        () -> SequentialSchedule.of(List.of(HALVING, HALVING), List.of(0L)));
    assertRefused(
        "SequentialSchedule: 'boundaries' must be ascending integers > 0. Received: [2, 2]",
        () -> SequentialSchedule.of(List.of(HALVING, HALVING, HALVING), List.of(2L, 2L)));
    assertRefused(
        "SequentialSchedule: 'schedules' must be a list of serialized schedules. Received: [1]",
        () ->
            SequentialSchedule.fromConfig(Config.parse("{\"schedules\":[1],\"boundaries\":[1]}")));
    assertRefused(
        "SequentialSchedule: 'boundaries' must be a list of integers. Received: [0.5]",
        () ->
            SequentialSchedule.fromConfig(Config.parse("{\"schedules\":[],\"boundaries\":[0.5]}")));
  }
}
