package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.PackageClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayersTest {

  /** What Keras does not have. */
  private static final Set<String> OWN = Set.of("FMInteraction");

  /** Operations of Keras's, which stand in functional models alone; PeoplesFilesTest has those. */
  private static final Set<String> OPERATIONS =
      Set.of("AxisReduction", "ElementwiseOperation", "GetItem");

  static Stream<Config> goldens() {
    Stream<Config> configs =
        Stream.of(
                "configs",
                "configs-of-attention",
                "configs-of-groups",
                "configs-of-conv-lstm",
                "configs-of-reversible",
                "configs-of-sequences",
                "categories")
            .flatMap(name -> LayerGoldens.configs(LayerGoldens.load(name), "cases").stream())
            .filter(golden -> "layer".equals(golden.get("kind")));
    Stream<Config> values =
        LayerGoldens.configs(LayerGoldens.load("values-of-spaces"), "cases").stream();
    return Stream.concat(configs, values).map(golden -> (Config) golden.get("serialized"));
  }

  @Test
  void layersThatKerasDoesNotHaveAreSavedAsCustomOnes() {
    smallest()
        .filter(layer -> OWN.contains(layer.getClass().getSimpleName()))
        .forEach(
            layer -> {
              Config serialized = Layers.serialize(layer);
              String name = layer.getClass().getSimpleName();
              assertSame(null, serialized.get("module"));
              assertEquals("firesteel>" + name, serialized.get("registered_name"));
              assertEquals(serialized, Layers.serialize(Layers.get(serialized)));
              assertEquals(
                  serialized,
                  Layers.serialize(Layers.get(serialized.with("registered_name", null))));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"FeatureBlock", "Slice", "SkipConnection"})
  void filesWithLayersThatWereRemovedAreToldWhatToDo(String name) {
    String expected =
        ": make a functional model of Embedding, Concatenate, Add and FMInteraction, with ids that"
            + " are indices, as conf/clicks.json does, and train it anew";
    String inFile =
        "{\"module\": null, \"class_name\": \"%s\", \"config\": {}, \"registered_name\": \"firesteel>%s\"}"
            .formatted(name, name);
    assertEquals(
        "The layer firesteel>" + name + " was removed in version 0.2" + expected,
        assertThrows(IllegalArgumentException.class, () -> Layers.get(inFile)).getMessage());
    String inJob =
        "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{\"class_name\": \"%s\"}]}}"
            .formatted(name);
    assertEquals(
        "The layer " + name + " was removed in version 0.2" + expected,
        assertThrows(IllegalArgumentException.class, () -> Model.fromJson(inJob)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"StringLookup", "TextVectorization", "HashedCrossing"})
  void layersOfTextsAreToldWhatToDo(String name) {
    assertEquals(
        "The layer %s is not supported, as it takes texts, and a tensor here holds floats alone: make whole numbers of them before they come to the model, by StringIndexer, Spark's hash or data.select"
            .formatted(name),
        assertThrows(
                IllegalArgumentException.class,
                () -> Layers.get("{\"class_name\": \"%s\", \"config\": {}}".formatted(name)))
            .getMessage());
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Input.of(1).dtype("string"))
            .getMessage()
            .contains("StringIndexer"));
  }

  /** Every layer of the registry with the smallest config that it can be made of. */
  static Stream<Layer> smallest() {
    return Stream.of(
        Input.of(3),
        Dense.of(2),
        Activation.of("relu"),
        Dropout.of(0.5),
        Flatten.of(),
        Normalization.of(),
        Reshape.of(-1),
        Rescaling.of(2.0),
        GaussianNoise.of(0.1),
        ZeroPadding1D.of(1),
        ZeroPadding2D.of(1),
        Cropping1D.of(1),
        Cropping2D.of(0),
        UpSampling1D.of(),
        GroupedQueryAttention.of(2, 4, 2),
        Conv3D.of(2, 3),
        Conv3DTranspose.of(2, 3),
        MaxPooling3D.of(2),
        AveragePooling3D.of(2),
        GlobalMaxPooling3D.of(),
        GlobalAveragePooling3D.of(),
        ZeroPadding3D.of(1),
        Cropping3D.of(1),
        UpSampling3D.of(),
        SpatialDropout3D.of(0.1),
        AdaptiveAveragePooling1D.of(2),
        AdaptiveAveragePooling2D.of(2, 2),
        AdaptiveAveragePooling3D.of(2, 2, 2),
        AdaptiveMaxPooling1D.of(2),
        AdaptiveMaxPooling2D.of(2, 2),
        AdaptiveMaxPooling3D.of(2, 2, 2),
        MultiHeadAttention.of(2, 3),
        Attention.of(),
        AdditiveAttention.of(),
        UpSampling2D.of(),
        DepthwiseConv2D.of(3),
        SeparableConv2D.of(2, 3),
        Conv2DTranspose.of(2, 3),
        EinsumDense.of("...a,ab->...b", 2),
        SpectralNormalization.of(Dense.of(2)),
        RNN.of(GRU.of(2)),
        Conv1DTranspose.of(2, 3),
        DepthwiseConv1D.of(2),
        SeparableConv1D.of(2, 3),
        GroupNormalization.of(),
        RMSNormalization.of(),
        Permute.of(1),
        RepeatVector.of(2),
        Identity.of(),
        Masking.of(),
        ActivityRegularization.of(0, 0),
        AlphaDropout.of(0.1),
        GaussianDropout.of(0.1),
        SpatialDropout1D.of(0.1),
        SpatialDropout2D.of(0.1),
        PReLU.of(),
        UnitNormalization.of(),
        MaxPooling1D.of(2),
        AveragePooling1D.of(2),
        GlobalMaxPooling1D.of(),
        GlobalMaxPooling2D.of(),
        GlobalAveragePooling1D.of(),
        Conv1D.of(2, 3),
        SimpleRNN.of(2),
        GRU.of(2),
        LSTM.of(2),
        Bidirectional.of(LSTM.of(2)),
        TimeDistributed.of(Dense.of(2)),
        ReLU.of(),
        LeakyReLU.of(),
        ELU.of(),
        Softmax.of(),
        Conv2D.of(2, 3),
        MaxPooling2D.of(),
        AveragePooling2D.of(2),
        GlobalAveragePooling2D.of(),
        LayerNormalization.of(),
        BatchNormalization.of(),
        Embedding.of(10, 2),
        Add.of(),
        Subtract.of(),
        Multiply.of(),
        Average.of(),
        Maximum.of(),
        Minimum.of(),
        Concatenate.of(),
        Dot.of(1),
        FMInteraction.of(),
        CategoryEncoding.of(2),
        Discretization.of(0),
        Hashing.of(2),
        IntegerLookup.of().vocabulary(1),
        ConvLSTM1D.of(1, 1),
        ConvLSTM2D.of(1, 1),
        ConvLSTM3D.of(1, 1),
        ReversibleEmbedding.of(2, 1));
  }

  @Test
  void everyClassIsRegisteredAndHasAGolden() {
    Set<String> classes = new HashSet<>(PackageClasses.concrete(Layer.class));
    classes.remove("GroupedQueryAttention");
    classes.add("GroupQueryAttention"); // What Keras calls it in public.
    assertEquals(classes, new HashSet<>(Layers.classNames()));
    Set<Object> golden = new HashSet<>();
    goldens().forEach(config -> golden.add(config.get("class_name")));
    golden.addAll(OWN);
    golden.addAll(OPERATIONS);
    assertEquals(classes, golden);
    assertEquals(
        classes.size() - OPERATIONS.size(), smallest().map(Layer::getClass).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void isReadAndWrittenAsKerasWritesIt(Config serialized) {
    Layer layer = Layers.deserialize(serialized);
    assertSameJson(serialized, Layers.serialize(layer, rowShapes(serialized)));
    assertSameJson(serialized.without("build_config"), Layers.serialize(layer));
    assertEquals(serialized.has("build_config"), !layer.builtAtInit());
  }

  @Test
  void namesGoInWhereThereAreNone() {
    smallest()
        .forEach(
            layer -> {
              Layer named = layer.withName("here");
              assertEquals("here", named.name());
              assertEquals("here", named.getConfig().get("name"));
              assertSame(null, layer.name());
              assertEquals(layer.getConfig(), named.getConfig().with("name", null));
            });
  }

  @Test
  void shorthandConfigsHaveKerasDefaults() {
    Config dense =
        Config.parse("{'class_name': 'Dense', 'config': {'units': 3}}".replace('\'', '"'));
    assertEquals(Dense.of(3).getConfig(), Layers.get(dense).getConfig());
    assertEquals(
        Dense.of(3).activation("relu").kernelInitializer("he_normal").getConfig(),
        Layers.get(
                Map.of(
                    "class_name",
                    "Dense",
                    "config",
                    Map.of("units", 3, "activation", "relu", "kernel_initializer", "he_normal")))
            .getConfig());
    assertEquals(Flatten.of().getConfig(), Layers.get("Flatten").getConfig());
    assertEquals(
        Dropout.of(0.5).getConfig(),
        Layers.get("{\"class_name\": \"Dropout\", \"config\": {\"rate\": 0.5}}").getConfig());
  }

  @Test
  void theOlderWaysToSayAnInputShapeAreRead() {
    assertEquals(Shape.of(4), layer("Dense", "units", 1, "input_dim", 4).inputShape());
    assertEquals(
        Shape.of(4, 5), layer("Dense", "units", 1, "input_shape", List.of(4, 5)).inputShape());
    assertEquals(Shape.of(4), layer("InputLayer", "input_shape", List.of(4)).inputShape());
    assertEquals(Shape.of(4), layer("InputLayer", "shape", List.of(4)).inputShape());
    List<Object> batch = new ArrayList<>();
    batch.add(null);
    batch.add(4);
    assertEquals(Shape.of(4), layer("InputLayer", "batch_input_shape", batch).inputShape());
    assertEquals(
        "Dense: 'input_dim' must be absent where 'input_shape' is given. Received: 4",
        message("Dense", "units", 1, "input_dim", 4, "input_shape", List.of(4)));
  }

  @Test
  void dtypesOtherThanFloat32AreRefused() {
    assertEquals(
        "Dense: 'dtype' must be float32, as others are not supported. Received: mixed_float16",
        message("Dense", "units", 1, "dtype", "mixed_float16"));
    Config policy =
        Config.builder()
            .put("class_name", "DTypePolicy")
            .put("config", Map.of("name", "bfloat16"))
            .build();
    assertEquals(
        "Dense: 'dtype' must be float32, as others are not supported. Received: " + policy,
        message("Dense", "units", 1, "dtype", policy));
    assertEquals(
        "InputLayer: 'dtype' must be one of float32, bool, int8, int16, int32, int64, uint8,"
            + " uint16, uint32. Received: float16",
        message("InputLayer", "shape", List.of(3), "dtype", "float16"));
    assertEquals(
        Dense.of(1).getConfig(), layer("Dense", "units", 1, "dtype", "float32").getConfig());
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    assertEquals(
        "Dense: 'lora_rank' must be null, as others are not supported. Received: 4",
        message("Dense", "units", 1, "lora_rank", 4));
    assertEquals(
        "Dense: 'quantization_config' must be null, as others are not supported. Received:"
            + " {\"a\":1}",
        message("Dense", "units", 1, "quantization_config", Map.of("a", 1)));
    assertEquals(
        "'activity_regularizer' of a layer must be a sum over single values, such as L1 and L2."
            + " Received: OrthogonalRegularizer",
        message(
            "Activation", "activation", "relu", "activity_regularizer", "orthogonal_regularizer"));
    assertEquals(
        "Dropout: 'noise_shape' must be null, or null for the rows and then integers >= 1 or null."
            + " Received: [1]",
        message("Dropout", "rate", 0.5, "noise_shape", List.of(1)));
    assertEquals(
        "InputLayer: 'ragged' must be false, as true is not supported. Received: true",
        message("InputLayer", "shape", List.of(3), "ragged", true));
    assertEquals(
        "InputLayer: with 'sparse' rows must be vectors. Received the shape: (3, 2)",
        message("InputLayer", "shape", List.of(3, 2), "sparse", true));
    assertEquals(
        "InputLayer: 'shape' must be a list of integers from 1 on, and null for those that are"
            + " open. Received: [0.5]",
        message("InputLayer", "shape", List.of(0.5)));
    assertEquals(
        "InputLayer: with 'sparse' the number of values must be known. Received the shape: (None,)",
        message("InputLayer", "batch_shape", Arrays.asList(null, null), "sparse", true));
  }

  @Test
  void unknownAndMissingFieldsAreRefusedByName() {
    assertTrue(
        message("Dense", "units", 1, "unit", 1)
            .startsWith("Dense does not know the field 'unit'."));
    assertTrue(message("Dropout", "rate", 0.1, "p", 1).startsWith("Dropout does not know"));
    assertTrue(message("Flatten", "p", 1).startsWith("Flatten does not know the field 'p'."));
    assertTrue(
        message("InputLayer", "shape", List.of(1), "p", 1).startsWith("InputLayer does not"));
    assertTrue(message("Activation", "activation", "relu", "p", 1).startsWith("Activation does"));
    assertEquals(
        "Dense: the field 'units' is missing. Received: name", message("Dense", "name", "a"));
    assertEquals(
        "Dropout: the field 'rate' is missing. Received: name", message("Dropout", "name", "a"));
    assertEquals(
        "Activation: the field 'activation' is missing. Received: name",
        message("Activation", "name", "a"));
    assertEquals(
        "InputLayer: the field 'batch_shape' is missing. Received: name",
        message("InputLayer", "name", "a"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Layers.get("MelSpectrogram"))
            .getMessage()
            .startsWith("Unknown layer 'MelSpectrogram'."));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertEquals(
        "Dense: 'units' must be an integer >= 1. Received: 0", message("Dense", "units", 0));
    assertEquals(
        "Dense: 'units' must be an integer >= 1. Received: 4294967297",
        message("Dense", "units", 4294967297L));
    assertEquals(
        "Dense: 'units' must be an integer >= 1. Received: -1", message(() -> Dense.of(-1)));
    assertEquals(
        "Dropout: 'rate' must be in [0, 1). Received: 1.0", message(() -> Dropout.of(1.0)));
    assertEquals(
        "Dropout: 'rate' must be in [0, 1). Received: NaN", message(() -> Dropout.of(Double.NaN)));
    assertEquals(
        "Flatten: 'data_format' must be one of channels_last, channels_first. Received: first",
        message(() -> Flatten.of().dataFormat("first")));
    assertEquals(
        "InputLayer: the extents of 'shape' must be at least 1. Received: (3, 0)",
        message(() -> Input.of(3, 0)));
    assertEquals(
        "'name' of a layer must not be empty or contain '/'. Received: 'a/b'",
        message(() -> Dense.of(1).name("a/b")));
    assertEquals(
        "'name' of a layer must not be empty or contain '/'. Received: ' '",
        message(() -> Dense.of(1).name(" ")));
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertEquals(
        "Dense needs rows of at least one dimension. Received the shape: ()",
        message(() -> Dense.of(1).computeOutputShape(Shape.scalar())));
    assertEquals(
        "InputLayer is for rows of shape (3,). Received: (4,)",
        message(() -> Input.of(3).computeOutputShape(Shape.of(4))));
  }

  @Test
  void settersReturnANewLayer() {
    Dense plain = Dense.of(3);
    Config before = plain.getConfig();
    Dense full =
        plain
            .name("full")
            .trainable(false)
            .inputShape(4)
            .activation("relu")
            .useBias(false)
            .kernelInitializer("ones")
            .biasInitializer("ones")
            .kernelRegularizer("l1")
            .biasRegularizer("l2")
            .kernelConstraint("non_neg")
            .biasConstraint("unit_norm");
    assertEquals(before, plain.getConfig());
    assertTrue(plain.trainable());
    assertFalse(full.trainable());
    assertEquals(Shape.of(4), full.inputShape());
    assertEquals(full.getConfig(), Layers.get(Layers.serialize(full)).getConfig());
    assertEquals("relu", full.getConfig().get("activation"));
    assertEquals(false, full.getConfig().get("use_bias"));
    assertEquals(1, full.weights(Shape.of(4)).size());
  }

  /** Those of Keras 3.15 whose output of a sequence with a mask has one. */
  @Test
  void masksArePassedOnAsInKeras() {
    Set<String> passing = new TreeSet<>();
    for (Layer layer :
        List.of(
            Dense.of(2),
            Activation.of("relu"),
            ELU.of(),
            LeakyReLU.of(),
            ReLU.of(),
            PReLU.of(),
            LayerNormalization.of(),
            GroupNormalization.of(),
            RMSNormalization.of(),
            UnitNormalization.of(),
            Dropout.of(0.5),
            SpatialDropout1D.of(0.1),
            GaussianNoise.of(0.1),
            GaussianDropout.of(0.1),
            AlphaDropout.of(0.1),
            Rescaling.of(2),
            Normalization.of(),
            ActivityRegularization.of(0, 0),
            Identity.of(),
            Conv1D.of(2, 2),
            MaxPooling1D.of(2),
            GlobalMaxPooling1D.of(),
            GlobalAveragePooling1D.of(),
            Flatten.of(),
            LSTM.of(2),
            GRU.of(2).returnSequences(true),
            Bidirectional.of(LSTM.of(2).returnSequences(true)),
            TimeDistributed.of(Dense.of(2)))) {
      if (layer.computeMaskShape(List.of(Shape.of(6, 4)), List.of(Shape.of(6))) != null) {
        passing.add(layer.getClass().getSimpleName());
      }
    }

    assertEquals(
        "[Activation, ActivityRegularization, AlphaDropout, Bidirectional, Dense, Dropout, ELU,"
            + " GRU, GaussianDropout, GaussianNoise, GroupNormalization, Identity,"
            + " LayerNormalization, LeakyReLU, Normalization, PReLU, ReLU, Rescaling,"
            + " SpatialDropout1D, TimeDistributed, UnitNormalization]",
        passing.toString());
  }

  private static List<Shape> rowShapes(Config serialized) {
    if (!(serialized.get("build_config") instanceof Config build) || build.keys().isEmpty()) {
      return List.of(Shape.of(4, 3));
    }

    if (build.get("shapes_dict") instanceof Config named) {
      return named.keys().stream().map(key -> rowShape((List<?>) named.get(key))).toList();
    }

    List<?> batch = (List<?>) build.get("input_shape");
    return batch.get(0) instanceof List<?>
        ? batch.stream().map(each -> rowShape((List<?>) each)).toList()
        : List.of(rowShape(batch));
  }

  private static Shape rowShape(List<?> batch) {
    return Shape.of(batch.subList(1, batch.size()));
  }

  private static Layer layer(String className, Object... entries) {
    Config.Builder config = Config.builder();
    for (int i = 0; i < entries.length; i += 2) {
      config.put((String) entries[i], entries[i + 1]);
    }

    return Layers.get(
        Config.builder().put("class_name", className).put("config", config.build()).build());
  }

  private static String message(String className, Object... entries) {
    return message(() -> layer(className, entries));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void aModelInTimeDistributedIsRefusedByName() {
    Config config =
        Config.parse(
            """
            {"class_name": "TimeDistributed", "config": {"name": "t", "layer": {"module": "keras",
             "class_name": "Sequential", "config": {"name": "s", "layers": []}}}}\
            """);
    assertEquals(
        "TimeDistributed: 'layer' must be a layer here; a model is read where this is a layer of a"
            + " model itself."
            + " Received: a model of class Sequential",
        assertThrows(IllegalArgumentException.class, () -> Layers.deserialize(config))
            .getMessage());
  }
}
