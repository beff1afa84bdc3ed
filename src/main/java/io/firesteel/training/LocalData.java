package io.firesteel.training;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.data.Fingerprint;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.LocalGradientSource;
import io.firesteel.internal.gradients.SeparateValidation;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the memory of this process. They are ranked, dealt and permuted as those of a Spark data
 * set, so the same rows give the same weights, to the bit.
 *
 * <pre>{@code
 * model.fit(LocalData.of(features, labels).weights(weights));
 * }</pre>
 *
 * <p>The arrays are copied. An object is immutable; the methods that set something return another
 * one.
 */
public final class LocalData implements TrainingData {

  private final Shape featureShape;
  private final RowLayout layout;
  private final List<float[]> rows;
  private final int threads;
  private final @Nullable NamedArrays inputs;
  private final @Nullable NamedArrays outputs;
  private final @Nullable NamedArrays weights;

  private LocalData(Shape featureShape, RowLayout layout, List<float[]> rows, int threads) {
    this(featureShape, layout, rows, threads, null, null, null);
  }

  private LocalData(
      Shape featureShape,
      RowLayout layout,
      List<float[]> rows,
      int threads,
      @Nullable NamedArrays inputs,
      @Nullable NamedArrays outputs,
      @Nullable NamedArrays weights) {
    this.featureShape = featureShape;
    this.layout = layout;
    this.rows = rows;
    this.threads = threads;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = weights;
  }

  /**
   * Returns data of a model of several inputs and outputs, each with its values by name, as Keras
   * takes dictionaries of arrays.
   *
   * @param inputs the values of each input: one array a row, flattened in row-major order
   * @param labels the labels of each output likewise
   * @throws IllegalArgumentException if the rows of one differ in size, there are none, or a value
   *     is NaN or infinite
   */
  public static LocalData of(Map<String, float[][]> inputs, Map<String, float[][]> labels) {
    NamedArrays features = NamedArrays.of("input", inputs);
    NamedArrays targets = NamedArrays.of("output", labels);
    LocalData joined = of(features.join(inputs), targets.join(labels));
    return joined.named(features, targets);
  }

  /** Returns data of a model of several inputs and one output. */
  public static LocalData of(Map<String, float[][]> inputs, float[][] labels) {
    NamedArrays features = NamedArrays.of("input", inputs);
    return of(features.join(inputs), labels).named(features, null);
  }

  private LocalData named(@Nullable NamedArrays features, @Nullable NamedArrays targets) {
    return new LocalData(featureShape, layout, rows, threads, features, targets, null);
  }

  @Override
  public Map<String, Integer> inputWidths() {
    return inputs == null ? Map.of() : inputs.widths();
  }

  @Override
  public TrainingData readFor(Network network) {
    if (inputs == null && outputs == null && weights == null) {
      return this;
    }

    int[] places = NamedArrays.places(inputs, outputs, weights, layout, network);
    List<float[]> ordered = RowArrays.moved(rows, layout.width(), places);
    return new LocalData(
        inputs == null ? featureShape : network.inputShape(),
        weights == null ? layout : layout.withWeights(network.objectives().samplesPerRow()),
        ordered,
        threads);
  }

  /**
   * Returns data with one label a row.
   *
   * @throws IllegalArgumentException if the rows differ in size, there are none, there is not one
   *     label a row, or a value is NaN or infinite
   */
  public static LocalData of(float[][] features, float[] labels) {
    float[][] columns = new float[labels.length][];
    for (int row = 0; row < labels.length; row++) {
      columns[row] = new float[] {labels[row]};
    }

    return of(features, columns);
  }

  /**
   * Returns data with several labels a row.
   *
   * @throws IllegalArgumentException if the rows differ in size, there are none, there is not one
   *     array of labels a row, or a value is NaN or infinite
   */
  public static LocalData of(float[][] features, float[][] labels) {
    RowArrays.requireRows("labels", features.length, labels.length);
    if (features.length == 0) {
      throw new IllegalArgumentException("The data has no rows");
    }

    RowLayout layout = RowLayout.of(features[0].length, labels[0].length);
    List<float[]> rows = new ArrayList<>(features.length);
    for (int row = 0; row < features.length; row++) {
      RowArrays.requireValues("features", row, features[row], layout.featureWidth());
      RowArrays.requireValues("labels", row, labels[row], layout.labelWidth());
      rows.add(RowArrays.concat(features[row], labels[row]));
    }

    int processors = Runtime.getRuntime().availableProcessors();
    return new LocalData(Shape.of(layout.featureWidth()), layout, rows, processors);
  }

