package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.layers.WeightSpec;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A stack of layers with its shapes, the order of its variables, the loss and the metrics. It holds
 * no values, is immutable, and serves any number of threads: each works with a {@link #newPass} of
 * its own.
 */
public final class Network {

  private final String modelName;
  private final Shape inputShape;
  private final List<Layer> layers;
  private final Stack stack;
  private final Loss loss;
  private final List<Metric> metrics;
  private final int firstWeighted;
  private final Map<Integer, Double> classWeight;

  private Network(
      String modelName,
      Shape inputShape,
      List<Layer> layers,
      Loss loss,
      List<Metric> metrics,
      List<Metric> weightedMetrics,
      Map<Integer, Double> classWeight) {
    this.modelName = modelName;
    this.inputShape = inputShape;
    this.layers = List.copyOf(layers);
    this.loss = loss;
    this.stack = Stack.of(modelName, inputShape, layers);
    this.metrics =
        Stream.concat(metrics.stream(), weightedMetrics.stream())
            .map(metric -> metric.forWidth(outputWidth()))
            .toList();
    this.firstWeighted = metrics.size();
    this.classWeight = Map.copyOf(classWeight);
    ClassWeights.check(classWeight, this);
  }

  /**
   * Returns a network.
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
   * Returns a network.
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
    return new Network(modelName, inputShape, layers, loss, metrics, weightedMetrics, Map.of());
  }

  /**
   * Rebuilds a network.
   *
   * @throws IllegalArgumentException if a part is unknown or does not fit the others
   */
  public static Network of(NetworkSpec spec) {
    return new Network(
        spec.modelName(),
        Shape.of(spec.inputShape()),
        spec.layers().stream().map(Layers::get).toList(),
        Losses.get(spec.loss()),
        spec.metrics().stream().map(Metrics::get).toList(),
        spec.weightedMetrics().stream().map(Metrics::get).toList(),
        spec.classWeight());
  }

  /** Returns what rebuilds this network elsewhere. */
  public NetworkSpec spec() {
    return new NetworkSpec(
        modelName,
        Arrays.stream(inputShape.dims()).boxed().toList(),
        layers.stream().map(layer -> Layers.serialize(layer).toJson()).toList(),
        Losses.serialize(loss).toJson(),
        serialized(metrics.subList(0, firstWeighted)),
        serialized(metrics.subList(firstWeighted, metrics.size())),
        classWeight);
  }

  private static List<String> serialized(List<Metric> metrics) {
    return metrics.stream().map(metric -> Metrics.serialize(metric).toJson()).toList();
  }

  /** Returns the first part of the variables' paths. */
  public String modelName() {
    return modelName;
  }

  /** Returns the shape of one row of features. */
  public Shape inputShape() {
    return inputShape;
  }

  /**
   * Tells whether rows of features end in sparse ones, of which only the entries are held: {@code
   * Input(shape, sparse=True)}.
   */
  public boolean isSparse() {
    return stack.isSparse();
  }

  /** Returns the layers, an input layer included. */
  public List<Layer> layers() {
    return layers;
  }

  /** Returns the shape of one row of predictions. */
  public Shape outputShape() {
    return stack.output();
  }

  /** Returns the length of a vector of predictions along the last axis. */
  public int outputWidth() {
    return outputShape().rank() == 0 ? 1 : outputShape().dim(-1);
  }

  /** Returns the samples of a row: the product of the output's extents without the last. */
  public int samplesPerRow() {
    return outputShape().size() / outputWidth();
  }

  /** Returns the number of labels of a row. */
  public int labelWidth() {
    return samplesPerRow() * loss.labelWidth(outputWidth());
  }

  /** Returns the loss. */
  public Loss loss() {
    return loss;
  }

  /** Returns the metrics, those that sample weights count in last. */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Returns the index of the first metric that sample weights count in. */
  public int firstWeightedMetric() {
    return firstWeighted;
  }

  /** Returns the weights of rows by the class of their label, empty for none. */
  Map<Integer, Double> classWeight() {
    return classWeight;
  }

  /** Returns the number of sums that all metrics have together. */
  public int metricsSize() {
    int size = 0;
    for (Metric metric : metrics) {
      size += metric.stateSize();
    }

    return size;
  }

  /** Returns all variables in Keras's order: by layer, the kernel before the bias. */
  public List<NetworkVariable> variables() {
    return stack.variables();
  }

  /**
   * Returns new variables with their start values. Each has random numbers of its own, made from
   * the seed and its index, unless its initializer has a seed.
   */
  public List<Variable> createVariables(long seed) {
    List<Variable> created = new ArrayList<>();
    for (NetworkVariable variable : variables()) {
      WeightSpec weight = variable.weight();
      float[] values =
          weight.initializer().call(weight.shape(), RandomStream.of(seed, created.size()));
      created.add(
          Variable.builder(weight.name(), variable.path(), weight.shape())
              .trainable(weight.trainable())
              .regularizer(weight.regularizer())
              .constraint(weight.constraint())
              .build(values));
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
    List<NetworkVariable> known = variables();
    int next = 0;
    for (int i = 0; i < known.size(); i++) {
      Double momentum = known.get(i).weight().momentum();
      if (momentum != null) {
        move(values.get(i).values(), sums[next++], rows, momentum);
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
        variables().stream()
            .filter(NetworkVariable::isStatistic)
            .map(variable -> new float[variable.weight().shape().size()])
            .toArray(float[][]::new);
    return new GradientSums(gradients, rowSums, statistics, newTotals());
  }

  /** Returns what {@link NetworkPass#evaluate} fills. */
  public Totals newTotals() {
    return Totals.zeros(metricsSize());
  }

  /** Returns buffers and methods for one thread. */
  public NetworkPass newPass() {
    return new NetworkPass(this);
  }

  List<Stage> stages() {
    return stack.stages();
  }
}
