package io.firesteel.spark;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.network.Network;
import io.firesteel.models.Model;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.DatasetRows;
import io.firesteel.spark.internal.rows.GivenOrder;
import io.firesteel.spark.internal.rows.NetworkColumns;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.training.TrainingData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * A Spark data set to train on or to evaluate. Its rows are put in one order by their content and
 * dealt to shards, which stay cached on the executors while training runs; partitions and their
 * order have no part in the result.
 *
 * <pre>{@code
 * model.fit(ShardedDataset.of(df).features("pixels").label("digit"), ...)
 * model.fit(ShardedDataset.of(df).features("age", "income").labels("a", "b").weight("w"), ...)
 * model.fit(ShardedDataset.of(df).input("ids", "C1", "C2").input("numbers", "I1").label("click"), ...)
 * model.fit(
 *     ShardedDataset.of(df).input("user", "user_id").input("image", "pixels")
 *         .output("score", "rating").output("bought", "bought"), ...)
 * }</pre>
 *
 * <p>Values are converted to float32. Null, NaN, what is infinite in float32, negative weights and
 * arrays of different sizes are refused before training, with column and row. The data set is read
 * once, and again where executors are lost; its query must be deterministic.
 *
 * <p>Objects are immutable; the methods that set something return another one.
 */
public final class ShardedDataset extends SparkData {

  private static final int MOST_CLASSES = 100_000;

  private final Dataset<Row> dataset;
  private final RowColumns columns;
  private final List<String> orderBy;
  private final @Nullable Shape shape;
  private @Nullable DatasetRows rows;
  private @Nullable ShardedDataset ordered;
  private @Nullable ShardedDataset byName;

  private ShardedDataset(
      Dataset<Row> dataset, RowColumns columns, List<String> orderBy, @Nullable Shape shape) {
    this.dataset = dataset;
    this.columns = columns;
    this.orderBy = orderBy;
    this.shape = shape;
  }

  /**
   * Returns the rows of a data set, whose columns are still to be named.
   *
   * @throws IllegalArgumentException if it is a stream
   */
  public static ShardedDataset of(Dataset<Row> dataset) {
    if (dataset.isStreaming()) {
      throw new IllegalArgumentException("A streaming data set can't be trained on");
    }

    return new ShardedDataset(dataset, RowColumns.NONE, List.of(), null);
  }

  /**
   * Sets the columns of features: one column of vectors (of {@code spark.ml} or {@code
   * spark.mllib}, dense or sparse) or of arrays of numbers, or any number of columns of numbers.
   *
   * <p>For a model that begins with {@code Input.sparse} the last column must hold vectors, of
   * which only the entries that are not zero are held; columns of numbers may come before it. For
   * all other models vectors are made dense.
   */
  public ShardedDataset features(String... names) {
    return with(columns.withFeatures(List.of(names)));
  }

  /**
   * Adds the columns of one input of a model of several: one column of a number, of vectors or of
   * arrays, or several of a number each. An input that is sparse takes one column of vectors.
   *
   * @param input the name of the input layer, or the key of the input where the model has keys
   * @throws IllegalArgumentException if there are no columns, or the input has some already
   */
  public ShardedDataset input(String input, String... names) {
    return with(columns.withInputs(added("input", columns.inputs(), input, names)));
  }

  /**
   * Adds the columns of the labels of one output of a model of several, as {@link #input} does.
   *
   * @param output the name of the layer whose output it is, or the key of the output
   * @throws IllegalArgumentException if there are no columns, or the output has some already
   */
  public ShardedDataset output(String output, String... names) {
    return with(columns.withOutputs(added("output", columns.outputs(), output, names)));
  }

  private static Map<String, List<String>> added(
      String kind, Map<String, List<String>> known, String name, String... names) {
    if (names.length == 0 || known.containsKey(name)) {
      throw new IllegalArgumentException(
          "The %s '%s' needs columns, once. Received: %s after %s"
              .formatted(kind, name, List.of(names), known));
    }

    Map<String, List<String>> all = new LinkedHashMap<>(known);
    all.put(name, List.of(names));
    return all;
  }

