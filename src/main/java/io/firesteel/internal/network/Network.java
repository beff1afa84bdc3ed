package io.firesteel.internal.network;

import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.WeightSpec;
import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import io.firesteel.saving.Config;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A graph of layers with its shapes, the order of its variables, the losses and the metrics. It
 * holds no values, is immutable, and serves any number of threads: each works with a {@link
 * #newPass} of its own.
 */
public final class Network {

  private final LayerGraph model;
  private final Graph graph;
  private final List<NetworkOutput> outputs;
  private final Map<Integer, Double> classWeight;
  private final int denseWidth;
  private final int sparseWidth;
  private final int labelWidth;
  private final Shape inputShape;
  private final Shape outputShape;
  private final Objectives objectives;
  private final GradientPlan gradientPlan;
  private final int[] gradientPlaces;

  private Network(LayerGraph model, List<Objective> given, Map<Integer, Double> classWeight) {
    this.model = model;
    this.graph = Graph.of(model);
    this.outputs = outputs(model, graph, given);
    this.sparseWidth = inputs().stream().filter(InputLayer::isSparse).mapToInt(Network::size).sum();
    this.denseWidth = inputs().stream().mapToInt(Network::size).sum() - sparseWidth;
    this.labelWidth = outputs.stream().mapToInt(NetworkOutput::labelWidth).sum();
    this.inputShape = one(graph.inputs().stream().map(InputLayer::shape).toList());
    this.outputShape = one(graph.outputShapes());
    this.classWeight = Map.copyOf(classWeight);
    this.objectives = new Objectives(this, hasActivity(graph));
    this.gradientPlan = new GradientPlan(graph.nodes(), graph.outputIndices());
    this.gradientPlaces = new int[variables().size()];
    int next = 0;
    for (int i = 0; i < gradientPlaces.length; i++) {
      gradientPlaces[i] = variables().get(i).trainable() ? next++ : -1;
    }

    ClassWeights.check(classWeight, this);
  }

  private static int size(InputLayer input) {
    return input.shape().size();
  }

  /** Returns the shape of what has several parts: the only one's, or that of all their values. */
  private static Shape one(List<Shape> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : Shape.of(parts.stream().mapToInt(Shape::size).reduce(0, Math::addExact));
  }

  private static boolean hasActivity(Graph graph) {
    return graph.nodes().stream().anyMatch(node -> node.layer().activityRegularizer() != null);
  }

  private static List<NetworkOutput> outputs(
      LayerGraph model, Graph graph, List<Objective> objectives) {
    List<NetworkOutput> outputs = new ArrayList<>();
    int label = 0;
    int state = 0;
    for (int k = 0; k < objectives.size(); k++) {
      Node node = graph.outputs().get(k);
      String name = model.outputNames().get(k);
      int place = graph.outputIndices().get(k);
      NetworkOutput output = new NetworkOutput(name, place, node, objectives.get(k), label, state);
      requireMaskOfSamples(node, output);
      outputs.add(output);
      label += output.labelWidth();
      state += output.stateSize();
    }

    return List.copyOf(outputs);
  }

  private static void requireMaskOfSamples(Node node, NetworkOutput output) {
    Shape mask = node.keepsMask() ? node.mask() : null;
    if (mask != null && mask.size() != output.samplesPerRow()) {
      throw new IllegalArgumentException(
          "The mask of the output '%s' must have a value for each sample. Received: a mask of shape %s for an output of shape %s"
              .formatted(output.name(), mask, output.shape()));
    }
  }

  /**
   * Returns the network of a model.
   *
   * @param objectives what is measured of each output, in order
   * @throws IllegalArgumentException if a layer does not take what it is called on, names are
   *     missing or not unique, or objectives don't fit the outputs
   */
  public static Network of(LayerGraph model, List<Objective> objectives) {
    return new Network(model, objectives, Map.of());
  }

  /**
   * Returns the network of a stack of layers.
   *
   * @param modelName the first part of the variables' paths
   * @param inputShape the shape of one row of features
   * @param layers the layers, each with its name
   * @param loss what training minimizes
   * @param metrics what is measured besides
   * @throws IllegalArgumentException if a layer does not take the output of the one before it, or
   *     names are missing or not unique
   */
  public static Network of(
      String modelName, Shape inputShape, List<Layer> layers, Loss loss, List<Metric> metrics) {
    return of(modelName, inputShape, layers, loss, metrics, List.of());
  }

  /**
   * Returns the network of a stack of layers.
   *
   * @param modelName the first part of the variables' paths
   * @param inputShape the shape of one row of features
   * @param layers the layers, each with its name
   * @param loss what training minimizes
   * @param metrics what is measured besides, without sample weights
   * @param weightedMetrics what is measured with sample weights
   * @throws IllegalArgumentException if a layer does not take the output of the one before it, or
   *     names are missing or not unique
   */
  public static Network of(
      String modelName,
      Shape inputShape,
      List<Layer> layers,
      Loss loss,
      List<Metric> metrics,
      List<Metric> weightedMetrics) {
    return of(
        LayerGraph.chain(modelName, inputShape, layers),
        List.of(new Objective(loss, 1.0, metrics, weightedMetrics)));
  }

  /**
   * Rebuilds a network.
   *
   * @throws IllegalArgumentException if a part is unknown or does not fit the others
   */
  public static Network of(NetworkSpec spec) {
    return new Network(
        GraphReader.read(Config.parse(spec.model())),
        spec.outputs().stream().map(Objective::of).toList(),
        spec.classWeight());
  }

  /** Returns what rebuilds this network elsewhere. */
  public NetworkSpec spec() {
    return new NetworkSpec(
        GraphConfig.serialize(OpenLengths.closed(model), true).toJson(),
        outputs.stream().map(output -> output.objective().spec()).toList(),
        classWeight);
  }

  /** Returns the first part of the variables' paths. */
  public String modelName() {
    return model.name();
  }

  /** Returns the model's layers and calls. */
  public LayerGraph model() {
    return model;
  }

  /** Returns the inputs, in order. */
  public List<InputLayer> inputs() {
    return graph.inputs();
  }

  /** Returns the shape of one row of features: of several inputs, that of all their values. */
  public Shape inputShape() {
    return inputShape;
  }

  /** Returns the number of values of all inputs that are not sparse. */
  int denseWidth() {
    return denseWidth;
  }

  /** Returns the number of values of all sparse inputs, zeros included. */
  int sparseWidth() {
    return sparseWidth;
  }

  /**
   * Tells whether rows of features end in sparse ones, of which only the entries are held: {@code
   * Input(shape, sparse=True)}.
   */
  public boolean isSparse() {
    return sparseWidth > 0;
  }

  /** Returns the layers, input layers included. */
  public List<Layer> layers() {
    return model.layers();
  }

  /** Returns the outputs, in order. */
  public List<NetworkOutput> outputs() {
    return outputs;
  }

  /** Returns the names of the outputs, in order. */
  public List<String> outputNames() {
    return outputs.stream().map(NetworkOutput::name).toList();
  }

  /** Returns the shape of one row of predictions: of several outputs, that of all their values. */
  public Shape outputShape() {
    return outputShape;
  }

  /** Returns the number of labels of a row. */
  public int labelWidth() {
    return labelWidth;
  }

  /** Returns the loss of a network of one output. */
  public Loss loss() {
    return Objects.requireNonNull(outputs.get(0).loss());
  }

  /** Returns the metrics of all outputs; of each, those that sample weights count in last. */
  public List<Metric> metrics() {
    return outputs.stream().flatMap(output -> output.metrics().stream()).toList();
  }

  /** Returns the names under which {@link #metrics} are logged, in the same order. */
  public List<String> metricNames() {
    boolean several = outputs.size() > 1;
    return outputs.stream().flatMap(output -> output.logNames(several).stream()).toList();
  }

  /** Returns the index of the first metric of the first output that sample weights count in. */
  public int firstWeightedMetric() {
    return outputs.get(0).firstWeightedMetric();
  }

  /** Returns the weights of rows by the class of their label, empty for none. */
  Map<Integer, Double> classWeight() {
    return classWeight;
  }

  /** Returns the losses as sums and as numbers. */
  public Objectives objectives() {
    return objectives;
  }

  /** Returns the number of sums of all metrics, and of what else is added up with them. */
  public int metricsSize() {
    return objectives.size();
  }

  /** Returns all variables in Keras's order: by layer, the kernel before the bias. */
  public List<NetworkVariable> variables() {
    return graph.variables();
  }

  GradientPlan gradientPlan() {
    return gradientPlan;
  }

  /** Returns the index of each variable's gradient among the sums, -1 for one without. */
  int[] gradientPlaces() {
    return gradientPlaces;
  }

  /**
   * Returns new variables with their start values. Each has random numbers of its own, made from
   * the seed and its index, unless its initializer has a seed. Those that a nested model brings
   * along share its values.
   */
  public List<Variable> createVariables(long seed) {
    List<Variable> created = new ArrayList<>();
    for (NetworkVariable variable : variables()) {
      Variable shared = variable.shared();
      WeightSpec weight = variable.weight();
      float[] values =
          shared == null
              ? weight.initializer().call(weight.shape(), RandomStream.of(seed, created.size()))
              : shared.values();
      created.add(variable.around(values));
    }

    return created;
  }

  /**
   * Moves the layers' statistics: value = value * momentum + measured * (1 - momentum), where
   * measured is the mean over all rows of what their shards measured. To be called once a step, on
   * the driver.
   *
   * @param values the network's variables
   * @param sums the arrays of {@link GradientSums#statistics}
   * @param rows the number of rows in the sums
   */
  public void moveStatistics(List<Variable> values, float[][] sums, long rows) {
    int next = 0;
    for (Node node : graph.nodes()) {
      for (int w = 0; w < node.weights().size(); w++) {
        Double momentum = node.weights().get(w).momentum();
        if (momentum != null && node.measures(w)) {
          move(values.get(node.firstVariable() + w).values(), sums[next++], rows, momentum);
        }
      }
    }
  }

  private static void move(float[] values, float[] sum, long rows, double momentum) {
    float stays = (float) momentum;
    float comes = (float) (1.0 - momentum);
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * stays + sum[i] / rows * comes;
    }
  }

  /** Returns what {@link NetworkPass#computeGradients} fills. */
  public GradientSums newGradientSums() {
    List<NetworkVariable> trained =
        variables().stream().filter(NetworkVariable::trainable).toList();
    float[][] gradients = new float[trained.size()][];
    RowSums[] rowSums = new RowSums[trained.size()];
    for (int i = 0; i < gradients.length; i++) {
      NetworkVariable variable = trained.get(i);
      rowSums[i] = variable.byRows() ? variable.newRowSums() : null;
      gradients[i] = new float[variable.byRows() ? 0 : variable.weight().shape().size()];
    }

    float[][] statistics =
        statistics().stream()
            .map(weight -> new float[weight.shape().size()])
            .toArray(float[][]::new);
    return new GradientSums(gradients, rowSums, statistics, newTotals());
  }

  /** Returns what is measured in each call of a layer, in the order of the calls. */
  private List<WeightSpec> statistics() {
    List<WeightSpec> statistics = new ArrayList<>();
    for (Node node : graph.nodes()) {
      for (int w = 0; w < node.weights().size(); w++) {
        if (node.measures(w)) {
          statistics.add(node.weights().get(w));
        }
      }
    }

    return statistics;
  }

  /** Returns what {@link NetworkPass#evaluate} fills. */
  public Totals newTotals() {
    return Totals.zeros(metricsSize());
  }

  /** Returns buffers and methods for one thread. */
  public NetworkPass newPass() {
    return new NetworkPass(this, null);
  }

  /**
   * Returns the same for predictions of one row at a time.
   *
   * @param matrices one for each variable, null where it is used as it is
   */
  public NetworkPass newSingleRowPass(@Nullable MatrixRows[] matrices) {
    return new NetworkPass(this, matrices);
  }

  /** Returns the calls of layers that compute, each after those that it reads. */
  public List<PlacedCall> calls() {
    return graph.nodes().stream().map(PlacedCall::of).toList();
  }

  List<Node> nodes() {
    return graph.nodes();
  }
}
