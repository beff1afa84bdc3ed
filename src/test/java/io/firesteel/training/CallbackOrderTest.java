package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.TrainingParams;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The order in which fit, evaluate and predict call callbacks and what they say, against a run of
 * real Keras that src/test/python/callback_order_golden.py recorded.
 */
class CallbackOrderTest {

  private static final int ROWS = 10;
  private static final int VALIDATED = 7;
  private static final Config GOLDEN = golden();

  /** A call of a callback: its name in Keras, the epoch or batch, and the numbers it was given. */
  private record Call(
      String event, @Nullable Long index, Map<String, Double> logs, float @Nullable [] first) {}

  private static final class Recorder extends Callback {
    private final List<Call> calls = new ArrayList<>();

    private void note(String event, @Nullable Integer index, Map<String, Double> logs) {
      calls.add(
          new Call(event, index == null ? null : Long.valueOf(index), Map.copyOf(logs), null));
    }

    @Override
    public void onTrainBegin(TrainingParams params) {
      note("on_train_begin", null, Map.of());
    }

    @Override
    public void onEpochBegin(int epoch) {
      note("on_epoch_begin", epoch, Map.of());
    }

    @Override
    public void onTrainBatchBegin(int batch) {
      note("on_train_batch_begin", batch, Map.of());
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      note("on_train_batch_end", batch, logs);
    }

    @Override
    public void onTestBegin() {
      note("on_test_begin", null, Map.of());
    }

    @Override
    public void onTestBatchBegin(int batch) {
      note("on_test_batch_begin", batch, Map.of());
    }

    @Override
    public void onTestBatchEnd(int batch, Map<String, Double> logs) {
      note("on_test_batch_end", batch, logs);
    }

    @Override
    public void onTestEnd(Map<String, Double> logs) {
      note("on_test_end", null, logs);
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      note("on_epoch_end", epoch, logs);
    }

    @Override
    public void onTrainEnd() {
      note("on_train_end", null, Map.of());
    }

    @Override
    public void onPredictBegin() {
      note("on_predict_begin", null, Map.of());
    }

    @Override
    public void onPredictBatchBegin(int batch) {
      note("on_predict_batch_begin", batch, Map.of());
    }

    @Override
    public void onPredictBatchEnd(int batch, float[][] outputs) {
      calls.add(new Call("on_predict_batch_end", (long) batch, Map.of(), outputs[0]));
    }

    @Override
    public void onPredictEnd() {
      note("on_predict_end", null, Map.of());
    }

    @Override
    public String className() {
      return "Recorder";
    }
  }

  private static Config golden() {
    String file = "/golden-fit/callback-order.json";
    try (InputStream in =
        Objects.requireNonNull(CallbackOrderTest.class.getResourceAsStream(file))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LocalData rows(int count) {
    ConfigReader golden = GOLDEN.reader("golden");
    float[][] features = new float[count][2];
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      features[i][0] = golden.numbers("x").get(2 * i).floatValue();
      features[i][1] = golden.numbers("x").get(2 * i + 1).floatValue();
      labels[i] = golden.numbers("y").get(i).floatValue();
    }

    return LocalData.of(features, labels);
  }

  private static Sequential model() {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(2));
    model.compile(SGD.builder().learningRate(0.1).build(), "mse", "mae");
    model.build(2);
    model.setWeights(new float[] {0.5f, -0.25f}, new float[] {0.125f});
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder()
        .batchSize(4)
        .shuffle(false)
        .verbose(0)
        .validationData(rows(VALIDATED));
  }

  /**
   * Returns the calls that Keras made. In a fit those of all batches of a validation are one here,
   * so the last of them is compared.
   */
  private static List<Config> calls(String name, boolean fit) {
    List<Config> calls = new ArrayList<>();
    for (Object call : GOLDEN.reader("golden").config(name).reader(name).optionalList("calls")) {
      Config next = (Config) call;
      boolean again =
          fit && next.get("event").equals("on_test_batch_begin") && !next.get("index").equals(0L);
      if (again) {
        calls.remove(calls.size() - 1);
      } else {
        calls.add(next);
      }
    }

    return calls;
  }

