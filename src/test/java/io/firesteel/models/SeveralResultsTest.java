package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.layers.Dense;
import io.firesteel.metrics.Metrics;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metrics with a result a class or a threshold, and the events that callbacks see, in a fit. */
class SeveralResultsTest {

  private static final float[][] FEATURES = {{0}, {1}, {2}, {3}};
  private static final float[][] LABELS = {{1, 0}, {1, 0}, {0, 1}, {0, 1}};

  private static Sequential model() {
    Sequential model = new Sequential().add(Dense.of(2).activation("softmax"));
    model.build(1);
    model.compile(
        "sgd",
        "categorical_crossentropy",
        Metrics.get("f1_score"),
        Metrics.get("TruePositives", Map.of("thresholds", List.of(0.9, 0.0))));
    return model;
  }

  @Test
  void eachResultHasANameInTheLogs() {
    Sequential model = model();
    LocalData data = LocalData.of(FEATURES, LABELS);
    FitOptions options =
        FitOptions.builder()
            .epochs(2)
            .validationData(data)
            .callbacks(EarlyStopping.builder().monitor("val_f1_score[1]").build())
            .build();
    History history = model.fit(data, options);
    Map<String, Double> logs = history.last();
    assertTrue(
        logs.keySet()
            .containsAll(
                List.of("f1_score[0]", "f1_score[1]", "val_f1_score[0]", "true_positives[0]")),
        logs.toString());
    assertEquals(4.0, logs.get("val_true_positives[1]"));
    assertEquals(model.evaluate(data).get("f1_score[1]"), logs.get("val_f1_score[1]"));
  }

  /** Remembers what it is told. */
  private static final class Events extends Callback {
    private final List<String> seen = new ArrayList<>();

    @Override
    public void onTrainBatchBegin(int batch) {
      seen.add("train begin " + batch);
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      seen.add("train end " + batch);
    }

    @Override
    public void onTestBegin() {
      seen.add("test");
    }

    @Override
    public void onTestBatchBegin(int batch) {
      seen.add("test begin " + batch);
    }

    @Override
    public void onTestBatchEnd(int batch, Map<String, Double> logs) {
      seen.add("test end " + batch + logs.containsKey("loss"));
    }
  }

  @Test
  void callbacksSeeBatchesBeginAndEnd() {
    LocalData data = LocalData.of(FEATURES, LABELS);
    Events events = new Events();
    model()
        .fit(
            data,
            FitOptions.builder()
                .epochs(1)
                .batchSize(2)
                .validationData(data)
                .callbacks(events)
                .build());
    assertEquals(
        List.of(
            "train begin 0",
            "train end 0",
            "train begin 1",
            "train end 1",
            "test",
            "test begin 0",
            "test end 0true"),
        events.seen);
  }
}
