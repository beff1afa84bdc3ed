package io.firesteel.spark;

import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.FeatureColumns;
import io.firesteel.models.Model;
import io.firesteel.spark.internal.rows.BlockColumns;
import io.firesteel.spark.internal.rows.DatasetRows;
import io.firesteel.spark.internal.rows.GivenOrder;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainingData;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A Spark data set to train on or to evaluate. Its rows are put in one order by their content and
 * dealt to shards, which stay cached on the executors while training runs; partitions and their
 * order have no part in the result.
 *
 * <pre>{@code
 * model.fit(ShardedDataset.of(df).features("pixels").label("digit"), ...)
 * model.fit(ShardedDataset.of(df).features("age", "income").labels("a", "b").weight("w"), ...)
 * model.fit(ShardedDataset.of(df).featuresOf(model).label("click"), ...)
 * }</pre>
 *
 * <p>Values are converted to float32. Null, NaN, what is infinite in float32, negative weights and
 * arrays of different sizes are refused before training, with column and row. The data set is read
 * once, and again where executors are lost; its query must be deterministic.
 *
 * <p>Objects are immutable; the methods that set something return another one.
 */
public final class ShardedDataset extends SparkData {

  private final Dataset<Row> dataset;
  private final RowColumns columns;
  private final List<String> orderBy;
  private final @Nullable Shape shape;
  private @Nullable DatasetRows rows;
  private @Nullable ShardedDataset sparse;

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
   * Sets the columns of features to those of the {@link FeatureBlock} that a model begins with, of
   * numbers, ids and sparse vectors, which are read as it says. Rows that it leaves out because of
   * their ids ({@code handle_invalid=skip}) are counted in a warning.
   *
   * @throws IllegalArgumentException if the model begins with another layer
   */
  public ShardedDataset featuresOf(Model model) {
    return with(columns.withFeatures(BlockColumns.required(model.name(), model.layers())));
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

  /** Sets the column of sample weights; without one all weights are 1. */
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

  @Override
  public TrainingData readFor(Network network) {
    if (!network.isSparse() || columns.sparseEnd()) {
      return this;
    }

    ShardedDataset known = sparse;
    if (known == null) {
      known = new ShardedDataset(dataset, columns.withSparseEnd(), orderBy, shape);
      sparse = known;
    }

    return known;
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
  @Nullable FeatureColumns featureColumns() {
    return columns.block();
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
}
