package io.firesteel.spark;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.FeatureColumns;
import io.firesteel.models.Model;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.rows.BlockColumns;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.spark.internal.rows.RowReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.reflect.ClassTag$;

/**
 * Computes a model's predictions where the rows are. The values of the model are those of the
 * moment when {@link #addTo} is called.
 *
 * <pre>{@code
 * Dataset<Row> predicted = Predictions.of(model, "pixels").addTo(df);
 * }</pre>
 */
public final class Predictions {

  /** The name of the column that is added. */
  public static final String COLUMN = "prediction";

  private final Model model;
  private final RowColumns columns;

  private Predictions(Model model, RowColumns columns) {
    this.model = model;
    this.columns = columns;
  }

  /**
   * Returns the predictions of a model.
   *
   * @param features one column of vectors or arrays, or any number of columns of numbers; none for
   *     a model that begins with a {@link FeatureBlock}, which names its columns and says how they
   *     are read
   * @throws IllegalArgumentException if columns are named for such a model, or for another are not
   */
  public static Predictions of(Model model, String... features) {
    FeatureColumns block = FeatureColumns.of(model.layers());
    if (features.length == 0) {
      FeatureColumns columns = BlockColumns.required(model.name(), model.layers());
      return new Predictions(model, RowColumns.NONE.withFeatures(columns));
    }

    if (block != null) {
      throw new IllegalArgumentException(
          "The model %s begins with a FeatureBlock, which names its columns %s. Received others: %s"
              .formatted(model.name(), block.names(), List.of(features)));
    }

    return new Predictions(model, RowColumns.NONE.withFeatures(List.of(features)));
  }

  /**
   * Returns a data set with one more column, {@code prediction}: the output of the model for each
   * row as an array of floats, flattened. Rows that a {@link FeatureBlock} leaves out because of
   * their ids ({@code handle_invalid=skip}) are not in it, as with Spark ML's transformers.
   *
   * @throws IllegalArgumentException if a column is missing or of a wrong type, the model takes
   *     another number of features, or there is a column {@code prediction} already
   */
  public Dataset<Row> addTo(Dataset<Row> dataset) {
    StructType schema = dataset.schema();
    if (Arrays.asList(schema.fieldNames()).contains(COLUMN)) {
      throw new IllegalArgumentException(
          "The data set must not have a column '%s' already. Columns: %s"
              .formatted(COLUMN, String.join(", ", schema.fieldNames())));
    }

    NetworkSpec spec = model.spec();
    Network network = Network.of(spec);
    boolean sparse = network.isSparse();
    RowReader reader = (sparse ? columns.withSparseEnd() : columns).reader(schema);
    if (!sparse) {
      requireWidth(network);
    }

    Broadcast<float[][]> variables =
        dataset
            .sparkSession()
            .sparkContext()
            .broadcast(model.snapshot().values(), ClassTag$.MODULE$.apply(float[][].class));
    StructType result = schema.add(COLUMN, new ArrayType(DataTypes.FloatType, false), false);
    return dataset
        .select(featuresThenAll(schema))
        .mapPartitions(
            new PredictTask(model.name(), new NetworkRecipe(spec), reader, variables),
            Encoders.row(result));
  }

  private void requireWidth(Network network) {
    int size = network.inputShape().size();
    int given = columns.features().size();
    if (columns.block() == null && given > 1 && given != size) {
      throw new IllegalArgumentException(
          "The model %s takes %d features a row. Received %d columns"
              .formatted(model.name(), size, given));
    }
  }

  private Column[] featuresThenAll(StructType schema) {
    List<Column> all = new ArrayList<>();
    for (Column column : columns.select()) {
      all.add(column.as("_feature_" + all.size()));
    }

    for (String name : schema.fieldNames()) {
      all.add(RowColumns.column(name));
    }

    return all.toArray(new Column[0]);
  }
}
