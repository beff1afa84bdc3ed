package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.SGD;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Callbacks of the learning rate with several optimizers, as Keras's tests have them. */
class LearningRatesTest {

  private static final SGD FIRST = SGD.builder().learningRate(0.5).name("first").build();
  private static final SGD SECOND = SGD.builder().learningRate(0.25).name("second").build();

  private final RecordingModel model =
      new RecordingModel(
          MultiOptimizer.builder(OptimizerMap.builder(FIRST).put("m/w", SECOND).build()).build());

  @Test
  void theSchedulerSetsAndLogsTheRateOfEach() {
    LearningRateScheduler scheduler =
        model.begin(new LearningRateScheduler((epoch, rate) -> rate * 0.5));
    scheduler.onEpochBegin(0);
    Map<String, Double> logs = new LinkedHashMap<>();
    scheduler.onEpochEnd(0, logs);
    assertEquals(Map.of("learning_rate_first", 0.25, "learning_rate_second", 0.125), logs);
  }

  @Test
  void aPlateauReducesTheRateOfEach() {
    FIRST.setLearningRate(0.5);
    SECOND.setLearningRate(0.25);
    ReduceLROnPlateau reduce =
        model.begin(
            ReduceLROnPlateau.builder().monitor("loss").patience(1).factor(0.5).minLr(0.2).build());
    model.endEpoch(reduce, 0, "loss", 1.0);
    assertEquals(
        Map.of("loss", 1.0, "learning_rate_first", 0.5, "learning_rate_second", 0.25),
        model.endEpoch(reduce, 1, "loss", 1.0));
    Map<String, Double> logs = model.endEpoch(reduce, 2, "loss", 0.5);
    assertEquals(0.25, logs.get("learning_rate_first"));
    assertEquals((double) 0.2f, logs.get("learning_rate_second"));
  }
}
