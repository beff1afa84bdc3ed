package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.layers.Add;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.saving.Config;
import io.firesteel.testing.ConfigMutations;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Altered configs of functional models are opened or refused by one exception, at once and without
 * much memory. {@code -Dfiresteel.fuzz=N} sets the number of mutations, as it does for files.
 */
class ModelConfigFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("firesteel.fuzz", 1000);
  private static final long SEED = 20261127;
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long MOST_BYTES = 32 << 20;

  private final List<Config> models = new ArrayList<>();
  private int opened;
  private int refused;
  private long longest;
  private long mostBytes;

  /** Twelve models of Keras: branches, shared layers, nested models, several inputs and outputs. */
  @BeforeEach
  void readModels() throws IOException {
    for (int i = 0; i < 12; i++) {
      Path file = Path.of("src/test/resources/golden-functional/graph" + i + ".json");
      models.add((Config) Config.parse(Files.readString(file)).get("config"));
      Model.fromJson(models.get(i).toJson());
    }
  }

  @Test
  void alteredGraphs() {
    ConfigMutations mutations = new ConfigMutations(SEED);
    for (int i = 0; i < MUTATIONS; i++) {
      Config model = models.get(i % models.size());
      String json = mutations.of(model, names(model)).toJson();
      attempt(i, () -> Model.fromJson(json));
    }

    report("configs of functional models");
  }

  /** The weights are those of the model before it was altered. */
  @Test
  void alteredGraphsWithWeights() {
    ConfigMutations mutations = new ConfigMutations(SEED + 1);
    List<KerasArchive> archives =
        models.stream().map(model -> ModelArchive.of(Model.fromJson(model.toJson()))).toList();
    for (int i = 0; i < MUTATIONS / 2; i++) {
      Config model = models.get(i % models.size());
      Config altered = mutations.of(model, names(model));
      KerasArchive archive =
          new KerasArchive(altered, archives.get(i % models.size()).layers(), null);
      attempt(i, () -> Model.of(archive));
    }

    report("configs of functional models with weights");
  }

  private void attempt(int number, Runnable opening) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = threads.getThreadAllocatedBytes(thread);
    long start = System.nanoTime();
    try {
      opening.run();
      opened++;
    } catch (IllegalArgumentException | CheckpointException e) {
      refused++;
    } catch (RuntimeException | Error e) {
      fail("Mutation %d ended in %s".formatted(number, e), e);
    }

    longest = Math.max(longest, System.nanoTime() - start);
    mostBytes = Math.max(mostBytes, threads.getThreadAllocatedBytes(thread) - bytes);
    assertTrue(longest < LONGEST.toNanos(), () -> "Mutation " + number + " took " + longest);
    assertTrue(mostBytes < MOST_BYTES, () -> "Mutation " + number + " allocated " + mostBytes);
  }

  private void report(String what) {
    System.out.printf(
        "%d altered %s: %d refused, %d opened, at most %.1f ms and %.1f MB%n",
        opened + refused, what, refused, opened, longest / 1e6, mostBytes / 1048576.0);
    assertTrue(refused > 0 && opened > 0);
  }

  private static List<String> names(Config model) {
    List<?> layers = (List<?>) ((Config) model.get("config")).get("layers");
    return layers.stream().map(layer -> String.valueOf(((Config) layer).get("name"))).toList();
  }

  /** The first place in the graph of input, one, two, sum that is {@code from} becomes another. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ["input",0,0] | ["two",0,0] | The model functional has a cycle: the layer 'one' depends on its own output
          ["one",0,0] | ["nope",0,0] | The model functional reads the output of the layer 'nope', which it does not have. Layers: [input, one, two, sum]
          ["one",0,0] | ["one",1,0] | The model functional reads call 1 of the layer 'one', which is called 1 times
          ["one",0,0] | ["one",2147483647,0] | The model functional reads call 2147483647 of the layer 'one', which is called 1 times
          ["one",0,0] | ["one",0,1] | The model functional reads output 1 of the layer 'one', which has 1
          ["input",0,0] | ["input",0,3] | The model functional reads output 3 of the layer 'input', which has 1
          ["one",0,0] | ["one",-1,0] | The layer 'two': a place in the graph must be a list of a layer's name, the index of a call and that of an output. Received: [one, -1, 0]
          ["one",0,0] | ["one",0.5,0] | The layer 'two': a place in the graph must be a list of a layer's name, the index of a call and that of an output. Received: [one, 0.5, 0]
          ["one",0,0] | 7 | The layer 'two' is called on what is no output of a layer. Received:
          "output_layers":["sum",0,0] | "output_layers":["sum"] | The model functional, output_layers: a place in the graph must be a list of a layer's name, the index of a call and that of an output. Received: [sum]
          "name":"two","inbound_nodes" | "name":"one","inbound_nodes" | The model functional has two layers of the name 'one'. All must differ
          "inbound_nodes":[{ | "inbound_nodes":[7,{ | The layer 'one': 'inbound_nodes' must be a list of objects. Received:
          "units":3 | "units":2147483648 | Dense: 'units' must be an integer
          """)
  void aBrokenGraphIsRefusedBySayingWhatIsWrong(String from, String to, String expected) {
    KerasTensor input = Input.of(2).name("input").output();
    KerasTensor one = Dense.of(3).name("one").call(input);
    KerasTensor two = Dense.of(3).name("two").call(one);
    String json = new Model(input, Add.of().name("sum").call(List.of(one, two))).toJson();
    assertTrue(json.contains(from), json);
    int at = json.indexOf(from);
    String altered = json.substring(0, at) + to + json.substring(at + from.length());
    String message =
        assertThrows(IllegalArgumentException.class, () -> Model.fromJson(altered)).getMessage();
    assertTrue(message.startsWith(expected), message);
  }

  /** Each level calls the one below twice, so that the calls are 2^levels. */
  @Test
  void modelsWithinModelsAreCounted() {
    KerasTensor input = Input.of(2).output();
    Model model = new Model(input, Dense.of(2).call(input));
    for (int level = 0; level < 12; level++) {
      model = twice(model);
    }

    Model reread = Model.fromJson(model.toJson());
    assertEquals(model.toJson(), reread.toJson());
    Model large = model;
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  Model next = large;
                  for (int level = 0; level < 1000; level++) {
                    next = twice(next);
                  }
                })
            .getMessage();
    assertTrue(message.endsWith("those of the models within it counted. Allowed: 100000"), message);
  }

  private static Model twice(Model model) {
    KerasTensor input = Input.of(2).output();
    return new Model(input, model.call(model.call(input)));
  }

  @Test
  void aGraphMayBeDeeperThanTheStack() throws InterruptedException {
    KerasTensor input = Input.of(1).output();
    KerasTensor end = input;
    for (int i = 0; i < 4000; i++) {
      end = Dense.of(1).name("d" + i).call(end);
    }

    KerasTensor output = end;
    List<Object> done = new ArrayList<>();
    Thread small =
        new Thread(
            null,
            () -> {
              Model model = new Model(input, output);
              done.add(Model.fromJson(model.toJson()).toJson().equals(model.toJson()));
            },
            "small-stack",
            256 << 10);
    small.start();
    small.join();
    assertEquals(List.of(true), done);
  }
}