  /**
   * Sets the columns of features to those that a model was trained on.
   *
   * @throws IllegalArgumentException if the model knows none, as it was not trained on columns
   */
  public ShardedDataset featuresOf(Model model) {
    List<String> known = model.columns().features();
    if (!model.columns().inputs().isEmpty()) {
      return with(columns.withInputs(model.columns().inputs()));
    }

    if (known.isEmpty()) {
      throw new IllegalArgumentException(
          "The model %s knows no columns, for it was not trained on any: name the columns of features"
              .formatted(model.name()));
    }

    return with(columns.withFeatures(known));
  }

  private ShardedDataset with(RowColumns changed) {
    return new ShardedDataset(dataset, changed, orderBy, shape);
  }

  /** Sets the column of labels: numbers, or vectors or arrays of numbers (one-hot, say). */
  public ShardedDataset label(String name) {
    return labels(name);
  }

  /** Sets the columns of labels, of numbers each if there are several. */
  public ShardedDataset labels(String... names) {
    return with(columns.withLabels(List.of(names)));
  }

  /**
   * Says that the column of labels holds the names of classes, which are read as their places among
   * those names.
   *
   * @throws IllegalArgumentException if there is not one column of labels yet
   */
  public ShardedDataset classNames(String... names) {
    return with(columns.withClassNames(List.of(names)));
  }

  /**
   * Says that the column of labels holds the names of classes, which are all that there are, in the
   * order of their letters. The names belong to a model that is fitted to this data and are saved
   * with it. Reads the column.
   *
   * @throws IllegalArgumentException if there is not one column of labels yet, or there are more
   *     than 100,000 names
   */
  public ShardedDataset labelIndex() {
    RowColumns checked = columns.withClassNames(List.of("any"));
    Column label = lookup().find("labels", checked.labels().get(0)).column();
    List<Row> found =
        SparkJobs.described(
            context(),
            "Firesteel finds the classes in " + checked.labels().get(0),
            () ->
                dataset
                    .select(label.cast(DataTypes.StringType))
                    .na()
                    .drop()
                    .distinct()
                    .limit(MOST_CLASSES + 1)
                    .collectAsList());
    if (found.isEmpty() || found.size() > MOST_CLASSES) {
      throw new IllegalArgumentException(
          "The column '%s' of labels must hold the names of 1 to %d classes. Received: %s"
              .formatted(checked.labels().get(0), MOST_CLASSES, found.isEmpty() ? "none" : "more"));
    }

    return with(
        columns.withClassNames(found.stream().map(row -> row.getString(0)).sorted().toList()));
  }

  private ColumnLookup lookup() {
    return ColumnLookup.of(dataset);
  }

  /**
   * Sets the column of sample weights: a number a row, or an array or vector of one weight for each
   * sample of a row, for each time step of a sequence say. Several outputs take the same weights,
   * or an array of those of the samples of one output after the other. Without the column all
   * weights are 1.
   */
  public ShardedDataset weight(String name) {
    return with(columns.withWeight(name));
  }

  /** Sets the shape of one row of features, e.g. {@code 28, 28}; without it, it is their number. */
  public ShardedDataset featureShape(int... dims) {
    return new ShardedDataset(dataset, columns, orderBy, Shape.of(dims));
  }

  /**
   * Sets the columns that give the rows their order under {@code shuffle=false}; rows with equal
   * ones are ordered by content. Files that are read, filtered and projected don't need it: their
   * order is that of (path, block, row).
   */
  public ShardedDataset orderBy(String... names) {
    return new ShardedDataset(dataset, columns, List.of(names), shape);
  }

