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

  /* The three below are cases of Keras's own tests. */
  @Test
  void patienceOfNoneIsThatOfOne() {
    double[] losses = {10.0, 9.0, 8.0, 9.0, 8.9, 8.8, 8.7, 8.6, 8.5};
    for (int patience = 0; patience < 4; patience++) {
      RecordingModel own = new RecordingModel();
      EarlyStopping stopping =
          own.begin(EarlyStopping.builder().monitor("loss").patience(patience).build());
      for (int epoch = 0; epoch < losses.length && !own.stopped; epoch++) {
        own.endEpoch(stopping, epoch, "loss", losses[epoch]);
      }

      assertEquals(Math.max(patience, 1) + 2L, stopping.stoppedEpoch());
    }
  }

  private static RecordingModel trained(EarlyStopping stopping, int epochs, double... losses) {
    RecordingModel own = new RecordingModel();
    own.begin(stopping);
    int epoch = 0;
    while (epoch < losses.length && !own.stopped) {
      own.endEpoch(stopping, epoch, "val_loss", losses[epoch]);
      epoch++;
      own.stopped |= epoch == epochs;
    }

    stopping.onTrainEnd();
    assertEquals(epochs, epoch);
    return own;
  }

  @Test
  void theBestWeightsComeBackWithABaselineThatNoEpochReaches() {
    EarlyStopping.Builder best =
        EarlyStopping.builder().monitor("val_loss").restoreBestWeights(true);
    RecordingModel model = trained(best.patience(2).build(), 5, 0.2, 0.15, 0.1, 0.11, 0.12);
    assertEquals(2f, model.weight.values()[0]);
    EarlyStopping.Builder baseline = best.patience(5).baseline(0.5);
    model = trained(baseline.build(), 5, 0.9, 0.8, 0.7, 0.71, 0.72, 0.73);
    assertEquals(2f, model.weight.values()[0]);
    model = trained(baseline.build(), 4, 0.9, 0.8, 0.7, 0.71, 0.72, 0.73);
    assertEquals(2f, model.weight.values()[0]);
  }

  @Test
  void aNewTrainingBeginsWithoutTheStateOfTheLast() {
    EarlyStopping stopping =
        EarlyStopping.builder().monitor("val_loss").restoreBestWeights(true).build();
    trained(stopping, 3, 0.3, 0.2, 0.4);
    assertEquals(2L, stopping.stoppedEpoch());
    model.begin(stopping);
    assertNull(stopping.best());
    assertNull(stopping.stoppedEpoch());
    assertEquals(0, stopping.bestEpoch());
    assertTrue(stopping.tensors().isEmpty());
  }
}
