package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.firesteel.layers.Activation;
import io.firesteel.layers.AdaptiveAveragePooling1D;
import io.firesteel.layers.AdaptiveAveragePooling2D;
import io.firesteel.layers.AdaptiveAveragePooling3D;
import io.firesteel.layers.AdaptiveMaxPooling1D;
import io.firesteel.layers.AdaptiveMaxPooling2D;
import io.firesteel.layers.AdaptiveMaxPooling3D;
import io.firesteel.layers.AdditiveAttention;
import io.firesteel.layers.Attention;
import io.firesteel.layers.AttentionLayer;
import io.firesteel.layers.AveragePooling3D;
import io.firesteel.layers.Bidirectional;
import io.firesteel.layers.CategoryEncoding;
import io.firesteel.layers.Conv2D;
import io.firesteel.layers.Conv3D;
import io.firesteel.layers.Conv3DTranspose;
import io.firesteel.layers.ConvLSTM1D;
import io.firesteel.layers.ConvLSTM2D;
import io.firesteel.layers.ConvLSTM3D;
import io.firesteel.layers.Cropping3D;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Discretization;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.GRU;
import io.firesteel.layers.GlobalAveragePooling3D;
import io.firesteel.layers.GlobalMaxPooling3D;
import io.firesteel.layers.GroupedQueryAttention;
import io.firesteel.layers.Hashing;
import io.firesteel.layers.Identity;
import io.firesteel.layers.Input;
import io.firesteel.layers.IntegerLookup;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.layers.Masking;
import io.firesteel.layers.MaxPooling3D;
import io.firesteel.layers.MultiHeadAttention;
import io.firesteel.layers.RNN;
import io.firesteel.layers.RecurrentLayer;
import io.firesteel.layers.ReversibleEmbedding;
import io.firesteel.layers.SimpleRNN;
import io.firesteel.layers.Softmax;
import io.firesteel.layers.SpatialDropout3D;
import io.firesteel.layers.SpectralNormalization;
import io.firesteel.layers.UpSampling3D;
import io.firesteel.layers.ZeroPadding3D;
import io.firesteel.saving.Config;
import io.firesteel.testing.ServedModels;
import io.firesteel.testing.ServedModels.Served;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention in ONNX Runtime, and which layers of the registry are exported and which refused. */
class OnnxLayersTest {

  private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

  @TempDir private Path folder;