  /**
   * Returns the plan of an evaluation. Losses that are reduced batch by batch take the rows in the
   * order they have of their own, as Keras does; rows without one are ordered by content.
   */
  @Override
  public BatchPlan evaluation(Network network, int batchSize) {
    BatchPlan ranked = BatchPlan.evaluation(rows(), batchSize);
    return network.objectives().isPerBatch() && isOrdered() ? ranked.inGivenOrder() : ranked;
  }

  @Override
  public TrainingData readFor(Network network) {
    RowColumns wanted = NetworkColumns.of(columns, network);
    boolean single = shape == null && columns.inputs().size() == 1;
    Shape wantedShape = single ? network.inputShape() : shape;
    if (wanted.equals(columns) && Objects.equals(wantedShape, shape)) {
      requireWidths(network);
      return this;
    }

    ShardedDataset known = ordered;
    if (known == null || !known.columns.equals(wanted)) {
      known = new ShardedDataset(dataset, wanted, orderBy, wantedShape);
      ordered = known;
    }

    known.requireWidths(network);
    return known;
  }

  @Override
  public Map<String, Integer> inputWidths() {
    return columns.inputs().isEmpty()
        ? Map.of()
        : NetworkColumns.widths(columns, ((DatasetRows) sparkRows()).columnWidths());
  }

  private void requireWidths(Network network) {
    if (!columns.inputs().isEmpty() || !columns.outputs().isEmpty()) {
      NetworkColumns.requireWidths(columns, network, ((DatasetRows) sparkRows()).columnWidths());
    }
  }

  @Override
  public DataColumns columns() {
    ColumnLookup lookup = lookup();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    columns.inputs().forEach((input, names) -> inputs.put(input, spelled(lookup, names)));
    return new DataColumns(spelled(lookup, columns.features()), columns.classNames(), inputs);
  }

  private static List<String> spelled(ColumnLookup lookup, List<String> names) {
    return names.stream().map(name -> lookup.find("features", name).name()).toList();
  }

  @Override
  public TrainingData withColumnsOf(DataColumns model) {
    List<String> names =
        columns.inputs().isEmpty()
            ? model.inOrder(columns.features(), lookup()::same)
            : columns.features();
    boolean known = model.classNames().isEmpty() || columns.classNames().isEmpty();
    List<String> classes = known ? columns.classNames() : model.classNames();
    if (names.equals(columns.features()) && classes.equals(columns.classNames())) {
      return this;
    }

    if (byName == null) {
      RowColumns changed = columns.inputs().isEmpty() ? columns.withFeatures(names) : columns;
      byName = with(classes.isEmpty() ? changed : changed.withClassNames(classes));
    }

    return byName;
  }

  @Override
  public Shape featureShape() {
    RowLayout layout = sparkRows().layout();
    if (shape == null) {
      return Shape.of(layout.inputWidth());
    }

    if (shape.size() != layout.inputWidth()) {
      throw new IllegalArgumentException(
          "The features have %d values a row. Received the shape: %s"
              .formatted(layout.inputWidth(), shape));
    }

    return shape;
  }

  @Override
  boolean isOrdered() {
    return new GivenOrder(orderBy).isIn(dataset);
  }

  @Override
  SparkContext context() {
    return dataset.sparkSession().sparkContext();
  }

  @Override
  SparkRows sparkRows() {
    if (rows == null) {
      if (columns.features().isEmpty() || columns.labels().isEmpty()) {
        throw new IllegalArgumentException(
            "A ShardedDataset needs features(...) and label(...). Columns: "
                + String.join(", ", dataset.columns()));
      }

      rows = new DatasetRows(dataset, columns, new GivenOrder(orderBy));
    }

    return rows;
  }

  /** Returns the names of the columns; reads nothing. */
  @Override
  public String toString() {
    return "ShardedDataset(features=%s, labels=%s%s)"
        .formatted(
            columns.inputs().isEmpty() ? columns.features() : columns.inputs(),
            columns.outputs().isEmpty() ? columns.labels() : columns.outputs(),
            columns.weight() == null ? "" : ", weight=" + columns.weight());
  }
}
