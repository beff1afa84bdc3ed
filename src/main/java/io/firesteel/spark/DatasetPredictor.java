package io.firesteel.spark;

import io.firesteel.network.Network;
import io.firesteel.network.NetworkSpec;
import io.firesteel.variables.VariableSnapshot;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.reflect.ClassTag$;

/**
 * Adds predictions to Spark data sets: a column of doubles where the network's output is one
 * number, else of {@code spark.ml} vectors, flattened in row-major order.
 *
 * <pre>{@code
 * DatasetPredictor.of(model.spec(), model.snapshot()).features("pixels").transform(df)
 * }</pre>
 *
 * <p>Like any transformation it is lazy: rows are computed, and refused if a feature is null, NaN
 * or infinite, when the result is used. Objects are immutable.
 */
public final class DatasetPredictor {

  private final NetworkSpec network;
  private final VariableSnapshot variables;
  private final List<String> features;
  private final String predictionColumn;

  private DatasetPredictor(
      NetworkSpec network,
      VariableSnapshot variables,
      List<String> features,
      String predictionColumn) {
    this.network = network;
    this.variables = variables;
    this.features = features;
    this.predictionColumn = predictionColumn;
  }

  /** Returns the predictor of a network with values of its variables. */
  public static DatasetPredictor of(NetworkSpec network, VariableSnapshot variables) {
    return new DatasetPredictor(network, variables, List.of("features"), "prediction");
  }

  /**
   * Sets the columns of features, as {@link ShardedDataset#features}; {@code features} unless set.
   */
  public DatasetPredictor features(String... names) {
    return new DatasetPredictor(network, variables, List.of(names), predictionColumn);
  }

  /** Sets the column of predictions; {@code prediction} unless set. */
  public DatasetPredictor predictionColumn(String name) {
    return new DatasetPredictor(network, variables, features, name);
  }

  /**
   * Returns the rows with their predictions behind the other columns.
   *
   * @throws IllegalArgumentException if a column of features is missing or holds no numbers, or the
   *     column of predictions is there already
   */
  public Dataset<Row> transform(Dataset<Row> dataset) {
    StructType schema = dataset.schema();
    RowReader reader = new RowColumns(features, List.of(), null).reader(schema);
    if (Arrays.asList(schema.fieldNames()).contains(predictionColumn)) {
      throw new IllegalArgumentException(
          "The data set has a column '%s' already; set another predictionColumn. Columns: %s"
              .formatted(predictionColumn, String.join(", ", schema.fieldNames())));
    }

    boolean number = Network.of(network).outputShape().size() == 1;
    DataType type = number ? DataTypes.DoubleType : SQLDataTypes.VectorType();
    int[] columns = features.stream().mapToInt(schema::fieldIndex).toArray();
    return dataset.mapPartitions(
        predictions(dataset.sparkSession().sparkContext(), reader, columns),
        Encoders.row(schema.add(predictionColumn, type)));
  }

  private MapPartitionsFunction<Row, Row> predictions(
      SparkContext context, RowReader reader, int[] columns) {
    NetworkRecipe recipe = new NetworkRecipe(network);
    Broadcast<float[][]> values =
        context.broadcast(variables.values(), ClassTag$.MODULE$.apply(float[][].class));
    return rows -> new PredictionIterator(rows, reader, columns, recipe, values.value());
  }
}
