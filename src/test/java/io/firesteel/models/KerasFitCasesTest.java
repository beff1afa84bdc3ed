package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.LearningRateScheduler;
import io.firesteel.callbacks.ReduceLROnPlateau;
import io.firesteel.layers.Dense;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.BaseOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The cases of Keras's own tests of optimizers that fit a model, or are about callbacks. */
class KerasFitCasesTest {

  private static Config theCase(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            KerasFitCasesTest.class.getResourceAsStream("/keras/keras-test-cases.json"))) {
      Config all = Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return all.reader("cases").list("cases").stream()
          .map(Config.class::cast)
          .filter(node -> String.valueOf(node.get("id")).endsWith(name))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] flat(Object nested) {
    List<Float> values = new ArrayList<>();
    flatten(nested, values);
    float[] flat = new float[values.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = values.get(i);
    }

    return flat;
  }

  private static void flatten(Object nested, List<Float> values) {
    if (nested instanceof List<?> list) {
      list.forEach(item -> flatten(item, values));
    } else {
      values.add(((Number) nested).floatValue());
    }
  }

  private static float[][] rows(Config golden, String key) {
    return golden.reader("case").list(key).stream()
        .map(KerasFitCasesTest::flat)
        .toArray(float[][]::new);
  }

  private static void assertVariables(Config golden, Sequential model) {
    double tolerance =
        golden.reader("case").config("tolerance").reader("tolerance").number("atol") + 1e-6;
    List<?> expected = golden.reader("case").list("expected_trainable");
    for (int i = 0; i < expected.size(); i++) {
      float[] values = model.variables().get(i).values();
      float[] golds = flat(expected.get(i));
      for (int k = 0; k < golds.length; k++) {
        assertEquals(golds[k], values[k], tolerance);
      }
    }
  }

  private static void fit(
      Config golden, Sequential model, float[][] labels, Callback... callbacks) {
    ConfigReader reader = golden.reader("case");
    model.fit(
        LocalData.of(rows(golden, "x"), labels),
        FitOptions.builder()
            .batchSize((int) reader.integer("batch_size"))
            .epochs((int) reader.integer("epochs"))
            .shuffle(false)
            .callbacks(callbacks)
            .build());
  }

  /** Its label of one column is broadcast against two outputs there; here it is given twice. */
  @Test
  void averagesAreInTheWeightsAfterAFit() {
    Config golden = theCase("test_ema_with_model_fit");
    Sequential model = new Sequential().add(Dense.of(2).useBias(false));
    model.build(1);
    model.variables().get(0).assign(new float[] {1, 1});
    model.compile(SGD.builder().learningRate(0.1).useEma(true).emaMomentum(0.9).build(), "mse");
    fit(golden, model, new float[][] {{0, 0}});
    assertVariables(golden, model);
  }

  private static MultiOptimizer multi(BaseOptimizer other, String pattern, BaseOptimizer... more) {
    OptimizerMap.Builder map = OptimizerMap.builder(other);
    for (int i = 0; i < more.length; i++) {
      map.put(pattern.formatted(i + 1), more[i]);
    }

    return MultiOptimizer.builder(map.build()).build();
  }

  private static SGD sgd(double rate) {
    return SGD.builder().learningRate(rate).build();
  }

  @Test
  void eachOptimizerUpdatesItsVariables() {
    Config golden = theCase("test_multi_optimizer_with_model_fit");
    Sequential model =
        new Sequential()
            .add(Dense.of(2).useBias(false).name("dense_1"))
            .add(Dense.of(1).useBias(false).name("dense_2"));
    model.build(1);
    model.variables().forEach(variable -> variable.assign(new float[] {1, 1}));
    MultiOptimizer optimizer = multi(sgd(0.1), ".*dense_%d/.*", sgd(0.001), sgd(0.01));
    model.compile(optimizer, "mse");
    fit(golden, model, rows(golden, "y"));
    assertVariables(golden, model);
    assertEquals(1, optimizer.iterations());
  }

  @Test
  void aScheduleIsFollowedFromBatchToBatch() {
    Config golden = theCase("test_fit_lr_correctness");
    Sequential model = new Sequential().add(Dense.of(2));
    model.build(2);
    model.variables().get(0).assign(new float[] {1, 1, 1, 1});
    model.variables().get(1).assign(new float[] {1, 1});
    Optimizer adam = Adam.builder().learningRate(ExponentialDecay.builder(0.05, 1, 0.9).build()).build();
    model.compile(adam, "mse");
    List<Double> losses = new ArrayList<>();
    fit(
        golden,
        model,
        rows(golden, "y"),
        io.firesteel.callbacks.LambdaCallback.builder()
            .onEpochEnd((epoch, logs) -> losses.add(logs.get("loss")))
            .build());
    List<Double> expected = golden.reader("case").numbers("expected_loss_history");
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), losses.get(i), 5e-5 * expected.get(i));
    }

    assertEquals(12, adam.iterations());
  }

  private static Sequential twoRates(SGD first, SGD second) {
    Sequential model = new Sequential().add(Dense.of(1).name("dense_1"));
    model.build(1);
    model.compile(multi(first, ".*dense_%d/bias", second), "mse");
    return model;
  }

  @Test
  void aSchedulerHalvesTheRateOfEachOptimizer() {
    Config golden = theCase("test_learning_rate_scheduler_with_multi_optimizer");
    float[] before = flat(golden.get("sub_learning_rates_before"));
    float[] after = flat(golden.get("after_one_epoch_begin"));
    SGD first = sgd(before[0]);
    SGD second = sgd(before[1]);
    twoRates(first, second)
        .fit(
            LocalData.of(new float[][] {{1}}, new float[1]),
            FitOptions.builder()
                .epochs(1)
                .callbacks(new LearningRateScheduler((epoch, rate) -> rate * 0.5))
                .build());
    assertEquals(after[0], first.learningRate(), 1e-7);
    assertEquals(after[1], second.learningRate(), 1e-7);
  }

  @Test
  void aPlateauHalvesTheRateOfEachOptimizer() {
    Config golden = theCase("test_reduce_lr_on_plateau_with_multi_optimizer");
    List<?> rates = golden.reader("case").list("sub_learning_rates");
    float[] after = flat(rates.get(1));
    SGD first = sgd(flat(rates.get(0))[0]);
    SGD second = sgd(flat(rates.get(0))[1]);
    LocalData rows = LocalData.of(new float[][] {{0}}, new float[1]);
    twoRates(first, second)
        .fit(
            rows,
            FitOptions.builder()
                .epochs(2)
                .validationData(rows)
                .callbacks(ReduceLROnPlateau.builder().factor(0.5).patience(1).build())
                .build());
    assertEquals(after[0], first.learningRate(), 1e-7);
    assertEquals(after[1], second.learningRate(), 1e-7);
  }
}
