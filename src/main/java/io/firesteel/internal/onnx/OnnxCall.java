package io.firesteel.internal.onnx;

import io.firesteel.layers.CallOptions;
import io.firesteel.layers.Layer;
import io.firesteel.layers.WeightSpec;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call of a layer that is to be said in ONNX: what the layer is, what it reads, its weights. */
final class OnnxCall {

  private final OnnxGraph graph;
  private final Layer layer;
  private final Config config;
  private final String path;
  private final List<String> inputs;
  private final List<@Nullable String> masks;
  private final List<Shape> shapes;
  private final Shape output;
  private final List<WeightSpec> specs;
  private final List<float[]> values;
  private final Map<String, String> known;
  private final CallOptions options;

  /**
   * Creates a call.
   *
   * @param path the name of the layer in the network, with those of the models around it
   * @param inputs the tensors that it reads
   * @param masks the mask of each, or null
   * @param shapes the shape of a row of each
   * @param values the values of the layer's weights
   * @param known the tensors of weights that are in the graph, by name
   * @param options the arguments of the call that are no tensors
   */
  OnnxCall(
      OnnxGraph graph,
      Layer layer,
      String path,
      List<String> inputs,
      List<@Nullable String> masks,
      List<Shape> shapes,
      List<float[]> values,
      Map<String, String> known,
      CallOptions options) {
    this.graph = graph;
    this.layer = layer;
    this.config = layer.getConfig();
    this.path = path;
    this.inputs = inputs;
    this.masks = masks;
    this.shapes = shapes;
    this.output = options.outputShape(layer, shapes);
    this.specs = layer.weights(shapes);
    this.values = values;
    this.known = known;
    this.options = options;
  }

  /** Returns a call of a layer inside this one. */
  OnnxCall inside(
      Layer inner, String name, String input, @Nullable String mask, Shape shape, int firstWeight) {
    return inside(inner, name, List.of(input), mask, List.of(shape), firstWeight);
  }

  /**
   * Returns a call of a layer of several inputs inside this one, of which the first has the mask.
   */
  OnnxCall inside(
      Layer inner,
      String name,
      List<String> given,
      @Nullable String mask,
      List<Shape> ofGiven,
      int firstWeight) {
    List<@Nullable String> innerMasks = new ArrayList<>();
    innerMasks.add(mask);
    int count = inner.weights(ofGiven).size();
    return new OnnxCall(
        graph,
        inner,
        path + "/" + name,
        given,
        innerMasks,
        ofGiven,
        values.subList(firstWeight, firstWeight + count),
        known,
        CallOptions.NONE);
  }

  /** Returns the same call of another layer with other weights. */
  OnnxCall as(Layer other, List<float[]> weights) {
    return new OnnxCall(graph, other, path, inputs, masks, shapes, weights, known, options);
  }

  /** Returns the number of weights. */
  int weights() {
    return values.size();
  }

  OnnxGraph graph() {
    return graph;
  }

  Layer layer() {
    return layer;
  }

  String path() {
    return path;
  }

  /** Returns the arguments of the layer; each call returns a reader of its own. */
  ConfigReader config() {
    return config.reader(layer.getClass().getSimpleName());
  }

  List<String> inputs() {
    return inputs;
  }

  /** Returns the tensor of the first input. */
  String input() {
    return inputs.get(0);
  }

  @Nullable String mask() {
    return masks.get(0);
  }

  List<@Nullable String> masks() {
    return masks;
  }

  List<Shape> shapes() {
    return shapes;
  }

  /** Returns the shape of a row of the first input. */
  Shape shape() {
    return shapes.get(0);
  }

  /** Tells whether no step of the query sees a later one of the value. */
  boolean isCausal() {
    return options.useCausalMask();
  }

  /** Tells whether vectors become scores of ids. */
  boolean isReverse() {
    return options.reverse();
  }

  /** Tells whether the scores of attention are an output, too. */
  boolean hasScores() {
    return options.returnAttentionScores();
  }

  /** Returns several outputs one after the other in a row, as the layer's output has them. */
  String row(List<String> outputs) {
    if (outputs.size() == 1) {
      return outputs.get(0);
    }

    List<Shape> each = options.outputShapes(layer, shapes);
    String[] flat = new String[outputs.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = graph.reshape(outputs.get(i), Shape.of(each.get(i).size()));
    }

    return graph.op("Concat", Map.of("axis", 1), flat);
  }

  /** Returns the shape of a row of the output. */
  Shape output() {
    return output;
  }

  boolean hasWeight(String name) {
    return specs.stream().anyMatch(spec -> spec.name().equals(name));
  }

  private int index(String name) {
    for (int i = 0; i < specs.size(); i++) {
      if (specs.get(i).name().equals(name)) {
        return i;
      }
    }

    throw new IllegalStateException("The layer %s has no weight %s".formatted(path, name));
  }

  /** Returns the values of a weight. */
  float[] values(String name) {
    return values.get(index(name));
  }

  /** Returns the values of a weight by its place, where several parts have one of that name. */
  float[] values(int place) {
    return values.get(place);
  }

  /** Returns the shape of a weight. */
  Shape shapeOf(String name) {
    return specs.get(index(name)).shape();
  }

  /** Returns a weight as it is. */
  String weight(String name) {
    return constant(name, values(name), shapeOf(name).dims());
  }

  /** Returns a constant of the layer, which all its calls share. */
  String constant(String name, float[] numbers, int... dims) {
    return known.computeIfAbsent(path + "/" + name, key -> graph.floats(key, numbers, dims));
  }

  IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(
        "export: the layer '%s' can't be said in ONNX, as %s".formatted(path, what));
  }
}