  static Stream<Served> models() {
    List<Served> models = new ArrayList<>();
    List<AttentionLayer<?>> layers =
        List.of(
            Attention.of(),
            Attention.of().useScale(true),
            Attention.of().scoreMode("concat"),
            Attention.of().scoreMode("concat").useScale(true),
            AdditiveAttention.of(),
            AdditiveAttention.of().useScale(false),
            MultiHeadAttention.of(2, 2),
            MultiHeadAttention.of(2, 3).valueDim(2).useGate(true),
            MultiHeadAttention.of(2, 2).useGate(true).useBias(false).slidingWindow(2),
            MultiHeadAttention.of(2, 2).dropout(0.2),
            GroupedQueryAttention.of(2, 4, 2),
            GroupedQueryAttention.of(1, 4, 1).useGate(true).useBias(false).slidingWindow(2));
    for (AttentionLayer<?> layer : layers) {
      for (boolean causal : new boolean[] {false, true}) {
        models.add(attention(layer, causal, false, false));
        models.add(attention(layer, causal, true, false));
        models.add(attention(layer, causal, false, true));
      }
    }

    for (boolean causal : new boolean[] {false, true}) {
      models.add(givenMask(MultiHeadAttention.of(2, 2), causal));
      models.add(givenMask(MultiHeadAttention.of(1, 2).useGate(true), causal));
    }

    models.add(calledBothWays());
    for (AttentionLayer<?> layer :
        List.of(
            Attention.of().useScale(true),
            AdditiveAttention.of(),
            MultiHeadAttention.of(2, 3),
            GroupedQueryAttention.of(2, 4, 2))) {
      models.add(withScores(layer, false));
      models.add(withScores(layer, true));
    }

    models.add(bothWays(ReversibleEmbedding.of(4, 3).maskZero(true)));
    models.add(bothWays(ReversibleEmbedding.of(4, 3).tieWeights(false).logitSoftCap(2)));
    models.add(onImages(Attention.of(), false));
    models.add(onImages(Attention.of().scoreMode("concat"), false));
    models.add(onImages(MultiHeadAttention.of(2, 3).outputShape(2, 2), false));
    models.add(onImages(MultiHeadAttention.of(2, 2).attentionAxes(2).useGate(true), true));
    models.add(onImages(MultiHeadAttention.of(1, 2).attentionAxes(1).slidingWindow(2), false));
    models.add(onImages(MultiHeadAttention.of(2, 2).attentionAxes(2, 1), false));
    models.add(seenByHeads(2));
    models.add(seenByHeads(1));
    models.add(
        ServedModels.filled(
            new Sequential()
                .add(SpectralNormalization.of(Dense.of(3).activation("tanh")).inputShape(4)),
            0));
    models.add(
        ServedModels.filled(
            new Sequential()
                .add(SpectralNormalization.of(Conv2D.of(2, 3)).inputShape(5, 5, 2))
                .add(Flatten.of()),
            0));
    for (RecurrentLayer<?> layer :
        List.of(
            LSTM.of(2),
            GRU.of(3).returnSequences(true),
            GRU.of(2).resetAfter(false),
            SimpleRNN.of(2).activation("gelu").goBackwards(true))) {
      models.add(ServedModels.filled(new Sequential().add(RNN.of(layer).inputShape(4, 2)), 0));
      Sequential masked = new Sequential().add(Masking.of().inputShape(4, 2)).add(RNN.of(layer));
      models.add(ServedModels.filled(masked, 2));
    }

    for (String kind : List.of("Absolute", "Square", "Expm1", "Sin", "Cos")) {
      models.add(ofOperation("ElementwiseOperation", "{\"operation\": \"%s\"}".formatted(kind), 0));
    }

    for (String kind : List.of("Sqrt", "Log1p")) {
      models.add(ofOperation("ElementwiseOperation", "{\"operation\": \"%s\"}".formatted(kind), 5));
    }

    models.add(
        ServedModels.filled(
            new Sequential()
                .add(Activation.of("exponential").inputShape(3, 2))
                .add(operation("ElementwiseOperation", "{\"operation\": \"Rsqrt\"}"))
                .add(operation("ElementwiseOperation", "{\"operation\": \"Reciprocal\"}"))
                .add(operation("ElementwiseOperation", "{\"operation\": \"Log\"}")),
            0));
    for (String config :
        List.of(
            "{\"operation\": \"Power\", \"exponent\": 3}",
            "{\"operation\": \"Clip\", \"x_min\": -0.5, \"x_max\": 0.25}",
            "{\"operation\": \"Clip\", \"x_max\": 0.25}",
            "{\"operation\": \"Clip\", \"x_min\": 0.25}")) {
      models.add(ofOperation("ElementwiseOperation", config, 0));
    }

    for (String kind : List.of("Sum", "Mean", "Max", "Min")) {
      for (String rest :
          List.of("\"axis\": 1", "\"axis\": -1, \"keepdims\": true", "\"axis\": [1, 2]")) {
        models.add(
            ofOperation("AxisReduction", "{\"operation\": \"%s\", %s}".formatted(kind, rest), 0));
      }
    }

    for (Layer layer :
        List.of(
            Conv3D.of(2, 2)
                .strides(1, 2, 1)
                .padding("same")
                .activation("relu")
                .inputShape(3, 4, 2, 2),
            Conv3D.of(2, 2).groups(2).dataFormat("channels_first").inputShape(2, 3, 4, 2),
            Conv3DTranspose.of(3, 2).strides(2).padding("same").inputShape(3, 2, 2, 2),
            Conv3DTranspose.of(3, 2).dataFormat("channels_first").inputShape(2, 3, 2, 2),
            MaxPooling3D.of(2).inputShape(4, 3, 2, 2),
            MaxPooling3D.of(2).dataFormat("channels_first").inputShape(2, 3, 4, 2),
            AveragePooling3D.of(2, 1, 3).padding("same").inputShape(3, 4, 2, 2),
            GlobalMaxPooling3D.of().inputShape(2, 3, 4, 2),
            GlobalAveragePooling3D.of().keepdims(true).inputShape(2, 3, 4, 2),
            ZeroPadding3D.of(1).inputShape(2, 3, 2, 2),
            Cropping3D.of(1).dataFormat("channels_first").inputShape(2, 3, 4, 3),
            UpSampling3D.of(1, 2, 3).inputShape(2, 1, 2, 2),
            SpatialDropout3D.of(0.2).inputShape(2, 1, 2, 2))) {
      models.add(ServedModels.filled(new Sequential().add(layer), 0));
    }

    KerasTensor values = Input.of(3, 2).output();
    KerasTensor mask = Input.of(1, 2).output();
    models.add(
        ServedModels.filled(
            new Model(List.of(values, mask), List.of(Softmax.of(1).call(values, mask))), 2));
    for (RecurrentLayer<?> layer :
        List.of(
            LSTM.of(2).returnSequences(true),
            GRU.of(2).activation("gelu"),
            SimpleRNN.of(2).goBackwards(true),
            LSTM.of(2).activation("gelu"))) {
      for (boolean masked : new boolean[] {false, true}) {
        models.add(withStates(layer.returnState(true), masked));
      }
    }

    return models.stream();
  }