  private static void assertCalls(String name, boolean fit, List<Call> received) {
    List<Config> expected = calls(name, fit);
    assertEquals(
        expected.stream().map(call -> call.get("event")).toList(),
        received.stream().map(Call::event).toList());
    for (int i = 0; i < expected.size(); i++) {
      ConfigReader call = expected.get(i).reader(name);
      Call own = received.get(i);
      String event = own.event() + " " + i;
      if (!(fit && own.event().equals("on_test_batch_end"))) {
        assertEquals(expected.get(i).get("index"), own.index(), event);
      }

      Config logs = call.config("logs");
      if (!own.event().equals("on_train_end")) {
        assertEquals(List.copyOf(logs.keys()), own.logs().keySet().stream().sorted().toList());
        for (String key : logs.keys()) {
          assertEquals(logs.reader(event).number(key), own.logs().get(key), 1e-6, event + key);
        }
      }

      if (own.first() != null) {
        assertEquals(call.numbers("first").get(0), own.first()[0], 1e-6, event);
      }
    }
  }

  private static void assertFit(String name, FitOptions.Builder options) {
    Recorder recorder = new Recorder();
    History history = model().fit(rows(ROWS), options.callbacks(recorder).build());
    assertCalls(name, true, recorder.calls);
    Config expected = GOLDEN.reader("golden").config(name).reader(name).config("history");
    assertEquals(
        List.copyOf(expected.keys()), history.history().keySet().stream().sorted().toList());
  }

  @Test
  void fitCallsInTheOrderOfKeras() {
    assertFit("fit", options().epochs(2));
  }

  @Test
  void aValidationMayHaveBatchesOfItsOwnAndTheFirstOnesOnly() {
    assertFit("validationSteps", options().validationSteps(1));
    assertFit("validationBatch", options().validationBatchSize(3));
    assertFit(
        "validationStepsBatch", options().epochs(2).validationBatchSize(3).validationSteps(2));
  }

  @Test
  void validationsMayComeAfterTheEpochsOfAList() {
    assertFit("validationFreq", options().epochs(4).validationFreq(List.of(4, 1)));
  }

  @Test
  void shortEpochsThatBeginLaterBeginWithTheFirstBatches() {
    assertFit("stepsPerEpoch", options().epochs(3).initialEpoch(1).stepsPerEpoch(2));
  }

  private static void assertEvaluated(String name, BatchOptions options) {
    Recorder recorder = new Recorder();
    Map<String, Double> result = model().evaluate(rows(ROWS), options.withCallbacks(recorder));
    assertCalls(name, false, recorder.calls);
    Map<String, Double> silent = model().evaluate(rows(ROWS), options);
    Config expected = GOLDEN.reader("golden").config(name).reader(name).config("result");
    for (String key : expected.keys()) {
      assertEquals(expected.reader(name).number(key), result.get(key), 1e-6);
      assertEquals(result.get(key), silent.get(key), 1e-12);
    }
  }

  @Test
  void evaluationsTellOfEachBatchInTheOrderOfKeras() {
    assertEvaluated("evaluate", BatchOptions.of(4));
    assertEvaluated("evaluateSteps", BatchOptions.of(4).withSteps(2));
  }

  private static void assertPredicted(String name, BatchOptions options, int rows) {
    Recorder recorder = new Recorder();
    float[][] predictions = model().predict(rows(ROWS), options.withCallbacks(recorder));
    assertCalls(name, false, recorder.calls);
    float[][] all = model().predict(rows(ROWS));
    assertEquals(rows, predictions.length);
    for (int i = 0; i < rows; i++) {
      assertArrayEquals(all[i], predictions[i]);
    }
  }

  @Test
  void predictionsTellOfEachBatchInTheOrderOfKeras() {
    assertPredicted("predict", BatchOptions.of(4), 10);
    assertPredicted("predictSteps", BatchOptions.of(4).withSteps(2), 8);
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @Test
  void wrongNumbersAreRefused() {
    assertEquals(
        "fit: 'validation_steps' must be an integer >= 1. Received: 0",
        refused(() -> options().validationSteps(0).build()));
    assertEquals(
        "fit: 'validation_batch_size' must be an integer >= 1. Received: -1",
        refused(() -> options().validationBatchSize(-1).build()));
    assertEquals(
        "fit: 'validation_steps' needs 'validation_data' or 'validation_split'. Received:"
            + " validation_steps=3 and neither",
        refused(() -> FitOptions.builder().validationSteps(3).build()));
    assertEquals(
        "fit: 'validation_freq' must be an integer >= 1. Received: 0",
        refused(() -> options().validationFreq(List.of(2, 0)).build()));
    assertEquals(
        "fit: 'validation_freq' must be at least one epoch. Received: []",
        refused(() -> options().validationFreq(List.of())));
    assertEquals(
        "batches: 'steps' must be an integer >= 1. Received: 0",
        refused(() -> BatchOptions.DEFAULTS.withSteps(0)));
  }
}
