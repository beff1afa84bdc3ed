package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers of attention against what Keras computes (src/test/python/golden_attention.py). */
class AttentionTest {

  static Stream<Config> cases() {
    return Stream.of("values-of-attention", "values-of-groups", "values-of-scores")
        .flatMap(name -> LayerGoldens.configs(LayerGoldens.load(name), "cases").stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatKerasComputes(Config golden) {
    Layer layer = Layers.deserialize((Config) golden.get("serialized"));
    List<Shape> inputs =
        ((List<?>) golden.get("shapes")).stream().map(s -> Shape.of((List<?>) s)).toList();
    Shape output = layer.computeOutputShape(inputs);
    assertEquals(LayerGoldens.shape(golden, "output_shape"), output);
    float[][] x = LayerGoldens.matrix(golden, "inputs");
    List<Shape> taken = new ArrayList<>(inputs);
    if (golden.get("seen") != null) {
      Object shape = golden.get("seen_shape");
      taken.add(
          shape == null
              ? Shape.of(inputs.get(0).dim(0), inputs.get(1).dim(0))
              : Shape.of((List<?>) shape));
      x = Arrays.copyOf(x, x.length + 1);
      x[x.length - 1] = floats(golden, "seen");
    }

    CallOptions options = new CallOptions(null, (boolean) golden.get("causal"));
    boolean scores = golden.get("scores") != null;
    if (scores) {
      options = options.withScores();
      List<Shape> outputs = options.outputShapes(layer, inputs);
      assertEquals(List.of(output, LayerGoldens.shape(golden, "scores")), outputs);
    }

    int size = options.outputShape(layer, inputs).size();
    FakeCall call = new FakeCall(x[0].length / inputs.get(0).size(), inputs.get(0).size(), size, 1);
    call.training = false;
    call.scores = scores;
    call.causal = (boolean) golden.get("causal");
    call.others(taken.stream().skip(1).mapToInt(Shape::size).toArray());
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, call.input(i), 0, x[i].length);
    }

    call.weights = LayerGoldens.matrix(golden, "weights");
    call.weightGradients = LayerGoldens.matrix(golden, "weights");
    call.masks =
        ((List<?>) golden.get("masks")).stream().map(AttentionTest::mask).toArray(boolean[][]::new);
    float[] cotangent = floats(golden, "cotangent");
    System.arraycopy(cotangent, 0, call.outputGradient, 0, cotangent.length);
    layer.forward(taken, call);
    assertClose(floats(golden, "y"), call.output, 1e-5, "output");
    layer.backward(taken, call);
    call.assertGradients(golden, layer.weights(inputs));
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked", "decoder"})
  void masksComeFromTheLayersBelow(String name) {
    Config golden = (Config) LayerGoldens.load("values-of-attention").get(name);
    Model first = Model.fromJson((String) golden.get("model"));
    Model model = Model.fromJson(first.toJson());
    model.setWeights(LayerGoldens.matrix(golden, "weights"));
    float[][] expected = LayerGoldens.matrix(golden, "y");
    float[][] actual = model.predict(LayerGoldens.matrix(golden, "x"));
    for (int row = 0; row < expected.length; row++) {
      assertClose(expected[row], actual[row], 1e-5, "row " + row);
    }
  }

  private static boolean[] mask(Object given) {
    if (!(given instanceof List<?> values)) {
      return null;
    }

    boolean[] mask = new boolean[values.size()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (boolean) values.get(i);
    }

    return mask;
  }

  /** Which of two ids comes first in a sequence: a transformer learns it, padding masked. */
  @Test
  void aTransformerLearnsAndIsReadAgain() {
    KerasTensor ids = Input.of(6).output();
    KerasTensor vectors = Embedding.of(4, 8).maskZero(true).call(ids);
    KerasTensor attended = MultiHeadAttention.of(2, 4).name("heads").call(vectors, vectors);
    KerasTensor sum = LayerNormalization.of().call(Add.of().call(vectors, attended));
    KerasTensor mean = GlobalAveragePooling1D.of().call(sum);
    KerasTensor output = Dense.of(1).activation("sigmoid").call(mean);
    Model model = new Model(ids, output).seed(3);
    model.compile("adam", "binary_crossentropy");
    float[][] x = new float[128][6];
    float[] y = new float[128];
    for (int row = 0; row < x.length; row++) {
      int length = 2 + row % 5;
      for (int i = 0; i < length; i++) {
        x[row][i] = 1 + (row * 7 + i * row) % 3;
      }

      y[row] = Arrays.equals(x[row], 0, 1, new float[] {2}, 0, 1) ? 1 : 0;
    }

    LocalData data = LocalData.of(x, y);
    List<Double> losses =
        model
            .fit(data, FitOptions.builder().epochs(30).batchSize(32).shards(2).verbose(0).build())
            .history()
            .get("loss");
    assertEquals(true, losses.get(29) < 0.7 * losses.get(0), losses.toString());
    Model again = Model.fromJson(model.toJson());
    again.setWeights(model.getWeights());
    assertArrayEquals(model.predict(data), again.predict(data));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    MultiHeadAttention layer = MultiHeadAttention.of(2, 3);
    assertEquals(
        "MultiHeadAttention takes (query, value), (query, value, key) or (query, value, key,"
            + " attention_mask). Received: 1 inputs",
        message(() -> layer.computeOutputShape(List.of(Shape.of(3, 4)))));
    assertEquals(
        "MultiHeadAttention needs a value and a key of as many steps. Received the shapes: (2, 4)"
            + " and (3, 4)",
        message(
            () ->
                layer.computeOutputShape(List.of(Shape.of(3, 4), Shape.of(2, 4), Shape.of(3, 4)))));
    assertEquals(
        "MultiHeadAttention: 'num_heads' must be an integer >= 1. Received: 0",
        message(() -> MultiHeadAttention.of(0, 3)));
    Shape sequence = Shape.of(3, 4);
    assertEquals(
        "MultiHeadAttention needs an attention mask of the shape (3, 3). Received: (3, 4)",
        message(() -> layer.computeOutputShape(Collections.nCopies(4, sequence))));
    assertEquals(
        "Attention needs a key of as many features as the query, and of as many steps as the"
            + " value. Received the shapes: [(3, 4), (3, 5)]",
        message(() -> Attention.of().computeOutputShape(List.of(sequence, Shape.of(3, 5)))));
    assertEquals(
        "Attention: 'score_mode' must be one of dot, concat. Received: general",
        message(() -> Attention.of().scoreMode("general")));
    KerasTensor input = Input.of(4).output();
    assertEquals(
        "The layer Dense has no 'use_causal_mask'",
        message(() -> KerasTensor.of(Dense.of(1), List.of(input), new CallOptions(null, true))));
  }

  @Test
  void axesThatDoNotFitAreRefused() {
    MultiHeadAttention layer = MultiHeadAttention.of(2, 3).attentionAxes(2);
    Shape image = Shape.of(2, 3, 4);
    assertEquals(
        "MultiHeadAttention: along the axes apart from 'attention_axes', [2], the value must have"
            + " the extents of the query. Received the shapes: (2, 3, 4) and (3, 3, 4)",
        message(() -> layer.computeOutputShape(List.of(image, Shape.of(3, 3, 4)))));
    assertEquals(
        "MultiHeadAttention: 'attention_axes' must be axes of the inputs between batch and"
            + " features, 1 to 2. Received: [3] for a query of the shape (2, 3, 4)",
        message(() -> layer.attentionAxes(-1).computeOutputShape(List.of(image, image))));
    assertEquals(
        "MultiHeadAttention: 'attention_axes' must be null, or one or several integers that"
            + " differ. Received: [1, 1]",
        message(() -> layer.attentionAxes(1, 1)));
    assertEquals(
        "MultiHeadAttention: 'output_shape' must be null, or one or several integers >= 1."
            + " Received: [2, 0]",
        message(() -> layer.outputShape(2, 0)));
    KerasTensor query = Input.of(2, 3, 4).output();
    assertEquals(
        "The layer MultiHeadAttention does not take inputs of the shapes [(2, 3, 4), (2, 3, 4)]:"
            + " MultiHeadAttention: 'use_causal_mask' is for attention along the first axis."
            + " Received: attention_axes=[2]",
        message(() -> layer.callCausal(query, query)));
    KerasTensor masked = Masking.of().call(query);
    KerasTensor output = layer.attentionAxes(1).name("heads").call(masked, masked);
    assertEquals(
        "The layer 'heads' takes inputs with a mask along the last axis before the features only."
            + " Received: attention_axes=[1]",
        message(() -> new Model(query, output).build()));
    KerasTensor scored = Attention.of().name("plain").call(masked, masked);
    assertEquals(
        "The layer 'plain' takes inputs of (steps, features) with a mask, no more axes. Received:"
            + " [(2, 3, 4), (2, 3, 4)]",
        message(() -> new Model(query, scored).build()));
    assertEquals(
        "The layer Dense has no 'return_attention_scores'",
        message(
            () ->
                KerasTensor.of(
                    Dense.of(1), List.of(query), new CallOptions(null, false).withScores())));
  }

  /** The scores have no mask, though the output has the query's: as in Keras. */
  @Test
  void scoresAreTrainedAndWrittenAsKerasWritesThem() {
    KerasTensor ids = Input.of(4).output();
    KerasTensor vectors = Embedding.of(5, 3).maskZero(true).call(ids);
    List<KerasTensor> both =
        AdditiveAttention.of().name("scored").callForScores(false, vectors, vectors);
    assertEquals(Shape.of(4, 4), both.get(1).shape());
    KerasTensor sums = Dense.of(1).call(Flatten.of().call(both.get(1)));
    KerasTensor mean = GlobalAveragePooling1D.of().call(both.get(0));
    Model model = new Model(ids, Concatenate.of().call(sums, mean)).seed(4);
    String json = model.toJson();
    assertEquals(true, json.contains("\"return_attention_scores\":true"), json);
    assertEquals(json, Model.fromJson(json).toJson());
    model.compile("adam", "mse");
    float[][] x = {{1, 2, 0, 0}, {3, 4, 1, 0}, {2, 2, 2, 2}};
    float[][] y = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    FitOptions options = FitOptions.builder().epochs(20).verbose(0).build();
    List<Double> losses = model.fit(LocalData.of(x, y), options).history().get("loss");
    assertEquals(true, losses.get(19) < losses.get(0), losses.toString());
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
