package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.LearningRateScheduler;
import io.firesteel.callbacks.ReduceLROnPlateau;
import io.firesteel.layers.Dense;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of Keras's own tests of optimizers that need a model or a callback. */
class KerasTestCasesFitTest {

  private static JsonNode known(String name) throws Exception {
    try (InputStream in =
        KerasTestCasesFitTest.class.getResourceAsStream("/keras/keras-test-cases.json")) {
      for (JsonNode node : new ObjectMapper().readTree(in).get("cases")) {
        if (node.get("id").asText().endsWith("." + name)) {
          return node;
        }
      }
    }

    throw new AssertionError("No case " + name);
  }

  private static float[] floats(JsonNode array) {
    List<Float> all = new ArrayList<>();
    for (JsonNode item : array) {
      if (item.isArray()) {
        for (float value : floats(item)) {
          all.add(value);
        }
      } else {
        all.add((float) item.asDouble());
      }
    }

    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }

    return values;
  }

  private static float[][] rows(JsonNode array) {
    float[][] rows = new float[array.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = floats(array.get(i));
    }

    return rows;
  }

  private static void assign(Variable variable, JsonNode values) {
    variable.assign(floats(values));
  }

  private static void assertValues(JsonNode node, JsonNode expected, Variable variable) {
    float[] values = floats(expected);
    for (int i = 0; i < values.length; i++) {
      double tolerance =
          node.at("/tolerance/atol").asDouble()
              + node.at("/tolerance/rtol").asDouble() * Math.abs(values[i]);
      assertEquals(values[i], variable.values()[i], tolerance, variable.path());
    }
  }

  private static FitOptions.Builder options(JsonNode node) {
    return FitOptions.builder()
        .epochs(node.get("epochs").asInt())
        .batchSize(node.get("batch_size").asInt())
        .verbose(0);
  }

  /** The one target stands for each of the two outputs, as Keras broadcasts it. */
  @Test
  void averagesAreTheWeightsInTheEnd() throws Exception {
    JsonNode node = known("test_ema_with_model_fit");
    SGD optimizer =
        SGD.builder()
            .learningRate(node.at("/config/learning_rate").asDouble())
            .useEma(true)
            .emaMomentum(node.at("/config/ema_momentum").asDouble())
            .build();
    Sequential model = new Sequential().add(Dense.of(2).useBias(false).inputShape(1));
    model.compile(optimizer, "mse");
    model.build(1);
    assign(model.variables().get(0), node.at("/model/layers/0/kernel"));
    model.fit(LocalData.of(rows(node.get("x")), new float[][] {{0, 0}}), options(node).build());
    assertValues(node, node.get("expected_trainable"), model.variables().get(0));
    Variable average =
        optimizer.variables().stream().filter(v -> v.name().endsWith("_average")).findAny().get();
    assertValues(node, node.get("expected_average"), average);
  }

  @Test
  void severalOptimizersTrainAModel() throws Exception {
    JsonNode node = known("test_multi_optimizer_with_model_fit");
    OptimizerMap.Builder map = OptimizerMap.builder(sgd(node.get("default")));
    List<Optimizer> inner = new ArrayList<>();
    node.get("map")
        .properties()
        .forEach(
            entry -> {
              SGD sgd = sgd(entry.getValue());
              inner.add(sgd);
              map.put(entry.getKey(), sgd);
            });
    MultiOptimizer optimizer = MultiOptimizer.builder(map.build()).build();
    Sequential model =
        new Sequential()
            .add(Dense.of(2).useBias(false).name("dense_1").inputShape(1))
            .add(Dense.of(1).useBias(false).name("dense_2"));
    model.compile(optimizer, "mse");
    model.build(1);
    for (int v = 0; v < 2; v++) {
      assign(model.variables().get(v), node.at("/model/layers/" + v + "/kernel"));
    }

    model.fit(LocalData.of(rows(node.get("x")), rows(node.get("y"))), options(node).build());
    for (int v = 0; v < 2; v++) {
      assertValues(node, node.get("expected_trainable").get(v), model.variables().get(v));
      assertEquals(node.at("/expected_iterations/sub/" + v).asLong(), inner.get(v).iterations());
    }

    assertEquals(node.at("/expected_iterations/multi").asLong(), optimizer.iterations());
    assertEquals(0, optimizer.optimizers().get(2).iterations());
  }

  private static SGD sgd(JsonNode node) {
    return SGD.builder().learningRate(node.at("/config/learning_rate").asDouble()).build();
  }

  @Test
  void aScheduleDecidesTheRatesOfAFit() throws Exception {
    JsonNode node = known("test_fit_lr_correctness");
    JsonNode schedule = node.at("/config/learning_rate/config");
    Adam optimizer =
        Adam.builder()
            .learningRate(
                ExponentialDecay.builder(
                        schedule.get("initial_learning_rate").asDouble(),
                        schedule.get("decay_steps").asLong(),
                        schedule.get("decay_rate").asDouble())
                    .build())
            .build();
    assertEquals(node.get("num_optimizer_variables_unbuilt").asInt(), optimizer.variables().size());
    Sequential model = new Sequential().add(Dense.of(2).inputShape(2));
    model.compile(optimizer, "mse");
    model.build(2);
    assign(model.variables().get(0), node.at("/model/layers/0/kernel"));
    assign(model.variables().get(1), node.at("/model/layers/0/bias"));
    LocalData data = LocalData.of(rows(node.get("x")), rows(node.get("y")));
    List<Double> losses =
        model.fit(data, options(node).shuffle(false).build()).history().get("loss");
    float[] expected = floats(node.get("expected_loss_history"));
    for (int epoch = 0; epoch < expected.length; epoch++) {
      double tolerance = node.at("/tolerance/rtol").asDouble() * expected[epoch];
      assertEquals(expected[epoch], losses.get(epoch), tolerance, "epoch " + epoch);
    }

    assertEquals(node.get("expected_iteration").asLong(), optimizer.iterations());
  }

  private static float[] ratesAfterFit(JsonNode before, int epochs, Callback callback) {
    SGD first = SGD.builder().learningRate(before.get(0).asDouble()).name("first").build();
    SGD second = SGD.builder().learningRate(before.get(1).asDouble()).name("second").build();
    OptimizerMap map = OptimizerMap.builder(second).put(".*kernel", first).build();
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1));
    model.compile(MultiOptimizer.builder(map).build(), "mse");
    LocalData still = LocalData.of(new float[][] {{0}}, new float[][] {{0}});
    model.fit(still, FitOptions.builder().epochs(epochs).callbacks(callback).verbose(0).build());
    return new float[] {first.learningRate(), second.learningRate()};
  }

  @Test
  void callbacksSetTheRateOfEachOptimizer() throws Exception {
    JsonNode scheduler = known("test_learning_rate_scheduler_with_multi_optimizer");
    float[] halved =
        ratesAfterFit(
            scheduler.get("sub_learning_rates_before"),
            1,
            new LearningRateScheduler((epoch, rate) -> rate * 0.5));
    JsonNode plateau = known("test_reduce_lr_on_plateau_with_multi_optimizer");
    float[] reduced =
        ratesAfterFit(
            plateau.at("/sub_learning_rates/0"),
            2,
            ReduceLROnPlateau.builder().monitor("loss").factor(0.5).patience(1).build());
    for (int i = 0; i < 2; i++) {
      assertEquals(scheduler.get("after_one_epoch_begin").get(i).asDouble(), halved[i], 1e-8);
      assertEquals(plateau.at("/sub_learning_rates/1").get(i).asDouble(), reduced[i], 1e-8);
    }
  }
}
