package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.schedules.PiecewiseConstantDecay;
import io.firesteel.saving.Config;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallbacksTest {

  private final RecordingModel model = new RecordingModel();

  @Test
  void theSchedulerSetsTheRateOfEachEpochAndLogsIt() {
    LearningRateScheduler scheduler =
        model.begin(new LearningRateScheduler((epoch, rate) -> epoch < 2 ? rate : rate * 0.5));
    float[] expected = {1, 1, 0.5f, 0.25f};
    for (int epoch = 0; epoch < expected.length; epoch++) {
      scheduler.onEpochBegin(epoch);
      Map<String, Double> logs = model.endEpoch(scheduler, epoch, "loss", 1);
      assertEquals(expected[epoch], logs.get("learning_rate").floatValue());
    }
  }

  @Test
  void theSchedulerDoesNotActTwiceOnAnEpochThatResumes() {
    LearningRateScheduler scheduler =
        model.begin(new LearningRateScheduler((epoch, rate) -> rate * 0.5));
    scheduler.onEpochBegin(0);
    scheduler.onEpochResume(0, 3);

    assertEquals(0.5f, model.optimizer.learningRate());
  }

  @Test
  void theSchedulersScheduleComesBack() {
    Config config =
        Config.parse(
            "{\"schedule\":{\"class_name\":\"PiecewiseConstantDecay\",\"config\":{\"boundaries\":[1],\"values\":[0.5,0.25]}}}");
    LearningRateScheduler scheduler = model.begin(LearningRateScheduler.fromConfig(config));
    scheduler.onEpochBegin(2);

    assertEquals(0.25f, model.optimizer.learningRate());
    assertEquals(
        scheduler.getConfig(), LearningRateScheduler.fromConfig(scheduler.getConfig()).getConfig());
    assertEquals(
        PiecewiseConstantDecay.class.getSimpleName(),
        scheduler.getConfig().reader("c").config("schedule").get("class_name"));
  }

  @Test
  void theSchedulerRefusesARateThatIsNotFinite() {
    LearningRateScheduler scheduler =
        model.begin(new LearningRateScheduler((epoch, rate) -> Double.NaN));

    assertEquals(
        "The schedule of LearningRateScheduler must return a finite number. Received: NaN for epoch 4",
        assertThrows(IllegalArgumentException.class, () -> scheduler.onEpochBegin(4)).getMessage());
  }

  @Test
  void nanEndsTrainingOrThrows() {
    TerminateOnNaN stopping = model.begin(TerminateOnNaN.stopping());
    stopping.onTrainBatchEnd(0, Map.of("loss", 1.0));
    assertFalse(model.stopped);
    stopping.onTrainBatchEnd(1, Map.of("loss", Double.POSITIVE_INFINITY));
    assertTrue(model.stopped);

    TerminateOnNaN raising = TerminateOnNaN.fromConfig(Config.parse("{\"raise_error\":true}"));
    assertEquals(
        "The loss of batch 2 is NaN. Training ends at once",
        assertThrows(
                ArithmeticException.class,
                () -> raising.onTrainBatchEnd(2, Map.of("loss", Double.NaN)))
            .getMessage());
    assertEquals(TerminateOnNaN.raisingError().getConfig(), raising.getConfig());
  }

  @Test
  void theHistoryGoesOnInAnotherRun() {
    History first = new History();
    first.onEpochEnd(0, Map.of("loss", 0.1));
    first.onEpochEnd(1, Map.of("loss", Double.NaN));
    History second = new History();
    second.restoreState(Config.parse(first.state().toJson()));
    second.onEpochEnd(2, Map.of("loss", 0.3));

    assertEquals(List.of(0, 1, 2), second.epoch());
    assertEquals(List.of(0.1, Double.NaN, 0.3), second.values("loss"));
    assertEquals(Map.of("loss", 0.3), second.last());
    assertEquals(
        "Nothing was logged as 'acc'. Available: loss",
        assertThrows(IllegalArgumentException.class, () -> second.values("acc")).getMessage());
  }

  @Test
  void progressIsALinePerEpochWhereThereIsNoTerminal() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long[] now = {0};
    ProgbarLogger progress =
        new ProgbarLogger(
            ProgbarLogger.Display.LINES,
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            () -> now[0]);
    progress.onTrainBegin(new TrainingParams(2, 4, 100));
    progress.onEpochBegin(0);
    Map<String, Double> logs = new LinkedHashMap<>(Map.of("loss", 0.25));
    for (int batch = 0; batch < 4; batch++) {
      now[0] += 4_000_000_000L;
      progress.onTrainBatchEnd(batch, logs);
    }

    progress.onEpochEnd(0, new LinkedHashMap<>(Map.of("loss", 0.0005)));

    String nl = System.lineSeparator();
    assertEquals(
        "Epoch 1/2"
            + nl
            + "3/4 ━━━━━━━━━━━━━━━      4s 4s/step - loss: 0.2500"
            + nl
            + "4/4 ━━━━━━━━━━━━━━━━━━━━ 16s 4s/step - loss: 5.0000e-04"
            + nl,
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aCallbackOutsideOfTrainingHasNoModel() {
    assertEquals(
        "LearningRateScheduler has no model: pass it to fit as one of the callbacks",
        assertThrows(
                IllegalStateException.class,
                () -> new LearningRateScheduler((epoch, rate) -> 1).onEpochBegin(0))
            .getMessage());
  }

  @Test
  void callbacksAreKnownByName() {
    assertEquals(
        List.of(
            "EarlyStopping",
            "LearningRateScheduler",
            "ModelCheckpoint",
            "ReduceLROnPlateau",
            "SwapEMAWeights",
            "TerminateOnNaN"),
        Callbacks.classNames());
    EarlyStopping stopping = EarlyStopping.builder().build();
    assertEquals(
        Callbacks.serialize(stopping),
        Callbacks.serialize(Callbacks.get(Callbacks.serialize(stopping))));
  }
}