  private static Layer operation(String className, String config) {
    return Layers.deserialize(
        Config.builder().put("class_name", className).put("config", Config.parse(config)).build());
  }

  private static Served ofOperation(String className, String config, int ids) {
    Sequential model =
        new Sequential().add(Identity.of().inputShape(3, 2)).add(operation(className, config));
    return ServedModels.filled(model, ids);
  }

  /** States of one layer are those that others begin with, and outputs. */
  private static Served withStates(RecurrentLayer<?> layer, boolean masked) {
    KerasTensor in = Input.of(4, 2).output();
    KerasTensor steps = masked ? Masking.of().call(in) : in;
    List<KerasTensor> first = layer.callForAll(steps);
    List<KerasTensor> given = new ArrayList<>(List.of(steps));
    given.addAll(first.subList(1, first.size()));
    RecurrentLayer<?> same = (RecurrentLayer<?>) layer.withName("again");
    List<KerasTensor> second = same.callForAll(given.toArray(new KerasTensor[0]));
    List<KerasTensor> states = new ArrayList<>(second.subList(1, second.size()));
    states.addAll(second.subList(1, second.size()));
    given.subList(1, given.size()).clear();
    given.addAll(states);
    List<KerasTensor> outputs =
        new ArrayList<>(
            Bidirectional.of((RecurrentLayer<?>) layer.withName("both"))
                .mergeMode(masked ? "ave" : null)
                .callForAll(given.toArray(new KerasTensor[0])));
    outputs.addAll(first);
    outputs.add(second.get(0));
    outputs.addAll(RNN.of(GRU.of(3).goBackwards(true), layer).callForAll(steps));
    return ServedModels.filled(new Model(List.of(in), outputs), masked ? 2 : 0);
  }

  private static Served attention(
      AttentionLayer<?> layer, boolean causal, boolean withKey, boolean masked) {
    List<KerasTensor> inputs = new ArrayList<>();
    inputs.add(Input.of(3, 2).output());
    inputs.add(Input.of(4, 2).output());
    if (withKey) {
      inputs.add(Input.of(4, 2).output());
    }

    KerasTensor[] read =
        inputs.stream()
            .map(input -> masked ? Masking.of().call(input) : input)
            .toArray(KerasTensor[]::new);
    KerasTensor attended = causal ? layer.callCausal(read) : layer.call(read);
    KerasTensor output = masked ? LSTM.of(2).call(attended) : attended;
    return ServedModels.filled(new Model(inputs, List.of(output)), masked ? 2 : 0);
  }

  private static Served withScores(AttentionLayer<?> layer, boolean masked) {
    KerasTensor query = Input.of(3, 2).output();
    KerasTensor value = Input.of(4, 2).output();
    KerasTensor read = masked ? Masking.of().call(value) : value;
    List<KerasTensor> outputs = layer.callForScores(masked, query, read);
    return ServedModels.filled(new Model(List.of(query, value), outputs), masked ? 2 : 0);
  }

  private static Served bothWays(ReversibleEmbedding layer) {
    KerasTensor ids = Input.of(5).output();
    KerasTensor steps = LSTM.of(3).returnSequences(true).call(layer.call(ids));
    return ServedModels.filled(new Model(ids, layer.callReverse(steps)), 4);
  }

  private static Served onImages(AttentionLayer<?> layer, boolean masked) {
    KerasTensor query = Input.of(2, 3, 2).output();
    KerasTensor value = Input.of(2, 3, 2).output();
    KerasTensor read = masked ? Masking.of().call(value) : value;
    List<KerasTensor> outputs = layer.callForScores(false, query, read);
    return ServedModels.filled(new Model(List.of(query, value), outputs), masked ? 2 : 0);
  }

