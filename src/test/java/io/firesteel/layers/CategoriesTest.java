package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.KeyIndex;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers of categories against Keras on TensorFlow: golden_categories.py. */
class CategoriesTest {

  private static final Config GOLDENS = LayerGoldens.load("categories");

  static Stream<Config> keyed() {
    return Stream.concat(
        LayerGoldens.configs(GOLDENS, "hashing").stream(),
        LayerGoldens.configs(GOLDENS, "lookups").stream());
  }

  static List<Config> adapted() {
    return LayerGoldens.configs(GOLDENS, "adapted");
  }

  static List<Config> discretization() {
    return LayerGoldens.configs(GOLDENS, "discretization");
  }

  static List<Config> outputs() {
    return LayerGoldens.configs(GOLDENS, "outputs").stream()
        .filter(golden -> list(golden, "rows").stream().allMatch(CategoriesTest::isOfFloats))
        .toList();
  }

  /** Floats hold no texts and no larger whole numbers. */
  private static boolean isOfFloats(Object row) {
    return ((List<?>) row)
        .stream().allMatch(key -> key instanceof Number n && Math.abs(n.doubleValue()) <= 1 << 24);
  }

  private static Layer layer(Config golden) {
    return Layers.get(golden.get("layer"));
  }

  private static KeyIndex indexOf(Layer layer) {
    return layer instanceof Hashing hashing
        ? hashing.keyIndex()
        : ((IntegerLookup) layer).keyIndex();
  }

  private static List<?> list(Config golden, String key) {
    return golden.reader("golden").list(key);
  }

  @ParameterizedTest
  @MethodSource("keyed")
  void keysHaveKerasIndices(Config golden) {
    KeyIndex index = indexOf(layer(golden));
    List<Long> found = new ArrayList<>();
    list(golden, "keys").forEach(key -> found.add((long) index.of(key)));
    assertEquals(list(golden, "output"), found);
    if (layer(golden) instanceof IndexLookup<?> lookup) {
      assertEquals(list(golden, "vocabulary"), lookup.vocabulary());
    }
  }

  @ParameterizedTest
  @MethodSource("adapted")
  void vocabulariesAreLearnedAsInKeras(Config golden) {
    IndexLookup<?> lookup =
        ((IndexLookup<?>) layer(golden)).adaptCounts(IndexLookup.counted(list(golden, "data")));
    assertEquals(list(golden, "vocabulary"), lookup.vocabulary());
    Config after = (Config) ((Config) golden.get("after")).get("config");
    assertEquals(after.without("name"), lookup.getConfig().without("name"));
  }

