package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

  private final RecordingModel model = new RecordingModel();

  @Test
  void trainingStopsWhenPatienceIsOver() {
    EarlyStopping stopping =
        model.begin(EarlyStopping.builder().monitor("loss").patience(2).build());
    double[] losses = {5, 4, 4.5, 4.2};
    for (int epoch = 0; epoch < losses.length; epoch++) {
      assertFalse(model.stopped);
      model.endEpoch(stopping, epoch, "loss", losses[epoch]);
    }

    assertTrue(model.stopped);
    assertEquals(3L, stopping.stoppedEpoch());
    assertEquals(1, stopping.bestEpoch());
  }

  @Test
  void theFirstEpochNeverStopsTraining() {
    EarlyStopping stopping =
        model.begin(EarlyStopping.builder().monitor("loss").baseline(1.0).build());
    model.endEpoch(stopping, 0, "loss", Double.NaN);

    assertFalse(model.stopped);
  }

  @Test
  void accuraciesAreBetterHigherAndErrorsLower() {
    EarlyStopping accuracy =
        model.begin(EarlyStopping.builder().monitor("val_sparse_categorical_accuracy").build());
    model.endEpoch(accuracy, 0, "val_sparse_categorical_accuracy", 0.5);
    model.endEpoch(accuracy, 1, "val_sparse_categorical_accuracy", 0.6);
    assertFalse(model.stopped);

    EarlyStopping error =
        model.begin(EarlyStopping.builder().monitor("mean_absolute_error").build());
    model.endEpoch(error, 0, "mean_absolute_error", 0.5);
    model.endEpoch(error, 1, "mean_absolute_error", 0.6);
    assertTrue(model.stopped);
  }

  @Test
  void theBestWeightsComeBackEvenIfTrainingWasNotStopped() {
    EarlyStopping stopping =
        model.begin(
            EarlyStopping.builder().monitor("loss").patience(9).restoreBestWeights(true).build());
    double[] losses = {5, 3, 4};
    for (int epoch = 0; epoch < losses.length; epoch++) {
      model.endEpoch(stopping, epoch, "loss", losses[epoch]);
    }

    stopping.onTrainEnd();
    assertNull(stopping.stoppedEpoch());
    assertEquals(1f, model.weight.values()[0]);
  }

  @Test
  void improvementsBelowMinDeltaDontCount() {
    EarlyStopping stopping =
        model.begin(EarlyStopping.builder().monitor("loss").minDelta(0.5).patience(1).build());
    model.endEpoch(stopping, 0, "loss", 2.0);
    model.endEpoch(stopping, 1, "loss", 1.6);

    assertTrue(model.stopped);
  }

  @Test
  void theWarmUpIsNotLookedAt() {
    EarlyStopping stopping =
        model.begin(EarlyStopping.builder().monitor("loss").startFromEpoch(2).build());
    model.endEpoch(stopping, 0, "loss", 1);
    model.endEpoch(stopping, 1, "loss", 2);
    model.endEpoch(stopping, 2, "loss", 3);

    assertFalse(model.stopped);
  }

  @Test
  void itsStateAndTensorsGoOnInAnotherRun() {
    EarlyStopping.Builder builder =
        EarlyStopping.builder().monitor("loss").patience(2).restoreBestWeights(true);
    EarlyStopping first = model.begin(builder.build());
    model.endEpoch(first, 0, "loss", 5);
    model.endEpoch(first, 1, "loss", 4);
    model.endEpoch(first, 2, "loss", 6);

    EarlyStopping second = model.begin(builder.build());
    second.restoreState(Config.parse(first.state().toJson()));
    second.restoreTensors(first.tensors());
    model.endEpoch(second, 3, "loss", 7);
    second.onTrainEnd();

    assertTrue(model.stopped);
    assertEquals(4.0, second.best());
    assertEquals(1f, model.weight.values()[0]);
  }

  @Test
  void aMissingNumberIsSkipped() {
    EarlyStopping stopping = model.begin(EarlyStopping.builder().build());
    stopping.onEpochEnd(0, new LinkedHashMap<>());

    assertFalse(model.stopped);
    assertNull(stopping.best());
  }

  @Test
  void configsComeBack() {
    EarlyStopping stopping =
        EarlyStopping.builder()
            .monitor("val_mae")
            .mode("min")
            .minDelta(0.25)
            .patience(3)
            .baseline(1.5)
            .restoreBestWeights(true)
            .startFromEpoch(1)
            .build();

    assertEquals(stopping.getConfig(), EarlyStopping.fromConfig(stopping.getConfig()).getConfig());
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertEquals(
        "EarlyStopping: 'mode' must be one of auto, min, max. Received: up",
        message(() -> EarlyStopping.builder().mode("up").build()));
    assertEquals(
        "EarlyStopping: 'patience' must be an integer >= 0. Received: -1",
        message(() -> EarlyStopping.builder().patience(-1).build()));
    assertEquals(
        "EarlyStopping: 'min_delta' must be finite. Received: NaN",
        message(() -> EarlyStopping.builder().minDelta(Double.NaN).build()));
    assertTrue(
        message(() -> model.begin(EarlyStopping.builder().monitor("val_auc").build()))
            .startsWith("EarlyStopping: the direction of 'val_auc' is unknown"));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
