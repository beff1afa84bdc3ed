package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.SwapEMAWeights;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.saving.Config;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Keras's own tests of models, saving and trainers ask, with other numbers; which test is
 * replayed by which method stands in {@code keras/keras-test-list.tsv}.
 */
class KerasModelCasesTest {

  private static final float[][] X = {{1, 2, 3}, {3, -4, 0}, {0.5f, 1, 1}, {-2, 2, 4}};
  private static final float[][] Y = {{1}, {0}, {0}, {1}};
  private static final LocalData ROWS =
      LocalData.of(Map.of("input_a", X), Map.of("output_a", Y, "output_b", Y));

  @TempDir private Path folder;

  private static Model twoOutputs() {
    KerasTensor input = Input.of(3).name("input_a").output();
    return new Model(
        List.of(input),
        List.of(
            Dense.of(1).name("output_a").call(input),
            Dense.of(1).activation("sigmoid").name("output_b").call(input)));
  }

  private static Set<String> logged(Model model, CompileOptions options) {
    return logged(model, options, ROWS);
  }

  private static Set<String> logged(Model model, CompileOptions options, LocalData rows) {
    model.compile(options);
    FitOptions fit = FitOptions.builder().epochs(1).batchSize(2).verbose(0).build();
    return model.fit(rows, fit).history().keySet();
  }

  private static CompileOptions options() {
    return CompileOptions.of(
        "sgd", Map.of("output_a", "mean_squared_error", "output_b", "binary_crossentropy"));
  }

  @Test
  void metricsOfOutputsAreLoggedUnderKerassNames() {
    List<String> two = List.of("mean_squared_error", "accuracy");
    assertEquals(
        Set.of(
            "loss",
            "output_a_loss",
            "output_a_mean_squared_error",
            "output_a_weighted_mean_squared_error",
            "output_b_accuracy",
            "output_b_loss",
            "output_b_mean_squared_error",
            "output_b_weighted_accuracy",
            "output_b_weighted_mean_squared_error"),
        logged(
            twoOutputs(),
            options()
                .metrics(Map.of("output_a", List.of("mean_squared_error"), "output_b", two))
                .weightedMetrics(
                    Map.of("output_a", List.of("mean_squared_error"), "output_b", two))));
    assertEquals(
        Set.of(
            "loss",
            "output_a_loss",
            "output_b_accuracy",
            "output_b_loss",
            "output_b_mean_squared_error"),
        logged(twoOutputs(), options().metrics(Map.of("output_b", two))));
    assertEquals(
        Set.of(
            "loss",
            "output_a_loss",
            "output_a_mean_squared_error",
            "output_a_weighted_mean_squared_error",
            "output_b_accuracy",
            "output_b_loss",
            "output_b_mean_squared_error"),
        logged(
            twoOutputs(),
            options()
                .metrics(Map.of("output_a", "mean_squared_error", "output_b", "mean_squared_error"))
                .weightedMetrics(
                    Map.of("output_a", "mean_squared_error", "output_b", "accuracy"))));
  }

  @Test
  void anOutputMayHaveNoLoss() {
    List<String> two = List.of("mean_squared_error", "accuracy");
    assertEquals(
        Set.of(
            "loss",
            "output_b_accuracy",
            "output_b_mean_squared_error",
            "output_b_weighted_accuracy",
            "output_b_weighted_mean_squared_error"),
        logged(
            twoOutputs(),
            CompileOptions.of("sgd", Map.of("output_b", List.of("binary_crossentropy")))
                .metrics(Map.of("output_b", two))
                .weightedMetrics(Map.of("output_b", two)),
            LocalData.of(Map.of("input_a", X), Map.of("output_b", Y))));
  }

  @Test
  void lossesAndMetricsOfOutputsThatAreNoneAreRefused() {
    for (CompileOptions wrong :
        List.of(
            CompileOptions.of("sgd", Map.of("output_a", "mse", "output_c", "mse")),
            options().metrics(Map.of("output_c", List.of("mse", "accuracy"))),
            options().weightedMetrics(Map.of("output_c", "mse")))) {
      assertThrows(IllegalArgumentException.class, () -> logged(twoOutputs(), wrong));
    }

    KerasTensor input = Input.of(3).output();
    Model unnamed =
        new Model(List.of(input), List.of(Dense.of(1).call(input), Dense.of(1).call(input)));
    assertThrows(
        IllegalArgumentException.class,
        () -> logged(unnamed, CompileOptions.of("sgd", Map.of("output_a", "mse"))));
  }

  @Test
  void oneTensorMayBeTwoOutputs() {
    KerasTensor input = Input.of(3).name("input_a").output();
    KerasTensor output = Dense.of(1).activation("sigmoid").call(input);
    Model model =
        new Model(Map.of("input_a", input), Map.of("output_a", output, "output_b", output));
    assertEquals(Set.of("loss", "output_a_loss", "output_b_loss"), logged(model, options()));
  }

