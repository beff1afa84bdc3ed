package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The rules by which a learning rate is read and set. */
class LearningRateTest {

  private static final LearningRateSchedule SCHEDULE =
      ExponentialDecay.builder(0.1, 1, 0.5).build();

  /** A schedule that goes astray. */
  private static final class Astray extends LearningRateSchedule {
    @Override
    public float call(long step) {
      return step < 2 ? 1 : -1;
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  private static String stateRefusal(Executable executable) {
    return assertThrows(IllegalStateException.class, executable).getMessage();
  }

  private static void step(Optimizer optimizer, Variable w) {
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(1), w)));
  }

  private static Variable weight() {
    return Variable.of("w", "w", Shape.of(1), new float[] {0});
  }

  @Test
  void aNumberIsAVariableThatCanBeSet() {
    Adam optimizer = Adam.builder().build();
    assertEquals(0.001f, optimizer.learningRate());
    assertEquals(2, optimizer.variables().size());
    optimizer.setLearningRate(0.5);
    assertEquals(0.5f, optimizer.variables().get(1).values()[0]);
    assertEquals(0.5, optimizer.getConfig().get("learning_rate"));
  }

  @Test
  void configsHoldTheCurrentFloatWidened() {
    assertEquals(0.0010000000474974513, Adam.builder().build().getConfig().get("learning_rate"));
    assertEquals(0.009999999776482582, SGD.builder().build().getConfig().get("learning_rate"));
  }

  @Test
  void aNumberCanBeReplacedByAScheduleButNotBack() {
    Adam optimizer = Adam.builder().build();
    optimizer.setLearningRate(SCHEDULE);
    assertEquals(1, optimizer.variables().size());
    assertEquals(0.1f, optimizer.learningRate());
    assertEquals(
        "The learning rate of adam is determined by the schedule ExponentialDecay and cannot be set. Received: 0.5",
        stateRefusal(() -> optimizer.setLearningRate(0.5)));
  }

  @Test
  void aNumberCanBeReplacedByAFunctionButNotBack() {
    SGD optimizer = SGD.builder().learningRate(SCHEDULE).build();
    optimizer.setLearningRate(() -> 0.25);
    assertEquals(0.25f, optimizer.learningRate());
    assertEquals(
        "The learning rate of sgd is determined by a function and cannot be set. Received: 0.5",
        stateRefusal(() -> optimizer.setLearningRate(0.5)));
    optimizer.setLearningRate(SCHEDULE);
    assertEquals(0.1f, optimizer.learningRate());
  }

  @Test
  void theLastOneGivenToABuilderCounts() {
    assertEquals(
        0.5f,
        SGD.builder()
            .learningRate(SCHEDULE)
            .learningRate(() -> 1)
            .learningRate(0.5)
            .build()
            .learningRate());
    assertEquals(
        1, SGD.builder().learningRate(SCHEDULE).learningRate(() -> 1).build().learningRate());
  }

  @Test
  void aFunctionIsAskedOnceAStep() {
    int[] calls = {0};
    SGD optimizer = SGD.builder().weightDecay(0.1).learningRate(() -> ++calls[0]).build();
    Variable w = weight();
    step(optimizer, w);
    step(optimizer, w);
    assertEquals(2, calls[0]);
  }

  @Test
  void aFunctionIsMarkedInTheConfigAndCannotBeRebuilt() {
    Config config = SGD.builder().learningRate(() -> 1).build().getConfig();
    String expected =
        "SGD: 'learning_rate' must be a number or a serialized schedule (a function cannot be rebuilt). Received: {\"module\":\"builtins\",\"class_name\":\"function\",\"config\":\"function\",\"registered_name\":\"function\"}";
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> SGD.fromConfig(config)).getMessage());
    Config lambda = Config.parse("{\"learning_rate\":{\"class_name\":\"__lambda__\"}}");
    assertEquals(
        "SGD: 'learning_rate' must be a number or a serialized schedule (a function cannot be rebuilt). Received: {\"class_name\":\"__lambda__\"}",
        assertThrows(IllegalArgumentException.class, () -> SGD.fromConfig(lambda)).getMessage());
  }

  @Test
  void aRateOutOfRangeIsRefusedBeforeTheStep() {
    SGD number = SGD.builder().build();
    assertEquals(
        "sgd: 'learning_rate' must be finite and >= 0. Received: NaN",
        assertThrows(IllegalArgumentException.class, () -> number.setLearningRate(Double.NaN))
            .getMessage());
    SGD optimizer = SGD.builder().learningRate(new Astray()).build();
    Variable w = weight();
    step(optimizer, w);
    step(optimizer, w);
    assertEquals(
        "The learning rate of sgd must be finite and >= 0. Received at step 2: -1.0",
        stateRefusal(() -> step(optimizer, w)));
    assertEquals(-2, w.values()[0]);
    assertEquals(2, optimizer.iterations());
  }
}