  /** The attention mask is one for each row along the first axis, or for each head of these. */
  private static Served seenByHeads(int heads) {
    MultiHeadAttention layer = MultiHeadAttention.of(heads, 2).attentionAxes(2);
    KerasTensor query = Input.of(2, 3, 2).output();
    KerasTensor value = Input.of(2, 4, 2).output();
    KerasTensor mask = (heads == 1 ? Input.of(2, 3, 4) : Input.of(2, heads, 3, 4)).output();
    List<KerasTensor> read = List.of(query, value, value, mask);
    return ServedModels.filled(
        new Model(List.of(query, value, mask), List.of(layer.call(read))), 2);
  }

  private static Served givenMask(MultiHeadAttention layer, boolean causal) {
    KerasTensor query = Input.of(3, 2).output();
    KerasTensor value = Input.of(4, 2).output();
    KerasTensor mask = Input.of(3, 4).output();
    KerasTensor[] read = {query, value, value, mask};
    KerasTensor output = causal ? layer.callCausal(read) : layer.call(read);
    return ServedModels.filled(new Model(List.of(query, value, mask), List.of(output)), 2);
  }

  private static Served calledBothWays() {
    KerasTensor steps = Input.of(4, 2).output();
    MultiHeadAttention layer = MultiHeadAttention.of(1, 2).slidingWindow(3).name("both");
    KerasTensor one = layer.call(steps, steps);
    KerasTensor other = layer.callCausal(steps, steps);
    return ServedModels.filled(new Model(List.of(steps), List.of(one, other)), 0);
  }

  @ParameterizedTest
  @MethodSource("models")
  void predictsAsTheModel(Served served) throws Exception {
    String path = folder.resolve("model.onnx").toString();
    served.model().export(path);
    try (OrtSession session = RUNTIME.createSession(path, new OrtSession.SessionOptions())) {
      for (int rows : List.of(1, 5)) {
        float[][] x = served.rows(rows);
        OnnxTest.assertPredictions(served.model(), session, x, served.model().predict(x));
      }
    }
  }

  /** Some layers take rows of as many dimensions as they say, and channels, and steps. */
  private static int[] row(String name) {
    int more = name.startsWith("Adaptive") ? 1 : name.startsWith("ConvLSTM") ? 2 : 0;
    int[] row = new int[more == 0 ? 1 : more + name.charAt(name.length() - 2) - '0'];
    Arrays.fill(row, 1);
    return row;
  }

  private static Set<String> listed(String message, String before) {
    String list = message.substring(message.indexOf(before) + before.length());
    TreeSet<String> names =
        new TreeSet<>(
            Arrays.asList(list.replaceAll("\\..*", "").replaceAll("[\\[\\]]", "").split(", ")));
    names.removeIf(name -> name.contains(">")); // Our own layers are there with their package, too.
    return names;
  }

  @Test
  void eachLayerOfTheRegistryIsExportedOrRefusedByItsName() {
    List<Layer> refused =
        List.of(
            operation("GetItem", "{\"key\": {\"class_name\": \"__ellipsis__\"}}"),
            CategoryEncoding.of(3),
            ConvLSTM1D.of(1, 1),
            ConvLSTM2D.of(1, 1),
            ConvLSTM3D.of(1, 1),
            Discretization.of(0.5),
            Hashing.of(4),
            IntegerLookup.of().vocabulary(1, 2),
            AdaptiveAveragePooling1D.of(2),
            AdaptiveAveragePooling2D.of(2, 2),
            AdaptiveAveragePooling3D.of(2, 2, 2),
            AdaptiveMaxPooling1D.of(2),
            AdaptiveMaxPooling2D.of(2, 2),
            AdaptiveMaxPooling3D.of(2, 2, 2));
    String unknown =
        assertThrows(IllegalArgumentException.class, () -> Layers.get("Unknown")).getMessage();
    Set<String> registered = listed(unknown, "Allowed: ");
    registered.remove("InputLayer");
    registered.remove("GroupQueryAttention");
    registered.add("GroupedQueryAttention"); // The name of its class.
    Set<String> accounted = new TreeSet<>();
    for (Layer layer : refused) {
      String name = layer.getClass().getSimpleName();
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      new Sequential("m")
                          .add(Identity.of().inputShape(row(name)))
                          .add(layer.withName("given"))
                          .export(folder.resolve("x.onnx").toString()))
              .getMessage();
      String begin = "export: the model m has layers that can't be said in ONNX: [given (%s)].";
      assertTrue(message.startsWith(begin.formatted(name)), message);
      accounted.add(name);
      accounted.addAll(listed(message, "Those that can: "));
    }

    assertEquals(registered, accounted);
  }
}