  @Test
  void anOutputWithoutALossTakesNoLabels() {
    KerasTensor input = Input.of(2).output();
    KerasTensor output = Dense.of(3).kernelInitializer("ones").call(input);
    Model partial = new Model(List.of(input), List.of(output, output, output));
    partial.compile("sgd", Arrays.asList("mse", null, null));
    Model full = new Model(List.of(input), List.of(output, output, output));
    full.compile("sgd", List.of("mse", "mse", "mse"));
    float[][] x = new float[32][2];
    float[][] one = new float[32][3];
    float[][] three = new float[32][9];
    for (int row = 0; row < 32; row++) {
      Arrays.fill(x[row], 1);
      Arrays.fill(one[row], 1);
      Arrays.fill(three[row], 1);
    }

    double loss = partial.evaluate(LocalData.of(x, one)).get("loss");
    assertEquals(1.0, loss, 1e-6);
    assertEquals(3 * loss, full.evaluate(LocalData.of(x, three)).get("loss"), 1e-6);
  }

  private static Model pair(boolean unread) {
    KerasTensor first = Input.of(3).name("first").output();
    KerasTensor second = Input.of(2).name("second").output();
    KerasTensor hidden = Dense.of(4).activation("tanh").name("hidden").call(first);
    KerasTensor output = Dense.of(1).name("out").call(hidden);
    Model model = new Model(unread ? List.of(first, second) : List.of(first), List.of(output));
    model.compile("sgd", "mse", "mae");
    return model;
  }

  @Test
  void anInputMayBeOneThatNoOutputDependsOn() throws Exception {
    Model model = pair(true);
    Model without = pair(false);
    without.build(3);
    model.setWeights(without.getWeights());
    float[][] others = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    LocalData rows = LocalData.of(Map.of("first", X, "second", others), Y);
    FitOptions fit =
        FitOptions.builder().epochs(3).batchSize(2).shards(2).shuffle(false).verbose(0).build();
    assertEquals(without.fit(LocalData.of(X, Y), fit).history(), model.fit(rows, fit).history());
    assertArrayEquals(without.predict(X), model.predict(rows));
    List<String> names = new ArrayList<>();
    Config layers = Config.parse(model.toJson()).reader("model").config("config");
    for (Object layer : layers.reader("model").list("layers")) {
      names.add(((Config) layer).reader("layer").string("name"));
    }

    assertEquals(List.of("first", "hidden", "second", "out"), names);
    assertEquals(model.toJson(), Model.fromJson(model.toJson()).toJson());
    String file = folder.resolve("model.keras").toString();
    model.save(file);
    assertArrayEquals(without.predict(X), Model.load(file).predict(rows));
  }

  @Test
  void anOutputThatNoInputReachesIsRefused() {
    KerasTensor first = Input.of(2).name("input1").output();
    KerasTensor output = Dense.of(1).call(first);
    KerasTensor other = Dense.of(1).call(Input.of(2).name("input2").output());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Model(List.of(first), List.of(output, other)).build(2));
  }

  @Test
  void otherEndingsThanKerassAreRefusedAndLeaveNoFile() {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(3)).build(3);
    Path picture = folder.resolve("model.png");
    assertThrows(IllegalArgumentException.class, () -> model.save(picture.toString()));
    assertFalse(Files.exists(picture));
    assertThrows(
        IllegalArgumentException.class,
        () -> model.loadWeights(folder.resolve("weights.pkl").toString()));
  }

  @Test
  void aModelThatIsNotBuiltHasNoWeightsToSaveOrToLoad() throws Exception {
    String file = folder.resolve("model.weights.h5").toString();
    assertThrows(
        IllegalStateException.class, () -> new Sequential().add(Dense.of(1)).saveWeights(file));
    new Sequential().add(Dense.of(1).inputShape(3)).build(3).saveWeights(file);
    assertThrows(
        IllegalStateException.class, () -> new Sequential().add(Dense.of(1)).loadWeights(file));
  }

  @Test
  void averagesOfALossScaleOptimizersOptimizerAreSwapped() {
    Map<String, Object> averaged =
        Map.of("class_name", "SGD", "config", Map.of("use_ema", true, "ema_momentum", 0.9));
    Sequential model = new Sequential().add(Dense.of(1).inputShape(3));
    model.compile(
        Map.of("class_name", "LossScaleOptimizer", "config", Map.of("inner_optimizer", averaged)),
        "mse",
        "mse");
    LocalData rows = LocalData.of(X, Y);
    FitOptions fit =
        FitOptions.builder()
            .epochs(2)
            .batchSize(2)
            .verbose(0)
            .validationData(rows)
            .callbacks(SwapEMAWeights.inValidation())
            .build();
    List<Double> values = model.fit(rows, fit).values("val_mse");
    assertEquals(values.get(1), model.evaluate(rows).get("mse"), 1e-9);
  }
}
