package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.layers.Dense;
import io.firesteel.optimizers.Adafactor;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.Nadam;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.saving.Config;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files whose optimizer's state has a form of its own: of few variables, never built, or without
 * what Keras leaves out inside of wrappers. The files of Keras were made by {@code
 * src/test/python/optimizer_states.py}.
 */
class OptimizerStatesTest {

  private static final Path FOLDER = Path.of("src/test/resources/keras/states");

  @TempDir private Path folder;

  private static LocalData data() {
    float[][] x = new float[8][3];
    float[][] y = new float[8][1];
    for (int i = 0; i < 24; i++) {
      x[i / 3][i % 3] = i / 24f;
      y[i / 3][0] += i / 24f;
    }

    return LocalData.of(x, y);
  }

  private static FitOptions epochs(int epochs, int batchSize) {
    return FitOptions.builder()
        .epochs(epochs)
        .batchSize(batchSize)
        .shuffle(false)
        .verbose(0)
        .build();
  }

  private static JsonNode known(String name) throws Exception {
    return new ObjectMapper().readTree(FOLDER.resolve("optimizer-states.json").toFile()).get(name);
  }

  private static void assertWeights(JsonNode expected, Sequential model, double tolerance) {
    for (int v = 0; v < expected.size(); v++) {
      float[] values = model.variables().get(v).values();
      for (int i = 0; i < values.length; i++) {
        assertEquals(expected.get(v).get(i).asDouble(), values[i], tolerance, "variable " + v);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgd-scheduled",
        "lion-scheduled",
        "loss-scale-adafactor",
        "loss-scale-unbuilt",
        "multi-unbuilt",
        "multi"
      })
  void filesOfKerasGoOnAsInKeras(String name) throws Exception {
    Sequential model = Sequential.load(FOLDER.resolve(name + ".keras").toString());
    JsonNode known = known(name);
    assertEquals(known.get("iterations").asLong(), model.optimizer().iterations());
    if (!name.endsWith("unbuilt")) {
      assertEquals(known.get("variables").asInt(), model.optimizer().variables().size());
    }

    model.fit(data(), epochs(2, 4));
    assertWeights(known.get("weights"), model, 1e-5);
  }

  /** Inside of the wrapper Keras on JAX takes another number for the product, see the Javadoc. */
  @Test
  void nadamInsideOfLossScaleHasItsProductAgain() throws Exception {
    Sequential model = Sequential.load(FOLDER.resolve("loss-scale-nadam.keras").toString());
    JsonNode known = known("loss-scale-nadam");
    assertEquals(4, model.optimizer().iterations());
    assertEquals(known.get("variables").asInt(), model.optimizer().variables().size());
    Nadam inner = (Nadam) ((LossScaleOptimizer) model.optimizer()).innerOptimizer();
    Variable product = inner.variables().get(inner.variables().size() - 1);
    double expected = 1;
    for (int t = 1; t <= 4; t++) {
      expected *= 0.9 * (1 - 0.5 * Math.pow(0.96, t));
    }

    assertEquals(expected, product.values()[0], 1e-6);
  }

  /** 4 epochs, saved, opened, 4 more: the numbers are those of an uninterrupted fit in Keras. */
  @Test
  void aScheduleGoesOnWhereItWas() throws Exception {
    LocalData data = LocalData.of(new float[][] {{1}, {2}}, new float[][] {{2}, {4}});
    Sequential model =
        new Sequential().add(Dense.of(1).useBias(false).kernelInitializer("zeros").inputShape(1));
    ExponentialDecay schedule = ExponentialDecay.builder(0.1, 1, 0.5).build();
    model.compile(SGD.builder().learningRate(schedule).build(), "mse");
    model.fit(data, epochs(4, 2));
    String file = folder.resolve("m.keras").toString();
    model.save(file);
    Sequential opened = Sequential.load(file);
    assertEquals(4, opened.optimizer().iterations());
    assertEquals(0.00625f, opened.optimizer().learningRate());
    opened.fit(data, epochs(4, 2));
    model.fit(data, epochs(4, 2));
    assertArrayEquals(model.variables().get(0).values(), opened.variables().get(0).values());
    float w = 0;
    for (int step = 0; step < 8; step++) {
      w -= 0.1f / (1 << step) * (5 * (w - 2));
    }

    assertEquals(w, opened.variables().get(0).values()[0], 1e-6);
  }

  private void assertSavedAndContinued(Optimizer optimizer) throws Exception {
    Sequential model =
        new Sequential("model").add(Dense.of(4).name("a").inputShape(3)).add(Dense.of(1).name("b"));
    model.compile(optimizer, "mse");
    model.fit(data(), epochs(3, 2));
    String file = folder.resolve("m.keras").toString();
    model.save(file);
    Sequential opened = Sequential.load(file);
    List<Variable> before = model.optimizer().variables();
    List<Variable> after = opened.optimizer().variables();
    assertEquals(before.size(), after.size());
    model.fit(data(), epochs(2, 2));
    opened.fit(data(), epochs(2, 2));
    for (int v = 0; v < model.variables().size(); v++) {
      assertArrayEquals(model.variables().get(v).values(), opened.variables().get(v).values());
    }

    Files.delete(Path.of(file));
  }

  @Test
  void ourOwnFilesGoOnToTheBit() throws Exception {
    assertSavedAndContinued(LossScaleOptimizer.builder(Nadam.builder().build()).build());
    assertSavedAndContinued(LossScaleOptimizer.builder(Adafactor.builder().build()).build());
    OptimizerMap map =
        OptimizerMap.builder(Adafactor.builder().build())
            .put(".*b/kernel", Nadam.builder().build())
            .build();
    assertSavedAndContinued(
        LossScaleOptimizer.builder(MultiOptimizer.builder(map).build()).build());
    for (String name : List.of("Adagrad", "RMSprop", "Lion", "SGD")) {
      String config =
          "{\"class_name\": \"%s\", \"config\": {\"learning_rate\": {\"class_name\":"
              + " \"ExponentialDecay\", \"config\": {\"initial_learning_rate\": 0.01,"
              + " \"decay_steps\": 1, \"decay_rate\": 0.9}}}}";
      assertSavedAndContinued(Optimizers.get(Config.parse(config.formatted(name))));
    }
  }
}
