package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.saving.Config;
import org.junit.jupiter.api.Test;

class ReduceLROnPlateauTest {

  private final RecordingModel model = new RecordingModel();

  @Test
  void theRateFallsByTheFactorDownToItsMinimum() {
    ReduceLROnPlateau reduce =
        model.begin(
            ReduceLROnPlateau.builder().monitor("loss").factor(0.5).patience(2).minLr(0.3).build());
    float[] expected = {1, 1, 0.5f, 0.5f, 0.3f, 0.3f, 0.3f};
    for (int epoch = 0; epoch < expected.length; epoch++) {
      model.endEpoch(reduce, epoch, "loss", 1);
      assertEquals(expected[epoch], model.optimizer.learningRate(), "after epoch " + epoch);
    }
  }

  @Test
  void coolingDownEpochsDontCount() {
    ReduceLROnPlateau reduce =
        model.begin(ReduceLROnPlateau.builder().monitor("loss").patience(1).cooldown(2).build());
    double[] expected = {1, 0.1, 0.1, 0.01};
    for (int epoch = 0; epoch < expected.length; epoch++) {
      model.endEpoch(reduce, epoch, "loss", 1);
      assertEquals(expected[epoch], model.optimizer.learningRate(), 1e-7, "after epoch " + epoch);
    }
  }

  @Test
  void theRateIsLoggedBeforeItIsReduced() {
    ReduceLROnPlateau reduce =
        model.begin(ReduceLROnPlateau.builder().monitor("loss").patience(0).build());
    model.endEpoch(reduce, 0, "loss", 1);

    assertEquals(1.0, model.endEpoch(reduce, 1, "loss", 1).get("learning_rate"));
    assertEquals(0.1f, model.optimizer.learningRate());
  }

  @Test
  void itsStateGoesOnInAnotherRun() {
    ReduceLROnPlateau.Builder builder = ReduceLROnPlateau.builder().monitor("loss").patience(2);
    ReduceLROnPlateau first = model.begin(builder.build());
    model.endEpoch(first, 0, "loss", 1);
    model.endEpoch(first, 1, "loss", 1);
    ReduceLROnPlateau second = model.begin(builder.build());
    second.restoreState(Config.parse(first.state().toJson()));
    model.endEpoch(second, 2, "loss", 1);

    assertEquals(0.1f, model.optimizer.learningRate());
  }

  @Test
  void configsComeBack() {
    ReduceLROnPlateau reduce =
        ReduceLROnPlateau.builder().factor(0.2).patience(4).cooldown(1).minLr(0.01).build();

    assertEquals(reduce.getConfig(), ReduceLROnPlateau.fromConfig(reduce.getConfig()).getConfig());
  }

  @Test
  void wrongArgumentsAndSchedulesAreRefused() {
    assertEquals(
        "ReduceLROnPlateau: 'factor' must be in (0, 1). Received: 1.0",
        message(() -> ReduceLROnPlateau.builder().factor(1.0).build()));
    assertEquals(
        "ReduceLROnPlateau: 'cooldown' must be an integer >= 0. Received: -2",
        message(() -> ReduceLROnPlateau.builder().cooldown(-2).build()));
    RecordingModel scheduled =
        new RecordingModel(
            SGD.builder()
                .learningRate(
                    ExponentialDecay.fromConfig(
                        Config.parse(
                            "{\"initial_learning_rate\":0.1,\"decay_steps\":10,\"decay_rate\":0.5}")))
                .build());
    assertTrue(
        message(() -> scheduled.begin(ReduceLROnPlateau.builder().monitor("loss").build()))
            .startsWith("ReduceLROnPlateau needs an optimizer whose learning rate is a number"));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