  /**
   * Returns data from row-major arrays.
   *
   * @param featureShape the shape of one row of features
   * @param labelWidth the number of labels of a row
   * @throws IllegalArgumentException if the lengths don't fit, there are no rows, or a value is NaN
   *     or infinite
   */
  public static LocalData of(Shape featureShape, float[] features, int labelWidth, float[] labels) {
    float[][] featureRows = RowArrays.cut("features", features, featureShape.size());
    float[][] labelRows = RowArrays.cut("labels", labels, labelWidth);
    return of(featureRows, labelRows).withShape(featureShape);
  }

  /**
   * Returns data with sparse features and one label a row, for a model that begins with {@code
   * Input.sparse(width)}.
   *
   * @param width the number of features, those that are zero included
   * @param indices the indices of each row's entries, ascending; what has none is zero
   * @param values the value of each entry; those of +0.0 are left out
   * @throws IllegalArgumentException if the arrays differ in size, there are no rows, an index is
   *     out of range or not above the one before it, or a value is NaN or infinite
   */
  public static LocalData ofSparse(int width, int[][] indices, float[][] values, float[] labels) {
    return ofSparse(new float[indices.length][0], width, indices, values, labels);
  }

  /**
   * Returns data with dense columns before sparse features; the model's input has all of them.
   *
   * @param before the dense columns, the first features of each row
   * @param width the number of sparse features, those that are zero included
   * @param indices the indices of each row's entries, ascending; what has none is zero
   * @param values the value of each entry; those of +0.0 are left out
   * @throws IllegalArgumentException if the arrays differ in size, there are no rows, an index is
   *     out of range or not above the one before it, or a value is NaN or infinite
   */
  public static LocalData ofSparse(
      float[][] before, int width, int[][] indices, float[][] values, float[] labels) {
    RowArrays.requireRows("labels", indices.length, labels.length);
    RowArrays.requireRows("values", indices.length, values.length);
    RowArrays.requireRows("dense features", indices.length, before.length);
    if (indices.length == 0) {
      throw new IllegalArgumentException("The data has no rows");
    }

    RowLayout layout = RowLayout.ofSparse(before[0].length, width, 1);
    List<float[]> rows = new ArrayList<>(indices.length);
    for (int row = 0; row < indices.length; row++) {
      RowArrays.requireValues("features", row, before[row], layout.featureWidth());
      RowArrays.requireValues("labels", row, new float[] {labels[row]}, 1);
      float[] fixed = RowArrays.concat(before[row], new float[] {labels[row]});
      rows.add(
          RowArrays.concat(fixed, SparseArrays.entries(row, width, indices[row], values[row])));
    }

    int processors = Runtime.getRuntime().availableProcessors();
    return new LocalData(Shape.of(layout.inputWidth()), layout, rows, processors);
  }

  /**
   * Returns this data with one weight a row.
   *
   * @throws IllegalArgumentException if there is not one a row, or one is negative, NaN or infinite
   */
  public LocalData weights(float... weights) {
    RowArrays.requireRows("weights", rows.size(), weights.length);
    return weights(RowArrays.cut("weights", weights, 1));
  }

  /**
   * Returns this data with one weight for each sample of a row: each time step of an output of
   * shape (steps, width), each vector along the last axis of a longer one. A model of several
   * outputs takes them for each.
   *
   * @param weights one array a row, as long as a row has samples; or of one weight, that of the row
   * @throws IllegalArgumentException if there is not one array a row, the arrays differ in size or
   *     are empty, or a weight is negative, NaN or infinite
   */
  public LocalData weights(float[][] weights) {
    return weighted(weights, null);
  }

  /**
   * Returns this data with weights for each output, of a row or for each of its samples, as Keras
   * takes a list of {@code sample_weight}.
   *
   * @param weights the weights of each output that has a loss, by its name
   * @throws IllegalArgumentException as {@link #weights(float[][])}; for names, when the data is
   *     used
   */
  public LocalData weights(Map<String, float[][]> weights) {
    NamedArrays named = NamedArrays.of("output", weights);
    return weighted(named.join(weights), named);
  }

