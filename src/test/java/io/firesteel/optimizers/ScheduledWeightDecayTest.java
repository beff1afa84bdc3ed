package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.optimizers.schedules.PiecewiseConstantDecay;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weight decay by a schedule, which is not Keras's. */
class ScheduledWeightDecayTest {

  private static final Config HALF_THEN_QUARTER =
      Config.parse(
          """
          {"class_name": "PiecewiseConstantDecay",
           "config": {"boundaries": [1], "values": [0.5, 0.25]}}""");

  /** A schedule as a bad user writes it. */
  private static final class Broken extends LearningRateSchedule {
    @Override
    public float call(long step) {
      return step == 0 ? 0.5f : Float.NaN;
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  private static final LearningRateSchedule SCHEDULE =
      LearningRateSchedules.deserialize(HALF_THEN_QUARTER);

  static List<String> names() {
    return OptimizerVariant.names();
  }

  private static Variable variable() {
    return Variable.of("kernel", "a/kernel", Shape.of(2, 2), new float[] {1, -2, 3, 0.5f});
  }

  private static void step(Optimizer optimizer, Variable variable, float gradient) {
    Tensor tensor = Tensor.zeros(variable.shape());
    for (int i = 0; i < tensor.values().length; i++) {
      tensor.values()[i] = gradient * (i + 1);
    }

    optimizer.applyGradients(List.of(new GradAndVar(tensor, variable)));
  }

  @Test
  void theRateIsThatOfTheStep() {
    SGD optimizer = SGD.builder().learningRate(1).weightDecay(SCHEDULE).build();
    Variable w = variable();
    float[] factors = {0.5f, 0.5f, 0.75f};
    for (float factor : factors) {
      float before = w.values()[1];
      step(optimizer, w, 0);
      assertEquals(before * factor, w.values()[1]);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyOptimizerDecaysAsWithTheNumberOfTheStep(String name) {
    Config config = Config.builder().put("learning_rate", 0.01).build();
    Optimizer scheduled =
        new OptimizerVariant(name, config.with("weight_decay", null))
            .with(WeightDecay.KEY, HALF_THEN_QUARTER);
    Variable w = variable();
    Variable other = variable();
    Optimizer half = new OptimizerVariant(name, config).with("weight_decay", 0.5);
    half.build(List.of(other));
    step(scheduled, w, 0.1f);
    step(half, other, 0.1f);
    step(scheduled, w, -0.2f);
    step(half, other, -0.2f);
    assertArrayEquals(other.values(), w.values());

    Optimizer quarter = new OptimizerVariant(name, config).with("weight_decay", 0.25);
    Variable third = variable();
    quarter.build(List.of(third));
    third.assign(other.values());
    quarter.loadVariables(half.variables());
    step(scheduled, w, 0.3f);
    step(quarter, third, 0.3f);
    assertArrayEquals(third.values(), w.values());
  }

  @ParameterizedTest
  @MethodSource("names")
  void theConfigHasAKeyOfItsOwnWhichKerasRefuses(String name) {
    Optimizer scheduled =
        new OptimizerVariant(name, Config.empty()).with(WeightDecay.KEY, HALF_THEN_QUARTER);
    Config config = scheduled.getConfig();
    assertNull(config.get("weight_decay"));
    assertEquals(LearningRateSchedules.serialize(SCHEDULE), config.get("weight_decay_schedule"));
    Optimizer rebuilt = Optimizers.deserialize(Optimizers.serialize(scheduled));
    assertEquals(config, rebuilt.getConfig());
    assertFalse(
        new OptimizerVariant(name, Config.empty()).optimizer().getConfig().has(WeightDecay.KEY));
  }

  @Test
  void excludedVariablesAreNotDecayed() {
    SGD optimizer = SGD.builder().learningRate(1).weightDecay(SCHEDULE).build();
    optimizer.excludeFromWeightDecay(List.of(), List.of("kernel"));
    Variable w = variable();
    step(optimizer, w, 0);
    assertArrayEquals(variable().values(), w.values());
  }

  @Test
  void theLastCallOfTheBuilderCounts() {
    SGD.Builder builder = SGD.builder().weightDecay(SCHEDULE).weightDecay(0.5);
    assertEquals(0.5, builder.build().getConfig().get("weight_decay"));
    assertFalse(builder.build().getConfig().has(WeightDecay.KEY));
    assertFalse(
        SGD.builder()
            .weightDecay(SCHEDULE)
            .noWeightDecay()
            .build()
            .getConfig()
            .has(WeightDecay.KEY));
  }

  @Test
  void numberAndScheduleExcludeEachOther() {
    Config both =
        Config.builder().put("weight_decay", 0.5).put(WeightDecay.KEY, HALF_THEN_QUARTER).build();
    assertEquals(
        "SGD: 'weight_decay' must be null or absent where 'weight_decay_schedule' is given. Received: 0.5",
        assertThrows(IllegalArgumentException.class, () -> SGD.fromConfig(both)).getMessage());
  }

  @Test
  void wrappersHaveNone() {
    Config config =
        Config.builder()
            .put("inner_optimizer", Optimizers.serialize(SGD.builder().build()))
            .put(WeightDecay.KEY, HALF_THEN_QUARTER)
            .build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Optimizers.get(Map.of("class_name", "LossScaleOptimizer", "config", config)))
            .getMessage();
    assertEquals(
        "LossScaleOptimizer does not know the field 'weight_decay_schedule'",
        message.substring(0, message.indexOf('.')));
  }

  @Test
  void aRateThatIsNoneEndsTheStepBeforeAnythingChanges() {
    SGD optimizer = SGD.builder().learningRate(1).momentum(0.5).weightDecay(new Broken()).build();
    Variable w = variable();
    step(optimizer, w, 0.5f);
    float[] before = w.values().clone();
    assertEquals(
        "The weight decay of sgd must be finite and >= 0. Received at step 1: NaN",
        assertThrows(IllegalStateException.class, () -> step(optimizer, w, 1)).getMessage());
    assertArrayEquals(before, w.values());
    assertEquals(1, optimizer.iterations());
  }

  @Test
  void adamWTakesAScheduleForANumber() {
    AdamW optimizer = AdamW.builder().weightDecay(SCHEDULE).build();
    assertNull(optimizer.getConfig().get("weight_decay"));
    assertEquals(PiecewiseConstantDecay.class, SCHEDULE.getClass());
  }
}
