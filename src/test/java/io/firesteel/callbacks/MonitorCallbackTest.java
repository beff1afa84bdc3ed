package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.LossGoldens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Callbacks that watch a number compare it as Keras does, in float32. */
class MonitorCallbackTest {

  private final RecordingModel model = new RecordingModel();

  static List<Config> improvements() {
    return LossGoldens.configs(LossGoldens.read("improvements.json"), "cases");
  }

  @ParameterizedTest
  @MethodSource("improvements")
  void anImprovementIsOneInFloat32(Config golden) {
    ConfigReader reader = golden.reader("golden");
    EarlyStopping stopping =
        model.begin(
            EarlyStopping.builder()
                .monitor("loss")
                .mode(reader.string("mode"))
                .minDelta(reader.number("min_delta"))
                .build());
    double best = reader.number("best");
    assertEquals(reader.bool("improves"), stopping.improves(reader.number("value"), best));
  }

  @Test
  void theDirectionOfWhatIsLoggedForAnOutputIsKnown() {
    String[] falling = {"loss", "val_score_loss", "mean_absolute_error"};
    for (String name : falling) {
      EarlyStopping stopping = model.begin(EarlyStopping.builder().monitor(name).build());
      assertTrue(stopping.improves(0.5, 0.6), name);
    }

    EarlyStopping stopping = model.begin(EarlyStopping.builder().monitor("val_score_auc").build());
    assertTrue(stopping.improves(0.6, 0.5));
    assertEquals(
        "EarlyStopping: the direction of 'val_auc' is unknown, for it is no metric of compile"
            + " (sparse_categorical_accuracy, mean_absolute_error, score_auc). Set 'mode' to min or"
            + " max",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.begin(EarlyStopping.builder().monitor("val_auc").build()))
            .getMessage());
  }

  @Test
  void aPlateauOfFloat32StopsTraining() {
    EarlyStopping stopping =
        model.begin(EarlyStopping.builder().monitor("loss").patience(2).build());
    for (int epoch = 0; epoch < 3; epoch++) {
      model.endEpoch(stopping, epoch, "loss", 0.5 - 1e-9 * epoch);
    }

    assertTrue(model.stopped);
    assertEquals(0, stopping.bestEpoch());
  }

  @Test
  void aPlateauOfFloat32ReducesTheRateAndSavesNothing() {
    ReduceLROnPlateau reduce =
        model.begin(ReduceLROnPlateau.builder().monitor("loss").patience(1).minDelta(0).build());
    ModelCheckpoint checkpoint =
        model.begin(
            ModelCheckpoint.builder("m-{epoch}.keras").monitor("loss").saveBestOnly(true).build());
    for (int epoch = 0; epoch < 2; epoch++) {
      double loss = 0.5 - 1e-9 * epoch;
      model.endEpoch(reduce, epoch, "loss", loss);
      checkpoint.onEpochEnd(epoch, Map.of("loss", loss));
    }

    assertEquals(0.1f, model.optimizer.learningRate());
    assertEquals(List.of("m-1.keras"), model.saved);
  }
}
