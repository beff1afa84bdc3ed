package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.ui.TrainingEvent.Progressed;
import io.firesteel.spark.internal.ui.TrainingEvent.Started;
import java.util.List;
import java.util.Map;

/** Events to test with. */
final class Events {

  private Events() {}

  static Started start(String run, String model) {
    return new Started(
        run,
        1000,
        null,
        model,
        "summary of " + model,
        "{\"optimizer\":{\"name\":\"" + model + "\"}}",
        Map.of("spark.master", model),
        10,
        100,
        1000,
        32,
        32_000,
        4,
        "resident",
        0.5,
        null,
        null);
  }

  static Progressed progress(String run, long step, double loss) {
    return new Progressed(
        run,
        1000 + step,
        step,
        (int) (step / 1000),
        (int) (step % 1000),
        Map.of("loss", loss, "accuracy", 1 - loss),
        0.01,
        2.0,
        10,
        320,
        0.5,
        Map.of("compute", 300.0, "wait", 100.0),
        List.of(new StepClock.WorkerTime(0, "1", "host", 0, 4, step, 30.0, 31.0, 32.0, 33.0)));
  }
}
