package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.schedules.PiecewiseConstantDecay;
import io.firesteel.saving.Config;
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
        "The schedule of LearningRateScheduler must return a finite number. Received: NaN for epoch"
            + " 4",
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
  void aHistoryIsATableForNotebooks() {
    History sgd = new History();
    sgd.onEpochEnd(0, new LinkedHashMap<>(Map.of("loss", 0.5)));
    Map<String, Double> validated = new LinkedHashMap<>(Map.of("loss", 0.25));
    validated.put("val_loss", 0.75);
    sgd.onEpochEnd(1, validated);
    assertEquals("%table epoch\tloss\tval_loss\n0\t0.5\t\n1\t0.25\t0.75\n", sgd.toTable().toText());
    assertEquals(0.75, sgd.value("val_loss", 1));
    assertNull(sgd.value("val_loss", 0));
    assertNull(sgd.value("nothing", 0));

    History again = new History();
    again.restoreState(Config.parse(sgd.state().toJson()));
    assertEquals(sgd.toTable().toText(), again.toTable().toText());

    History adam = new History();
    adam.onEpochEnd(0, Map.of("a\tb", Double.NaN));
    HistoryTable both = HistoryTable.empty().add("sgd", sgd).add("adam", adam);
    assertEquals(
        "%table run\tepoch\tloss\tval_loss\ta b\n"
            + "sgd\t0\t0.5\t\t\n"
            + "sgd\t1\t0.25\t0.75\t\n"
            + "adam\t0\t\t\tNaN\n",
        both.toText());
    assertEquals("HistoryTable[run, epoch, loss, val_loss, a\tb]", both.toString());
    assertEquals(
        "The runs of a table need different names. Received: 'sgd' beside [sgd, adam]",
        assertThrows(IllegalArgumentException.class, () -> both.add("sgd", adam)).getMessage());
    assertEquals("%table epoch\n", HistoryTable.empty().toText());
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
            "BackupAndRestore",
            "CSVLogger",
            "EarlyStopping",
            "LambdaCallback",
            "LearningRateScheduler",
            "MLflowLogger",
            "ModelCheckpoint",
            "ReduceLROnPlateau",
            "SwapEMAWeights",
            "TensorBoard",
            "TerminateOnNaN"),
        Callbacks.classNames());
    EarlyStopping stopping = EarlyStopping.builder().build();
    assertEquals(
        Callbacks.serialize(stopping),
        Callbacks.serialize(Callbacks.get(Callbacks.serialize(stopping))));
  }
}