  private LocalData weighted(float[][] weights, @Nullable NamedArrays named) {
    RowArrays.requireRows("weights", rows.size(), weights.length);
    int width = weights[0].length;
    if (width == 0) {
      throw new IllegalArgumentException("The weights must be at least one a row. Received: none");
    }

    List<float[]> weighted = RowArrays.withWeights(rows, layout, weights);
    return new LocalData(
        featureShape, layout.withWeights(width), weighted, threads, inputs, outputs, named);
  }

  /**
   * Returns this data with features of that shape, e.g. {@code 28, 28}.
   *
   * @throws IllegalArgumentException if its size is not the number of features of a row
   */
  public LocalData featureShape(int... dims) {
    return withShape(Shape.of(dims));
  }

  /**
   * Returns this data with gradients computed on that many threads, as many as processors unless
   * set. The results don't depend on it.
   */
  public LocalData threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be at least 1. Received: " + count);
    }

    return new LocalData(featureShape, layout, rows, count, inputs, outputs, weights);
  }

  @Override
  public boolean isSparse() {
    return layout.isSparse();
  }

  @Override
  public Shape featureShape() {
    return featureShape;
  }

  @Override
  public int labelWidth() {
    return layout.labelWidth();
  }

  @Override
  public int weightWidth() {
    return layout.weightWidth();
  }

  @Override
  public long rows() {
    return rows.size();
  }

  @Override
  public Config fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    rows.forEach(fingerprint::add);
    return fingerprint.toConfig(featureShape, layout);
  }

  @Override
  public FeatureMoments featureMoments() {
    if (isSparse()) {
      throw DataChecks.noMoments(this);
    }

    FeatureMoments moments = FeatureMoments.ofNoRows(layout.featureWidth());
    rows.forEach(moments::add);
    return moments;
  }

  /** Returns all rows in the order in which they were given, as one shard. */
  public ShardBlock block() {
    ShardBlock.Builder builder = ShardBlock.builder(0, rows.size(), layout);
    rows.forEach(builder::add);
    return builder.build();
  }

  @Override
  public BatchPlan evaluation(Network network, int batchSize) {
    BatchPlan ranked = BatchPlan.evaluation(rows.size(), batchSize);
    return network.objectives().isPerBatch() ? ranked.inGivenOrder() : ranked;
  }

  @Override
  public GradientSource open(
      NetworkSpec network,
      BatchPlan plan,
      @Nullable TrainingData validation,
      int validationBatchSize) {
    Network built = Network.of(network);
    LocalGradientSource.Shards training = dealt(built, plan);
    if (validation == null || validation instanceof LocalData) {
      LocalGradientSource.Shards other =
          validation instanceof LocalData rows
              ? rows.dealt(built, rows.evaluation(built, validationBatchSize))
              : null;
      return new LocalGradientSource(training, other, built, threads);
    }

    GradientSource other =
        validation.open(network, validation.evaluation(built, validationBatchSize));
    return new SeparateValidation(new LocalGradientSource(training, null, built, threads), other);
  }

  private LocalGradientSource.Shards dealt(Network network, BatchPlan plan) {
    DataChecks.check(this, network, plan);
    List<ShardBlock> blocks = RankedRows.deal(rows, layout, plan);
    for (ShardBlock block : blocks) {
      DataChecks.requireLabels(network, block);
    }

    return new LocalGradientSource.Shards(blocks, plan);
  }

  @Override
  public Split split(double fraction, long seed, boolean shuffle) {
    int first = (int) Split.trainingRows(rows(), fraction);
    List<float[]> ordered = shuffle ? RankedRows.of(rows, seed) : rows;
    return new Split(
        withRows(ordered.subList(0, first)), withRows(ordered.subList(first, ordered.size())));
  }

  @Override
  public LocalData first(long count) {
    return count >= rows.size() ? this : withRows(rows.subList(0, (int) count));
  }

  private LocalData withRows(List<float[]> part) {
    return new LocalData(featureShape, layout, part, threads, inputs, outputs, weights);
  }

  private LocalData withShape(Shape shape) {
    if (shape.size() != layout.inputWidth()) {
      throw new IllegalArgumentException(
          "The features have %d values a row. Received the shape: %s"
              .formatted(layout.inputWidth(), shape));
    }

    return new LocalData(shape, layout, rows, threads, inputs, outputs, weights);
  }

  /** Returns the number of rows and the shape of their features. */
  @Override
  public String toString() {
    return "LocalData(rows=%d, features=%s)".formatted(rows(), featureShape());
  }
}
