package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.network.GraphShapes;
import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.LayerNames;
import io.firesteel.internal.network.NestedModel;
import io.firesteel.internal.saving.CountingLayer;
import io.firesteel.internal.saving.KerasNames;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.SpectralNormalization;
import io.firesteel.layers.WeightSpec;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a file has the variables of a model's layers: those of a layer in a group of its own, those
 * of a nested model's layers and of the parts of a layer in groups within it.
 */
final class SavedLayers {

  private static final Logger LOG = LoggerFactory.getLogger(SavedLayers.class);

  private final String model;
  private final LayerGraph graph;
  private final List<Variable> variables;
  private int next;

  SavedLayers(String model, LayerGraph graph, List<Variable> variables) {
    this.model = model;
    this.graph = graph;
    this.variables = variables;
  }

  /** Returns copies of the values of all layers, in order. */
  static List<Weights> of(LayerGraph graph, List<Variable> variables) {
    List<Weights> all = new ArrayList<>();
    new SavedLayers(graph.name(), graph, variables)
        .groups()
        .forEach(
            (layer, parts) -> {
              List<Part> copies = new ArrayList<>();
              parts.forEach((path, own) -> copies.add(new Part(path, copies(own))));
              List<Variable> ownCopies = copies(parts.getOrDefault("", List.of()));
              copies.removeIf(part -> part.path().isEmpty());
              String name = String.valueOf(layer.name());
              all.add(new Weights(LayerNames.className(layer), name, ownCopies, copies));
            });
    return all;
  }

  private static List<Variable> copies(List<Variable> variables) {
    return variables.stream().map(Variable::copy).toList();
  }

  /** Returns the variables of each layer by the group within the layer's. */
  private Map<Layer, Map<String, List<Variable>>> groups() {
    next = 0;
    Map<Layer, Map<String, List<Variable>>> groups = new LinkedHashMap<>();
    List<List<Shape>> shapes = GraphShapes.of(graph);
    for (int l = 0; l < graph.layers().size(); l++) {
      Map<String, List<Variable>> own = new LinkedHashMap<>();
      add(graph, shapes, l, "", own);
      groups.put(graph.layers().get(l), own);
    }

    return groups;
  }

  /** Adds the variables of a layer; Keras writes the kernel of a spectral normalization twice. */
  private void add(
      LayerGraph owner,
      List<List<Shape>> shapes,
      int index,
      String path,
      Map<String, List<Variable>> groups) {
    Layer layer = owner.layers().get(index);
    groups.computeIfAbsent(path, key -> new ArrayList<>());
    if (layer instanceof NestedModel nested) {
      addNested(nested.graph(), nested.isOfSteps() ? join(path, "layer") : path, groups);
      return;
    }

    if (layer instanceof InputLayer) {
      return;
    }

    List<Shape> inputs =
        owner.calls().stream()
            .filter(call -> call.layer() == index)
            .findFirst()
            .orElseThrow()
            .inputs()
            .stream()
            .map(source -> shapes.get(source.call()).get(source.output()))
            .toList();
    for (WeightSpec weight : layer.weights(inputs)) {
      String group = join(path, weight.part());
      groups.computeIfAbsent(group, key -> new ArrayList<>()).add(variables.get(next++));
    }

    if (layer instanceof SpectralNormalization) {
      Variable kernel = groups.getOrDefault(join(path, "layer"), List.of()).get(0);
      groups.computeIfAbsent(path, key -> new ArrayList<>()).add(0, kernel);
    }

    if (layer instanceof CountingLayer counting) {
      for (String counter : counting.savedCounters()) {
        groups
            .computeIfAbsent(path, key -> new ArrayList<>())
            .add(Variable.integer(counter, layer.name() + "/" + counter, 0));
      }
    }
  }

  private void addNested(LayerGraph inner, String path, Map<String, List<Variable>> groups) {
    KerasNames.Groups names = new KerasNames.Groups();
    List<List<Shape>> shapes = GraphShapes.of(inner);
    for (int l = 0; l < inner.layers().size(); l++) {
      Layer layer = inner.layers().get(l);
      if (!(inner.sequential() && layer instanceof InputLayer)) {
        String group = join(join(path, "layers"), names.next(LayerNames.className(layer)));
        add(inner, shapes, l, group, groups);
      }
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "/" + name;
  }

  /**
   * Sets the values of all layers.
   *
   * @throws IllegalArgumentException if the file has not the same variables
   */
  void restore(List<Weights> saved) {
    restore(saved, false);
  }

  /**
   * Sets the values of all layers, or of those whose variables fit.
   *
   * @param skipMismatch whether a layer whose variables are others keeps its values
   * @return the names of the layers that keep them
   * @throws IllegalArgumentException if the file has not the same variables and none may be skipped
   */
  List<String> restore(List<Weights> saved, boolean skipMismatch) {
    Map<Layer, Map<String, List<Variable>>> groups = groups();
    List<Layer> layers = new ArrayList<>(groups.keySet());
    if (graph.sequential()) {
      layers.removeIf(InputLayer.class::isInstance);
    }

    List<Weights> given =
        saved.stream()
            .filter(w -> !graph.sequential() || !w.className().equals("InputLayer"))
            .toList();
    if (given.size() != layers.size()) {
      throw new IllegalArgumentException(
          "The model %s has %d layers, the file has %d"
              .formatted(model, layers.size(), given.size()));
    }

    List<String> skipped = new ArrayList<>();
    Map<Variable, float[]> values = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      Map<Variable, float[]> own = new LinkedHashMap<>();
      try {
        LayerValues.of(layers.get(i), groups.getOrDefault(layers.get(i), Map.of()), given.get(i))
            .addTo(own);
        values.putAll(own);
      } catch (IllegalArgumentException e) {
        if (!skipMismatch) {
          throw e;
        }

        skipped.add(String.valueOf(layers.get(i).name()));
        LOG.warn("Not loaded: {}", e.getMessage());
      }
    }

    values.forEach(Variable::assign);
    return skipped;
  }
}
