package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureBlockTest {

  private static final FeatureBlock BLOCK =
      FeatureBlock.of()
          .numeric("a")
          .ids(IdColumn.of("c", 3, 2), IdColumn.of("d", 2, 2).keepInvalid());

  @Test
  void weightsAreNamedAfterTheirColumns() {
    FeatureBlock all = BLOCK.sparse("s", 10).linear(true).interactions("fm");
    assertEquals(
        List.of(
            "linear/bias",
            "linear/kernel",
            "c/linear",
            "c/embeddings",
            "d/linear",
            "d/embeddings",
            "s/linear"),
        all.weights(Shape.of(13)).stream().map(WeightSpec::name).toList());
    assertEquals(Shape.of(3, 2), all.weights(Shape.of(13)).get(5).shape());
    assertEquals(Shape.of(13), all.inputShape());
    assertEquals(Shape.of(7), all.computeOutputShape(Shape.of(13)));
    assertEquals(Shape.of(5), BLOCK.computeOutputShape(Shape.of(3)));
    assertEquals(2, BLOCK.weights(Shape.of(3)).size());
  }

  @Test
  void vectorsStandBehindTheNumericColumnsAsEmbeddingLooksThemUp() {
    FakeCall call = call(BLOCK, 2);
    fill(call, 7, 1, 2, 8, 0, 0);
    BLOCK.forward(Shape.of(3), call);
    assertArrayEquals(new float[] {7, 2, 3, 14, 15, 8, 0, 1, 10, 11}, call.output);
  }

  @Test
  void sparseRowsGiveTheBitsOfDenseOnes() {
    FeatureBlock block = BLOCK.sparse("s", 4).linear(true);
    FakeCall dense = call(block, 2);
    fill(dense, 1, 2, 0, 0, 0.3f, 0, 0.7f, 1, 2, 0, 0.1f, 0, 0, 0);
    FakeCall sparse = call(block, 2);
    fill(sparse, 1, 2, 0, 1, 2, 0);
    sparse.sparseInput = new SparseRows(4);
    add(sparse.sparseInput, new int[] {1, 3}, 0.3f, 0.7f);
    add(sparse.sparseInput, new int[] {0}, 0.1f);
    sparse.inputGradient = null;
    for (FakeCall call : List.of(dense, sparse)) {
      block.forward(Shape.of(7), call);
      fillGradient(call);
      block.backward(Shape.of(7), call);
    }

    assertArrayEquals(dense.output, sparse.output);
    assertArrayEquals(dense.weightGradients, sparse.weightGradients);
  }

  private static void add(SparseRows rows, int[] indices, float... values) {
    int at = rows.addRow(values.length);
    System.arraycopy(indices, 0, rows.indices(), at, indices.length);
    System.arraycopy(values, 0, rows.values(), at, values.length);
  }

  @Test
  void indicesOutsideTheVocabularyAreRefused() {
    FakeCall call = call(BLOCK, 2);
    fill(call, 7, 1, 2, 8, 3, 0);
    assertEquals(
        "The layer 'f' takes whole numbers from 0 to 2 as indices of the ids 'c'. Received: 3.0 in"
            + " row 1 of the batch",
        message(() -> BLOCK.name("f").forward(Shape.of(3), call)));
    fill(call, 7, 1, 0.5f, 8, 0, 0);
    assertEquals(
        "The layer 'f' takes whole numbers from 0 to 2 as indices of the ids 'd'. Received: 0.5 in"
            + " row 0 of the batch",
        message(() -> BLOCK.name("f").forward(Shape.of(3), call)));
    fill(call, 7, -1, 0, 8, 0, 0);
    assertEquals(
        "The layer 'f' takes whole numbers from 0 to 2 as indices of the ids 'c'. Received: -1.0 in"
            + " row 0 of the batch",
        message(() -> BLOCK.name("f").forward(Shape.of(3), call)));
  }

  @Test
  void aSparseVectorOfAnotherWidthIsRefused() {
    FeatureBlock block = BLOCK.sparse("s", 4).linear(true).name("f");
    FakeCall call = call(block, 1);
    call.sparseInput = new SparseRows(5);
    assertEquals(
        "The layer 'f' takes a sparse vector of 4 values behind its columns. Received: 5",
        message(() -> block.forward(Shape.of(7), call)));
  }

  @Test
  void columnsThatDoNotGoTogetherAreRefused() {
    assertEquals(
        "FeatureBlock: needs columns, each once. Received: []", refusal(FeatureBlock.of()));
    assertEquals(
        "FeatureBlock: needs columns, each once. Received: [a, c, d, a]",
        refusal(BLOCK.sparse("a", 2)));
    assertEquals(
        "FeatureBlock: 'width' must be an integer >= 1. Received: 0",
        refusal(BLOCK.sparse("s", 0).linear(true)));
    assertEquals(
        "FeatureBlock: 'sparse' needs 'linear', which takes the vector. Received: s",
        refusal(BLOCK.sparse("s", 2)));
    assertEquals(
        "FeatureBlock: 'interactions' must be \"fm\" or null. Received: cross",
        refusal(BLOCK.interactions("cross")));
    assertEquals(
        "FeatureBlock: 'interactions' needs two id columns or more, of one 'output_dim'. Received:"
            + " [2, 3]",
        refusal(BLOCK.ids(IdColumn.of("c", 3, 2), IdColumn.of("d", 2, 3)).interactions("fm")));
    assertEquals(
        "FeatureBlock: 'output_dim' 0 is for ids that only 'linear' takes. Received: [0]",
        refusal(BLOCK.ids(IdColumn.of("c", 3, 0))));
    assertEquals(
        "FeatureBlock has 1 numeric columns, 2 id columns and 0 values of the sparse vector."
            + " Received the shape: (4,)",
        message(() -> BLOCK.computeOutputShape(Shape.of(4))));
    assertEquals(
        "FeatureBlock: 'input_shape' is that of its columns, (3,). Received: (4,)",
        message(() -> BLOCK.inputShape(4)));
  }

  @Test
  void idColumnsOutOfRangeAreRefused() {
    assertEquals(
        "'column' of ids must not be empty or contain '/'. Received: 'a/b'",
        message(() -> IdColumn.of("a/b", 1, 1)));
    String range =
        "The ids 'a': 'input_dim' must be an integer of at least 1, and the indices at most 2^24 -"
            + " 1, up to which floats hold each. Received: ";
    assertEquals(range + 0, message(() -> IdColumn.of("a", 0, 1)));
    assertEquals(range + 16777217, message(() -> IdColumn.of("a", 16777217, 1)));
    IdColumn largest = IdColumn.of("a", 16777216, 1);
    assertEquals(range + 16777216, message(largest::keepInvalid));
    assertEquals(
        "The ids 'a': 'output_dim' must not be negative. Received: -1",
        message(() -> IdColumn.of("a", 1, -1)));
    Config block =
        Config.parse(
            """
            {"class_name": "FeatureBlock", "config":
              {"ids": [{"column": "a", "input_dim": 3, "output_dim": 1, "encoding": "hash"}]}}\
            """);
    assertEquals(
        "FeatureBlock.ids: 'encoding' must be one of indexed, hashed. Received: hash",
        message(() -> Layers.get(block)));
  }

  @Test
  void idsBecomeIndices() {
    IdColumn indexed = IdColumn.of("a", 10, 1);
    assertEquals(9, indexed.index(9));
    assertEquals(IdColumn.INVALID, indexed.index(10));
    assertEquals(IdColumn.INVALID, indexed.index(-1));
    assertEquals(IdColumn.INVALID, indexed.skipInvalid().invalidIndex());
    assertEquals(10, indexed.keepInvalid().index(10));
    assertEquals(11, indexed.keepInvalid().indices());
    assertEquals(
        "The ids 'a' must be integers unless they are hashed. Received: 'x'",
        message(() -> indexed.index("x")));
  }

  @Test
  void theConfigIsReadBack() {
    FeatureBlock block =
        BLOCK
            .name("f")
            .sparse("s", 10)
            .ids(IdColumn.of("c", 30_000, 2).hashed().skipInvalid(), IdColumn.of("d", 2, 2))
            .linear(true)
            .interactions("fm")
            .linearRegularizer("l1")
            .linearInitializer("ones")
            .linearConstraint("non_neg")
            .embeddingsRegularizer("l2")
            .embeddingsConstraint("unit_norm");
    Layer same = Layers.get(Layers.serialize(block).toJson());
    assertEquals(block.getConfig(), same.getConfig());
    assertEquals(block.columns(), ((FeatureBlock) same).columns());
    assertEquals(block.inputShape(), same.inputShape());
  }

  private static FakeCall call(FeatureBlock block, int rows) {
    Shape input = block.inputShape();
    FakeCall call = new FakeCall(rows, input.size(), block.computeOutputShape(input).size(), 1);
    List<WeightSpec> weights = block.weights(input);
    call.weights = new float[weights.size()][];
    call.weightGradients = new float[weights.size()][];
    for (int i = 0; i < weights.size(); i++) {
      call.weights[i] = new float[weights.get(i).shape().size()];
      call.weightGradients[i] = new float[call.weights[i].length];
      for (int k = 0; k < call.weights[i].length; k++) {
        call.weights[i][k] = 10 * i + k;
      }
    }

    return call;
  }

  private static void fill(FakeCall call, float... values) {
    System.arraycopy(values, 0, call.input, 0, values.length);
  }

  private static void fillGradient(FakeCall call) {
    for (int i = 0; i < call.outputGradient.length; i++) {
      call.outputGradient[i] = 0.1f * i - 0.3f;
    }
  }

  private static String refusal(FeatureBlock block) {
    Shape shape = block.inputShape();
    return message(() -> block.computeOutputShape(shape == null ? Shape.of(1) : shape));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
