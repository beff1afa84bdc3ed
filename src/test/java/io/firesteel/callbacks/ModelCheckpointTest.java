package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCheckpointTest {

  private final RecordingModel model = new RecordingModel();

  @Test
  void theFieldsOfThePathAreFilledAsPythonDoes() {
    ModelCheckpoint checkpoint =
        model.begin(
            ModelCheckpoint.builder("m-{epoch:02d}-{val_loss:.2f}-{val_loss:.1e}.keras").build());
    model.endEpoch(checkpoint, 6, "val_loss", 0.128);

    assertEquals(List.of("m-07-0.13-1.3e-01.keras"), model.saved);
  }

  @Test
  void onlyImprovementsAreSavedIfAskedFor() {
    ModelCheckpoint checkpoint =
        model.begin(ModelCheckpoint.builder("m-{epoch}.keras").saveBestOnly(true).build());
    double[] losses = {3, 4, 2, 2};
    for (int epoch = 0; epoch < losses.length; epoch++) {
      model.endEpoch(checkpoint, epoch, "val_loss", losses[epoch]);
    }

    assertEquals(List.of("m-1.keras", "m-3.keras"), model.saved);
  }

  @Test
  void theThresholdMustBeImprovedOnFirst() {
    ModelCheckpoint checkpoint =
        model.begin(
            ModelCheckpoint.builder("m-{epoch}.keras")
                .saveBestOnly(true)
                .initialValueThreshold(2.5)
                .build());
    model.endEpoch(checkpoint, 0, "val_loss", 3);
    model.endEpoch(checkpoint, 1, "val_loss", 2);

    assertEquals(List.of("m-2.keras"), model.saved);
  }

  @Test
  void savingEverySoManyBatchesCountsAcrossEpochsAndRuns() {
    ModelCheckpoint.Builder builder =
        ModelCheckpoint.builder("m-{epoch}-{batch}.keras").saveFreq(3);
    ModelCheckpoint first = model.begin(builder.build());
    Map<String, Double> logs = new LinkedHashMap<>();
    first.onEpochBegin(0);
    for (int batch = 0; batch < 4; batch++) {
      first.onTrainBatchEnd(batch, logs);
    }

    ModelCheckpoint second = model.begin(builder.build());
    second.restoreState(Config.parse(first.state().toJson()));
    second.onEpochResume(1, 1);
    second.onTrainBatchEnd(0, logs);
    second.onTrainBatchEnd(1, logs);

    assertEquals(List.of("m-1-3.keras", "m-2-2.keras"), model.saved);
  }

  @Test
  void weightsAloneAreSavedIfAskedFor() {
    ModelCheckpoint checkpoint =
        model.begin(
            ModelCheckpoint.builder("m-{epoch}.weights.h5")
                .saveWeightsOnly(true)
                .saveBestOnly(true)
                .build());
    model.endEpoch(checkpoint, 0, "val_loss", 2);
    model.endEpoch(checkpoint, 1, "val_loss", 3);
    model.endEpoch(checkpoint, 2, "val_loss", 1);

    assertEquals(List.of("weights m-1.weights.h5", "weights m-3.weights.h5"), model.saved);
    assertEquals(
        checkpoint.getConfig(), ModelCheckpoint.fromConfig(checkpoint.getConfig()).getConfig());
  }

  @Test
  void configsComeBack() {
    ModelCheckpoint checkpoint =
        ModelCheckpoint.builder("m.keras").monitor("loss").saveBestOnly(true).saveFreq(5).build();

    assertEquals(
        checkpoint.getConfig(), ModelCheckpoint.fromConfig(checkpoint.getConfig()).getConfig());
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertEquals(
        "ModelCheckpoint: 'filepath' must be a path that ends in .keras with"
            + " save_weights_only=false. Received: m.h5",
        message(() -> ModelCheckpoint.builder("m.h5").build()));
    assertEquals(
        "ModelCheckpoint: the fields of 'filepath' are {name}, {name:02d}, {name:.2f} or"
            + " {name:.2e}. Received: m-{epoch.keras",
        message(() -> ModelCheckpoint.builder("m-{epoch.keras").build()));
    assertEquals(
        "ModelCheckpoint: 'save_freq' must be \"epoch\" or a number of batches from 1. Received: 0",
        message(() -> ModelCheckpoint.builder("m.keras").saveFreq(0).build()));
    assertEquals(
        "ModelCheckpoint: 'filepath' must be a path that ends in .weights.h5 with"
            + " save_weights_only=true. Received: m.keras",
        message(
            () ->
                ModelCheckpoint.fromConfig(
                    Config.parse("{\"filepath\":\"m.keras\",\"save_weights_only\":true}"))));
    ModelCheckpoint checkpoint = model.begin(ModelCheckpoint.builder("m-{val_auc}.keras").build());
    assertEquals(
        "ModelCheckpoint: 'filepath' has the field {val_auc}, which is not available. Available:"
            + " epoch, val_loss. Received: m-{val_auc}.keras",
        message(() -> model.endEpoch(checkpoint, 0, "val_loss", 1)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