  @ParameterizedTest
  @MethodSource("discretization")
  void boundariesAreLearnedAsInKeras(Config golden) {
    List<?> data = list(golden, "data");
    float[] values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) data.get(i)).floatValue();
    }

    Discretization learned = ((Discretization) layer(golden)).adapt(values);
    assertEquals(list(golden, "boundaries"), learned.getConfig().get("bin_boundaries"));
    assertEquals(learned.getConfig(), Discretization.fromConfig(learned.getConfig()).getConfig());
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void outputsAreThoseOfKeras(Config golden) {
    Layer layer = layer(golden).withName("categories");
    List<?> rows = list(golden, "rows");
    int size = ((List<?>) rows.get(0)).size();
    Shape input = Shape.of(size);
    Shape output = layer.computeOutputShape(input);
    assertEquals(LayerGoldens.shape(golden, "shape"), output);
    FakeCall call = new FakeCall(rows.size(), size, output.size(), 1);
    int next = 0;
    for (Object row : rows) {
      for (Object value : (List<?>) row) {
        call.input[next++] = ((Number) value).floatValue();
      }
    }

    layer.forward(input, call);
    List<?> expected = list(golden, "output");
    for (int i = 0; i < call.output.length; i++) {
      assertEquals(((Number) expected.get(i)).floatValue(), call.output[i], "at " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void configsAreThoseOfKeras(Config golden) {
    Config saved = (Config) ((Config) golden.get("layer")).get("config");
    assertEquals(saved.keys(), layer(golden).getConfig().keys());
    assertEquals(saved, layer(golden).getConfig());
  }

  @Test
  void computedNumbersAreLookedUpToo() {
    IntegerLookup lookup = IntegerLookup.of().vocabulary(3, 5).name("lookup");
    FakeCall call = new FakeCall(1, 3, 3, 1);
    float[] values = {5, 3, -2};
    System.arraycopy(values, 0, call.input, 0, 3);
    lookup.forward(Shape.of(3), call);
    assertEquals(List.of(2f, 1f, 0f), List.of(call.output[0], call.output[1], call.output[2]));
    call.input[1] = 16_777_217; // 2^24 as a float, as its neighbour is
    assertMessage(
        "The layer 'lookup' takes whole numbers between -2^24 and 2^24, which floats hold."
            + " Received: 1.6777216E7",
        () -> lookup.forward(Shape.of(3), call));
  }

  @Test
  void whatIsWrongIsNamed() {
    assertMessage(
        "IntegerLookup: 'vocabulary' must have each key once. Received twice: '4'",
        () -> IntegerLookup.of().vocabulary(4, 5, 4));
    assertMessage(
        "IntegerLookup: 'vocabulary' must not be empty",
        () -> IntegerLookup.of().vocabulary(new long[0]));
    assertMessage(
        "IntegerLookup: 'vocabulary' must have at most 2 keys with the special ones (max_tokens)."
            + " Received: 3",
        () -> IntegerLookup.of().vocabulary(1, 2).maxTokens(2));
    assertMessage(
        "IntegerLookup: 'vocabulary' must not have the mask_token, or begin with the special keys"
            + " [7, -1]. Received it at 1",
        () -> IntegerLookup.of().vocabulary(5, 7).maskToken(7L));
    assertMessage(
        "IntegerLookup: adapt is for layers without a given 'vocabulary'. Received one of 1 keys",
        () -> IntegerLookup.of().vocabulary(1).adapt(2));
    assertMessage(
        "The layer 'city' has no vocabulary. Give it one with vocabulary(...), or learn it with"
            + " adapt(...)",
        () -> IntegerLookup.of().name("city").keyIndex());
    assertMessage(
        "all keys must be in the vocabulary, as num_oov_indices is 0. Received: '2'",
        () -> IntegerLookup.of().vocabulary(1).numOovIndices(0).keyIndex().of(2L));
    assertMessage(
        "Hashing: 'num_bins' must be an integer from 1 to 16777216. Received: 0",
        () -> Hashing.of(0));
    assertMessage(
        "Hashing: 'output_mode' must be one of int, one_hot, multi_hot, count. Received: tf_idf",
        () -> Hashing.of(2).outputMode("tf_idf"));
    assertMessage(
        "Hashing: with output_mode=count rows must be vectors. Received the shape: (2, 3)",
        () -> Hashing.of(2).outputMode("count").computeOutputShape(Shape.of(2, 3)));
    assertMessage(
        "Discretization: 'bin_boundaries' must be finite and ascending. Received: [1.0, 0.0]",
        () -> Discretization.of(1, 0));
    assertMessage(
        "Discretization: adapt is for layers with 'num_bins'. Received one with 'bin_boundaries'",
        () -> Discretization.of(1, 2).adapt(3));
    assertMessage("adapt: the data has no values", () -> Discretization.ofBins(2).adapt());
    assertMessage(
        "CategoryEncoding: 'output_mode' must be one of multi_hot, one_hot, count. Received: int",
        () -> CategoryEncoding.of(2).outputMode("int"));
    CategoryEncoding encoding = CategoryEncoding.of(2).name("codes");
    FakeCall call = new FakeCall(1, 1, 2, 1);
    call.input[0] = 2;
    assertMessage(
        "The layer 'codes' takes whole numbers from 0 to 1 (num_tokens=2). Received: 2.0",
        () -> encoding.forward(Shape.of(1), call));
    call.input[0] = 0.5f;
    assertMessage(
        "The layer 'codes' takes whole numbers between -2^24 and 2^24, which floats hold. Received:"
            + " 0.5",
        () -> encoding.forward(Shape.of(1), call));
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    for (String key : List.of("invert", "sparse")) {
      Config config = IntegerLookup.of().getConfig().with(key, true);
      String message =
          assertThrows(IllegalArgumentException.class, () -> IntegerLookup.fromConfig(config))
              .getMessage();
      assertTrue(message.contains("IntegerLookup: '" + key + "' must be false"), message);
    }

    Config idf = IntegerLookup.of().getConfig().with("output_mode", "tf_idf");
    assertMessage(
        "IntegerLookup: 'output_mode' must be one of int, one_hot, multi_hot, count. Received:"
            + " tf_idf",
        () -> IntegerLookup.fromConfig(idf));
    Config salt = IntegerLookup.of().getConfig().with("salt", 5);
    assertMessage(
        "IntegerLookup: 'salt' must be null unless 'oov_method' is farmhash. Received: 5",
        () -> IntegerLookup.fromConfig(salt));
  }

  private static void assertMessage(
      String expected, org.junit.jupiter.api.function.Executable call) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
