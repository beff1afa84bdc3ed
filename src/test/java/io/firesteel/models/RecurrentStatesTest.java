package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.layers.Bidirectional;
import io.firesteel.layers.Dense;
import io.firesteel.layers.GRU;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.Layers;
import io.firesteel.layers.RNN;
import io.firesteel.layers.SimpleRNN;
import io.firesteel.layers.TimeDistributed;
import io.firesteel.saving.Config;
import io.firesteel.testing.KerasPython;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.NeedsKeras;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States of recurrent layers as outputs and inputs; seq2seq_in_keras.py made the files. */
class RecurrentStatesTest {

  private static final Path FILES = Path.of("src/test/resources/keras");

  @TempDir private Path folder;

  private static Config golden(String name) throws IOException {
    Config all = Config.parse(Files.readString(FILES.resolve("seq2seq.json")));
    return (Config) all.get(name);
  }

  private static Model load(String name) throws IOException {
    return Model.load(FILES.resolve("seq2seq-" + name + ".keras").toString());
  }

  private static LocalData data(String name, Config golden) {
    LocalData data =
        LocalData.of(LayerGoldens.matrix(golden, "x"), LayerGoldens.matrix(golden, "y"));
    return name.equals("two_ways") || name.equals("cells") ? data.featureShape(6, 2) : data;
  }

  private static void assertPredicts(Config golden, String key, Model model) {
    float[][] expected = LayerGoldens.matrix(golden, key);
    float[][] predicted = model.predict(LayerGoldens.matrix(golden, "x"));
    for (int row = 0; row < expected.length; row++) {
      assertArrayEquals(expected[row], predicted[row], 1e-5f, key + " " + row);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"translator", "masked", "two_ways", "cells", "decoder"})
  void filesOfKerasPredictAndTrainAsThere(String name) throws IOException {
    Config golden = golden(name);
    Model model = load(name);
    assertPredicts(golden, "before", model);
    if (golden.has("y")) {
      FitOptions options =
          FitOptions.builder().epochs(3).batchSize(4).shards(1).shuffle(false).verbose(0).build();
      model.fit(data(name, golden), options);
      assertPredicts(golden, "after", model);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"translator", "masked", "two_ways", "cells", "decoder"})
  void theyAreSavedAsTheyWereRead(String name) throws IOException {
    Model model = load(name);
    String file = folder.resolve("again.keras").toString();
    model.save(file);
    Model again = Model.load(file);
    assertEquals(model.weightsSha256(), again.weightsSha256());
    assertEquals(model.toJson(), again.toJson());
    assertPredicts(golden(name), "before", again);
  }

