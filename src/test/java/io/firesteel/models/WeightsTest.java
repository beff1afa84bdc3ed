package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.History;
import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.layers.Bidirectional;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.MemoryCheckpoints;
import io.firesteel.training.BatchOptions;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Class and sample weights in fit and evaluate, against real Keras, whose numbers
 * src/test/python/weights_golden.py wrote.
 */
class WeightsTest {

  private static final Config GOLDEN = golden();
  private static final Map<Integer, Double> CLASSES = Map.of(0, 0.5, 2, 3.0);

  private static Config golden() {
    try (InputStream in =
        Objects.requireNonNull(WeightsTest.class.getResourceAsStream("/golden-fit/weights.json"))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] floats(String key) {
    List<Double> numbers = GOLDEN.reader("golden").numbers(key);
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }

    return floats;
  }

  private static LocalData rows(boolean oneHot) {
    float[] x = floats("x");
    float[] y = floats("y");
    float[][] features = new float[y.length][3];
    float[][] labels = new float[y.length][oneHot ? 3 : 1];
    for (int i = 0; i < y.length; i++) {
      System.arraycopy(x, 3 * i, features[i], 0, 3);
      labels[i][oneHot ? (int) y[i] : 0] = oneHot ? 1 : y[i];
    }

    return LocalData.of(features, labels);
  }

  private static Sequential model(String loss) {
    Sequential model = new Sequential().add(Dense.of(3).activation("softmax").inputShape(3));
    model.compile(
        Map.of("class_name", "SGD", "config", Map.of("learning_rate", 0.5)),
        loss,
        List.of("accuracy"),
        List.of(loss));
    model.variables().get(0).assign(floats("start"));
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(2).batchSize(6).shards(3).shuffle(false).verbose(0);
  }

  private static void assertAsKeras(
      String name, String loss, LocalData data, FitOptions.Builder options) {
    LocalData validation = rows(name.equals("oneHot")).weights(floats("weights"));
    Sequential model = model(loss);
    History history = model.fit(data, options.validationData(validation).build());
    ConfigReader golden = GOLDEN.reader("golden").config(name).reader(name);
    Config expected = golden.config("history");
    assertEquals(new TreeSet<>(expected.keys()), new TreeSet<>(history.history().keySet()));
    for (String key : expected.keys()) {
      List<Double> numbers = expected.reader(name).numbers(key);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertEquals(numbers.get(epoch), history.values(key).get(epoch), 1e-5, key);
      }
    }

    List<Double> kernel = golden.numbers("kernel");
    for (int i = 0; i < kernel.size(); i++) {
      assertEquals(kernel.get(i), model.variables().get(0).values()[i], 1e-5);
    }

