package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.History;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Input;
import io.firesteel.layers.Layer;
import io.firesteel.metrics.Metrics;
import io.firesteel.optimizers.Adam;
import io.firesteel.testing.Digits;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequentialTest {

  private static Sequential digitsModel() {
    Sequential model =
        new Sequential()
            .add(Dense.of(32).activation("relu").inputShape(64))
            .add(Dropout.of(0.1))
            .add(Dense.of(10))
            .add(Activation.of("softmax"));
    model.compile(
        Adam.builder().learningRate(0.01).build(), "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder quietly(int epochs) {
    return FitOptions.builder().epochs(epochs).batchSize(64).verbose(0);
  }

  @Test
  void itLearnsDigits() {
    Sequential model = digitsModel();
    History history = model.fit(Digits.all(), quietly(12).validationSplit(0.2).build());

    assertEquals(12, history.values("val_accuracy").size());
    assertTrue(history.last().get("val_accuracy") > 0.95, history.last().toString());
    assertTrue(history.values("loss").get(0) > 5 * history.values("loss").get(11));
    assertEquals(
        List.of("accuracy", "loss", "val_accuracy", "val_loss"),
        List.copyOf(history.history().keySet()));
    assertEquals(12 * 23, model.lastTraining().steps());
  }

  @Test
  void evaluateAgreesWithTheValidationOfFit() {
    Sequential model = digitsModel();
    LocalData held = Digits.rows(1500, 1797);
    History history = model.fit(Digits.rows(0, 1500), quietly(2).validationData(held).build());
    Map<String, Double> scores = model.evaluate(held);

    assertEquals(history.last().get("val_loss"), scores.get("loss"));
    assertEquals(history.last().get("val_accuracy"), scores.get("accuracy"));
  }

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() {
    assertArrayEquals(weightsAfter(1, 3), weightsAfter(1, 3));
    assertFalse(java.util.Arrays.equals(weightsAfter(1, 3), weightsAfter(2, 3)));
  }

  private static float[] weightsAfter(long seed, int epochs) {
    Sequential model = digitsModel().seed(seed);
    model.fit(Digits.rows(0, 300), quietly(epochs).seed(seed).build());
    return model.variables().get(0).values();
  }

  @Test
  void aSavedModelPredictsAndTrainsOnLikeTheOriginal(@TempDir Path folder) throws IOException {
    String path = folder.resolve("model.keras").toString();
    Sequential model = digitsModel();
    LocalData data = Digits.rows(0, 300);
    model.fit(data, quietly(2).build());
    model.save(path);
    Sequential loaded = Sequential.load(path);

    assertEquals(model.toJson(), loaded.toJson());
    model.fit(data, quietly(1).build());
    loaded.fit(data, quietly(1).build());
    for (int i = 0; i < model.variables().size(); i++) {
      assertArrayEquals(model.variables().get(i).values(), loaded.variables().get(i).values());
    }

    assertEquals(model.optimizer().iterations(), loaded.optimizer().iterations());
  }

  @Test
  void predictionsOfARowAreProbabilities() {
    float[][] predictions = digitsModel().predict(new float[3][64]);

    assertEquals(3, predictions.length);
    float sum = 0;
    for (float p : predictions[0]) {
      sum += p;
    }

    assertEquals(1, sum, 1e-5);
    assertEquals(
        "predict: a row of shape (64,) has 64 values. Received: 63 in row 0",
        assertThrows(IllegalArgumentException.class, () -> digitsModel().predict(new float[1][63]))
            .getMessage());
  }

  @Test
  void layersAreNamedWithinTheModel() {
    Sequential model =
        new Sequential("net")
            .add(Dense.of(3).inputShape(2))
            .add(Dense.of(3).name("mine"))
            .add(Dense.of(3));

    assertEquals(
        List.of("input_layer", "dense", "mine", "dense_1"),
        model.layers().stream().map(Layer::name).toList());
    assertEquals(
        List.of("net/dense/kernel", "net/dense/bias"),
        model.variables().stream().limit(2).map(Variable::path).toList());
  }

  @Test
  void theJsonIsKerass() {
    Sequential model = digitsModel();
    Sequential back = Sequential.fromJson(model.toJson());

    assertNotSame(model, back);
    assertEquals(model.toJson(), back.toJson());
    assertTrue(
        model
            .toJson()
            .startsWith("{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{"));
  }

  @Test
  void aModelIsBuiltByTheShapeOfItsData() {
    Sequential model = new Sequential().add(Dense.of(10).activation("softmax"));
    model.compile("sgd", "sparse_categorical_crossentropy");
    assertTrue(model.summary().contains("0 (unbuilt)"));
    model.fit(Digits.rows(0, 50), quietly(1).build());

    assertEquals(2, model.variables().size());
    assertTrue(model.summary().contains("Trainable params: 650 (2.54 KB)"), model.summary());
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTraining() {
    Sequential model = digitsModel();
    assertEquals(
        "data: the model sequential takes features of shape (64,). Received: (2,)",
        message(
            () -> model.fit(LocalData.of(new float[4][2], new float[4]), FitOptions.epochs(1))));
    assertEquals(
        "data: the loss sparse_categorical_crossentropy with an output of shape (10,) takes 1 label"
            + " a row. Received: 2",
        message(
            () ->
                model.fit(LocalData.of(new float[4][64], new float[4][2]), FitOptions.epochs(1))));
    assertTrue(
        message(
                () ->
                    model.fit(
                        LocalData.of(new float[1][64], new float[] {10}), FitOptions.epochs(1)))
            .contains("10"));
    assertTrue(
        message(() -> model.compile("adamm", "mse")).startsWith("Unknown optimizer 'adamm'"));
    assertEquals(
        "All layers of a model must have different names. Received twice: dense",
        message(() -> model.add(Dense.of(1).name("dense"))));
    assertEquals(
        "An input must be the first layer of a model. Received: null after 5 layers",
        message(() -> model.add(Input.of(3))));
    assertEquals(
        "compile: a metric can't be named 'loss', which is that of the loss itself",
        message(
            () -> {
              Sequential other = new Sequential().add(Dense.of(1).inputShape(1));
              other.compile("sgd", "mse", Metrics.get("mse", Map.of("name", "loss")));
              other.variables();
            }));
  }

  @Test
  void whatIsMissingIsNamed() {
    Sequential model = new Sequential().add(Dense.of(1));
    assertEquals(
        "The model sequential must be compiled first: call compile(optimizer, loss, metrics)",
        assertThrows(
                IllegalStateException.class,
                () -> model.fit(Digits.rows(0, 1), FitOptions.epochs(1)))
            .getMessage());
    assertTrue(
        assertThrows(IllegalStateException.class, model::variables)
            .getMessage()
            .startsWith("The model sequential is not built"));
    assertEquals(
        "The model empty has no layers",
        assertThrows(IllegalStateException.class, () -> new Sequential("empty").build(2))
            .getMessage());
    assertEquals(
        "Firesteel opens models of the classes Sequential and Functional. Received: Mine",
        message(() -> Sequential.fromJson("{\"class_name\":\"Mine\",\"config\":{}}")));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void notebooksShowWhatAnObjectIs() {
    Sequential model = new Sequential("tiny").add(Dense.of(2));
    assertEquals("Sequential(name=tiny, layers=[dense], not built)", model.toString());
    model.build(3);
    assertEquals(
        "Sequential(name=tiny, layers=[input_layer, dense], parameters=8)", model.toString());
    model.compile("sgd", "mse");
    assertTrue(model.optimizer().toString().startsWith("SGD{\"name\""), model.optimizer() + "");
  }
}