  @Test
  void configsAndCallsAreWrittenAsKerasWritesThem() throws IOException {
    for (String name : List.of("translator", "decoder")) {
      Config original = KerasArchive.load(FILES + "/seq2seq-" + name + ".keras").config();
      List<Config> expected = layers(original);
      List<Config> written = layers(Config.parse(load(name).toJson()));
      assertEquals(expected.size(), written.size());
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(withoutDefaults(expected.get(i)), withoutDefaults(written.get(i)));
      }
    }
  }

  private static List<Config> layers(Config model) {
    return ((List<?>) ((Config) model.get("config")).get("layers"))
        .stream().map(layer -> (Config) layer).toList();
  }

  /** Without the arguments of calls that Keras notes where nobody gave them, and shared ids. */
  private static Config withoutDefaults(Config given) {
    Config layer = Config.parse(given.toJson().replaceAll(",\\s*\"shared_object_id\": ?\\d+", ""));
    List<Config> nodes = new ArrayList<>();
    for (Object node : (List<?>) layer.get("inbound_nodes")) {
      Config arguments = (Config) ((Config) node).get("kwargs");
      nodes.add(((Config) node).with("kwargs", arguments.without("mask").without("training")));
    }

    return layer.with("inbound_nodes", nodes);
  }

  @Test
  @NeedsKeras
  void kerasOpensWhatWasWritten() throws Exception {
    for (String name : List.of("translator", "masked", "two_ways", "cells", "decoder")) {
      load(name).save(folder.resolve("seq2seq-" + name + ".keras").toString());
    }

    KerasPython.run("src/test/python/seq2seq_in_keras.py", FILES, folder);
  }

  /** What a translator's decoder puts out, one step after the other, is what it does in one go. */
  @Test
  void statesThatAreHandedOnContinueASequence() {
    LSTM layer = LSTM.of(3).returnState(true).returnSequences(true).name("layer");
    KerasTensor rows = Input.of(2, 2).output();
    KerasTensor h = Input.of(3).output();
    KerasTensor c = Input.of(3).output();
    List<KerasTensor> outputs = layer.callForAll(rows, h, c);
    Model step = new Model("step", List.of(rows, h, c), outputs);
    KerasTensor all = Input.of(4, 2).output();
    Model whole = new Model("whole", List.of(all), layer.callForAll(all));
    step.setWeights(whole.getWeights());

    float[] x = {0.5f, -1, 2, 0.25f, -0.5f, 1, 0.75f, -2};
    float[] expected = whole.predict(new float[][] {x})[0];
    float[] first = {0.5f, -1, 2, 0.25f, 0, 0, 0, 0, 0, 0};
    float[] put = step.predict(new float[][] {first})[0];
    float[] second = {-0.5f, 1, 0.75f, -2, put[6], put[7], put[8], put[9], put[10], put[11]};
    float[] last = step.predict(new float[][] {second})[0];
    for (int i = 0; i < 6; i++) {
      assertEquals(expected[i], put[i], 1e-6f);
      assertEquals(expected[6 + i], last[i], 1e-6f);
      assertEquals(expected[12 + i], last[6 + i], 1e-6f);
    }
  }

  /** Of a nested model one output is read, and the layers behind the other one have no gradient. */
  @Test
  void anOutputThatNobodyReadsHasNoGradient() {
    KerasTensor in = Input.of(2).output();
    KerasTensor first = Dense.of(2).name("first").call(in);
    KerasTensor second = Dense.of(2).name("second").call(first);
    Model inner = new Model("inner", List.of(in), List.of(first, second));
    KerasTensor rows = Input.of(2).output();
    Model model = new Model("outer", List.of(rows), List.of(inner.callForAll(rows).get(0)));
    model.compile("sgd", "mse");
    float[][] before = model.getWeights();
    float[][] x = {{1, 2}, {-1, 3}};
    model.fit(LocalData.of(x, x), FitOptions.epochs(2));
    float[][] after = model.getWeights();
    assertTrue(before[0][0] != after[0][0]);
    assertArrayEquals(before[2], after[2]);
  }

  @Test
  void shardsAndThreadsChangeNoBits() throws IOException {
    Config golden = golden("two_ways");
    float[][][] weights = new float[2][][];
    for (int threads = 1; threads <= 2; threads++) {
      Model model = load("two_ways");
      model.fit(
          data("two_ways", golden).threads(threads),
          FitOptions.builder().epochs(2).batchSize(4).shards(2).verbose(0).build());
      weights[threads - 1] = model.getWeights();
    }

    assertArrayEquals(weights[0], weights[1]);
  }

  private static String message(org.junit.jupiter.api.function.Executable executable) {
    return assertThrows(IllegalArgumentException.class, executable).getMessage();
  }

  @Test
  void whatIsWrongIsToldWithTheLayer() {
    KerasTensor rows = Input.of(4, 2).output();
    KerasTensor state = Input.of(3).output();
    LSTM lstm = LSTM.of(3).returnState(true).name("lstm");
    assertEquals(
        "The layer 'lstm' has 3 outputs, which callForAll returns; call is for layers of one",
        message(() -> lstm.call(rows)));
    assertEquals(
        "The layer 'lstm' does not take inputs of the shapes [(4, 2), (3,)]: LSTM: 'initial_state'"
            + " must be of the shapes [(3,), (3,)]. Received: [(3,)]",
        message(() -> lstm.callForAll(rows, state)));
    assertTrue(
        message(() -> new Sequential().add(lstm.inputShape(4, 2)).summary())
            .contains("a Sequential model takes layers of one"));
    assertEquals(
        "TimeDistributed: 'layer' must have one output. Received: GRU with return_state",
        message(() -> TimeDistributed.of(GRU.of(2).returnState(true))));
    KerasTensor other = Input.of(2).output();
    RNN cells = RNN.of(GRU.of(3), SimpleRNN.of(2));
    assertTrue(
        message(() -> cells.call(rows, other, state))
            .contains("must be of the shapes [(3,), (2,)]. Received: [(2,), (3,)]"));
    Config stateful = Layers.serialize(lstm.returnState(false));
    Config fields = ((Config) stateful.get("config")).with("stateful", true);
    assertTrue(
        message(() -> Layers.get(stateful.with("config", fields))).contains("initial_state"));
    assertTrue(message(() -> Bidirectional.of(GRU.of(2)).mergeMode("max")).contains("merge_mode"));
  }
}