    Map<String, Double> evaluated = model.evaluate(validation);
    Config results = golden.config("evaluate");
    for (String key : results.keys()) {
      assertEquals(results.reader(name).number(key), evaluated.get(key), 1e-5, key);
    }
  }

  @Test
  void classWeightsCountInTrainingAsInKeras() {
    assertAsKeras(
        "classWeight",
        "sparse_categorical_crossentropy",
        rows(false),
        options().classWeight(CLASSES));
  }

  @Test
  void theClassOfAOneHotLabelIsThePlaceOfItsOne() {
    assertAsKeras("oneHot", "categorical_crossentropy", rows(true), options().classWeight(CLASSES));
  }

  @Test
  void sampleWeightsCountInTheLossAndInWeightedMetricsAsInKeras() {
    assertAsKeras(
        "sampleWeight",
        "sparse_categorical_crossentropy",
        rows(false).weights(floats("weights")),
        options());
  }

  @Test
  void classWeightsAreTheSameToTheBitAsSampleWeights() {
    float[] y = floats("y");
    float[] weights = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      weights[i] = CLASSES.getOrDefault((int) y[i], 1.0).floatValue();
    }

    Sequential byClass = model("sparse_categorical_crossentropy");
    byClass.fit(rows(false), options().classWeight(CLASSES).build());
    Sequential bySample = model("sparse_categorical_crossentropy");
    bySample.fit(rows(false).weights(weights), options().build());
    assertArrayEquals(bySample.variables().get(0).values(), byClass.variables().get(0).values());
  }

  @Test
  void weightedMetricsAreSavedWithTheModel(@TempDir Path folder) throws IOException {
    Sequential model = model("sparse_categorical_crossentropy");
    String file = folder.resolve("m.keras").toString();
    model.save(file);
    LocalData data = rows(false).weights(floats("weights"));
    assertEquals(model.evaluate(data), Sequential.load(file).evaluate(data));
  }

  @Test
  void classWeightsAreOfTheRun() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    FitOptions first =
        options().classWeight(CLASSES).checkpoints(Checkpointing.in(store).everySeconds(0)).build();
    model("sparse_categorical_crossentropy").fit(rows(false), first);
    FitOptions other =
        options()
            .classWeight(Map.of(0, 0.5))
            .checkpoints(Checkpointing.in(store).everySeconds(0))
            .build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> model("sparse_categorical_crossentropy").fit(rows(false), other))
            .getMessage();
    assertTrue(
        message.contains("fit.class_weight.2: the checkpoint has 3.0, this run has nothing"),
        message);
  }

  private static String refused(LocalData data, Map<Integer, Double> weights) {
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                model("sparse_categorical_crossentropy")
                    .fit(data, options().classWeight(weights).build()))
        .getMessage();
  }

  @Test
  void badClassWeightsAreRefused() {
    LocalData data = rows(false);
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
      assertEquals(
          "fit: 'class_weight' must be finite and >= 0. Received: %s for the class 1"
              .formatted(bad),
          refused(data, Map.of(1, bad)));
    }

    assertEquals(
        "fit: 'class_weight' has the class 3, which no label of sparse_categorical_crossentropy"
            + " with an output of shape (3,) can be",
        refused(data, Map.of(1, 1.0, 3, 1.0)));
    assertEquals(
        "fit: 'class_weight' must not be 0 for all classes. Received: {0=0.0, 1=0.0, 2=0.0}",
        refused(data, Map.of(0, 0.0, 1, 0.0, 2, 0.0)));
    assertEquals(
        "fit: 'class_weight' and weights in the data can't be used together. Received:"
            + " class_weight={1=2.0} and weighted data",
        refused(data.weights(floats("weights")), Map.of(1, 2.0)));
  }

  @Test
  void classesOfABinaryModelAreThoseOfItsLoss() {
    Sequential model = new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(3));
    model.compile("sgd", "binary_crossentropy");
    LocalData data = LocalData.of(new float[][] {{1, 2, 3}, {3, 2, 1}}, new float[] {0, 1});
    model.fit(data, options().classWeight(Map.of(0, 2.0, 1, 0.5)).build());
    assertEquals(
        "fit: 'class_weight' has the class 2, which no label of binary_crossentropy with an output"
            + " of shape (1,) can be",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.fit(data, options().classWeight(Map.of(2, 2.0)).build()))
            .getMessage());
  }

  @Test
  void weightsThatAreAllZeroAreRefused() {
    LocalData data = rows(false).weights(new float[24]);
    String message =
        "The weights must not all be 0. Received data in which no row has another weight";
    Sequential model = model("sparse_categorical_crossentropy");
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> model.fit(data, options().build()))
            .getMessage());
  }

  @Test
  void anEvaluationOrOneBatchWithoutAnyWeightIsZero() {
    LocalData data = rows(false).weights(new float[24]);
    Sequential model = model("sparse_categorical_crossentropy");
    BatchOptions heard = BatchOptions.DEFAULTS.withCallbacks(LambdaCallback.builder().build());
    assertEquals(0.0, model.evaluate(data).get("loss"));
    assertEquals(0.0, model.evaluate(data, heard).get("loss"));
    assertEquals(0.0, model.testOnBatch(data).get("loss"));
    float[][] before = model.getWeights();
    assertEquals(0.0, model.trainOnBatch(data).get("loss"));
    assertArrayEquals(before, model.getWeights());
  }

  @Test
  void aMetricMayStandWeightedAndUnweighted() {
    Sequential model = new Sequential().add(Dense.of(3).activation("softmax").inputShape(3));
    model.compile("sgd", "mse", List.of("mae"), List.of("mae"));
    assertEquals(
        List.of("loss", "mae", "weighted_mae"),
        List.copyOf(
            model
                .evaluate(LocalData.of(new float[][] {{1, 2, 3}}, new float[][] {{1, 0, 0}}))
                .keySet()));
  }

  /** The variables of such layers have the same paths, which Keras makes of their own names. */
  @Test
  void layersMadeOfSeveralKeepTheirWeightsWhenTheModelIsCompiledOrCut() {
    KerasTensor input = Input.of(5, 3).output();
    KerasTensor both = Bidirectional.of(LSTM.of(2).returnSequences(true)).name("both").call(input);
    KerasTensor attended = MultiHeadAttention.of(2, 4).name("attended").call(both, both);
    Model model = new Model(input, Dense.of(1).call(attended));
    float[][] before = model.getWeights();
    float[][] part = model.upTo("attended").getWeights();
    model.compile("adam", "mse");
    assertArrayEquals(before, model.getWeights());
    assertArrayEquals(Arrays.copyOf(before, part.length), part);
    model.trainable("attended", false);
    assertArrayEquals(before, model.getWeights());
  }
}
