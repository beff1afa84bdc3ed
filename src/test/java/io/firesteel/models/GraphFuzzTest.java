package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.firesteel.checkpoint.CheckpointException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Altered configs of functional models: cycles, layers and nodes that are not there, absurd
 * numbers, values of other kinds, pieces left out or repeated. Each is read or refused with a
 * message, at once and without much memory. {@code -Dfiresteel.fuzz=N} sets the number.
 */
class GraphFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("firesteel.fuzz", 1000);
  private static final Path GRAPHS = Path.of("src/test/resources/golden-functional");
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long MOST_BYTES = 256 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Random random = new Random(20261127);

  @Test
  void alteredGraphsAreReadOrRefusedWithAMessage() throws IOException {
    List<JsonNode> graphs = graphs();
    assertTrue(graphs.size() > 5);
    graphs.forEach(graph -> Model.fromJson(graph.toString()));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    Map<String, String> faults = new TreeMap<>();
    int read = 0;
    int refused = 0;
    long longest = 0;
    long most = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      JsonNode graph = graphs.get(i % graphs.size()).deepCopy();
      for (int change = random.nextInt(3); change >= 0; change--) {
        alter(graph);
      }

      String json = graph.toString();
      long bytes = threads.getThreadAllocatedBytes(thread);
      long start = System.nanoTime();
      try {
        Model.fromJson(json);
        read++;
      } catch (IllegalArgumentException | CheckpointException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.length() > 10, message);
        refused++;
      } catch (RuntimeException | Error e) {
        faults.putIfAbsent(place(e), "mutation %d: %s".formatted(i, e));
      }

      longest = Math.max(longest, System.nanoTime() - start);
      most = Math.max(most, threads.getThreadAllocatedBytes(thread) - bytes);
      assertTrue(longest < LONGEST.toNanos(), json);
      assertTrue(most < MOST_BYTES, json);
    }

    assertEquals(Map.of(), faults);
    System.out.printf(
        "%d altered graphs: %d refused, %d read, at most %.1f ms and %.1f MB%n",
        MUTATIONS, refused, read, longest / 1e6, most / 1048576.0);
    assertTrue(refused > MUTATIONS / 10 && read > MUTATIONS / 100, refused + " and " + read);
  }

  /** Returns where an exception comes from, as far as it is ours. */
  private static String place(Throwable error) {
    return Arrays.stream(error.getStackTrace())
        .map(StackTraceElement::toString)
        .filter(frame -> frame.contains("io.firesteel."))
        .limit(2)
        .toList()
        .toString();
  }

  private static List<JsonNode> graphs() throws IOException {
    List<JsonNode> graphs = new ArrayList<>();
    try (Stream<Path> files = Files.list(GRAPHS)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        JsonNode config = JSON.readTree(file.toFile()).get("config");
        if (config != null && config.has("class_name")) {
          graphs.add(config);
        }
      }
    }

    return graphs;
  }

  private void alter(JsonNode graph) {
    List<ContainerNode<?>> all = new ArrayList<>();
    collect(graph, all);
    ContainerNode<?> place = all.get(random.nextInt(all.size()));
    if (place.isEmpty()) {
      return;
    }

    JsonNode other = all.get(random.nextInt(all.size())).deepCopy();
    if (place instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(6)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name, other);
        case 2 -> object.set(names.get(random.nextInt(names.size())), object.get(name));
        default -> object.set(name, value(graph));
      }
    } else if (place instanceof ArrayNode array) {
      int index = random.nextInt(array.size());
      switch (random.nextInt(6)) {
        case 0 -> array.remove(index);
        case 1 -> array.set(index, other);
        case 2 -> array.insert(random.nextInt(array.size()), array.get(index).deepCopy());
        case 3 -> repeat(array, index);
        default -> array.set(index, value(graph));
      }
    }
  }

  private void repeat(ArrayNode array, int index) {
    for (int i = 0; i < 300; i++) {
      array.add(array.get(index).deepCopy());
    }
  }

  private JsonNode value(JsonNode graph) {
    return switch (random.nextInt(12)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.numberNode(-1);
      case 2 -> NODES.numberNode(0);
      case 3 -> NODES.numberNode(Integer.MAX_VALUE);
      case 4 -> NODES.numberNode(Long.MAX_VALUE);
      case 5 -> NODES.numberNode(1e300);
      case 6 -> NODES.numberNode(1 + random.nextInt(5));
      case 7 -> NODES.textNode("");
      case 8 -> NODES.booleanNode(random.nextBoolean());
      default -> NODES.textNode(text(graph));
    };
  }

  /** Returns one of the texts of a graph, such as a layer's name or class. */
  private String text(JsonNode graph) {
    List<String> texts = new ArrayList<>();
    collectTexts(graph, texts);
    return texts.isEmpty() ? "none" : texts.get(random.nextInt(texts.size()));
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> all) {
    if (node instanceof ContainerNode<?> container) {
      all.add(container);
      container.forEach(child -> collect(child, all));
    }
  }

  private static void collectTexts(JsonNode node, List<String> texts) {
    if (node.isTextual()) {
      texts.add(node.textValue());
    }

    node.forEach(child -> collectTexts(child, texts));
  }
}
