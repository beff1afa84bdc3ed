package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.RowColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of features of a stage: one of vectors or arrays, or several of numbers; of a
 * factorization machine any number of numbers, and ids.
 *
 * @param numbers the columns but those of ids
 * @param ids the columns of ids
 */
record Features(List<String> numbers, HashedIds ids) {

  /**
   * Returns the columns that a stage's params name.
   *
   * @throws IllegalArgumentException if they contradict one another
   */
  static <P extends KerasColumnParams<?> & PredictorParams> Features of(P stage) {
    List<String> several = List.of(stage.getFeaturesCols());
    boolean one = stage.isSet(stage.featuresCol());
    if (!several.isEmpty() && one) {
      throw new IllegalArgumentException(
          "Only one of featuresCol and featuresCols can be set. Received: featuresCol=%s, featuresCols=%s"
              .formatted(stage.getFeaturesCol(), Arrays.toString(stage.getFeaturesCols())));
    }

    HashedIds ids =
        stage instanceof KerasIdParams<?> hashed
            ? new HashedIds(List.of(hashed.getIdCols()), hashed.getIdBuckets())
            : HashedIds.NONE;
    if (!ids.isEmpty() && one) {
      throw new IllegalArgumentException(
          "featuresCol can't be set beside idCols; columns of numbers are featuresCols. Received: "
              + stage.getFeaturesCol());
    }

    return ids.isEmpty() && several.isEmpty()
        ? new Features(List.of(stage.getFeaturesCol()), ids)
        : new Features(several, ids);
  }

  /** Returns the names of all columns. */
  List<String> names() {
    List<String> names = new ArrayList<>(numbers);
    names.addAll(ids.columns());
    return names;
  }

  /** Returns the names of the columns that a model reads, those that are added among them. */
  List<String> read() {
    List<String> names = new ArrayList<>(numbers);
    names.addAll(ids.indices());
    return names;
  }

  /** Returns rows with the columns that a model reads. */
  Dataset<Row> addTo(Dataset<Row> rows) {
    return ids.addTo(rows);
  }

  /**
   * Returns a schema with the columns that a model reads.
   *
   * @throws IllegalArgumentException if columns are missing or hold something else
   */
  StructType addTo(StructType schema) {
    return ids.addTo(ColumnLookup.of(schema));
  }

  /** Returns the columns as the rows' reader takes them, those that were added among them. */
  RowColumns columns(@Nullable Model model) {
    if (!ids.isEmpty()) {
      return RowColumns.NONE.withInputs(inputs());
    }

    RowColumns columns = RowColumns.NONE.withFeatures(numbers);
    return Networks.isSparse(model) ? columns.withSparse(1) : columns;
  }

  private Map<String, List<String>> inputs() {
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    if (!numbers.isEmpty()) {
      inputs.put(FactorParams.NUMBERS, numbers);
    }

    inputs.put(FactorParams.IDS, ids.indices());
    return inputs;
  }

  /**
   * Checks the columns for a model that is known.
   *
   * @throws IllegalArgumentException if one is missing, of a wrong type or of another width
   */
  void check(StructType schema, Model model) {
    columns(model).reader(ColumnLookup.of(addTo(schema)));
    requireWidth(schema, model);
  }

  /** Returns the predictions of a model. */
  Predictions predictions(Model model) {
    return ids.isEmpty()
        ? Predictions.of(model, numbers.toArray(new String[0]))
        : Predictions.of(model, inputs());
  }

  /** Sets the columns of training data. */
  ShardedDataset applyTo(ShardedDataset data) {
    if (ids.isEmpty()) {
      return data.features(numbers.toArray(new String[0]));
    }

    ShardedDataset result = data;
    for (Map.Entry<String, List<String>> input : inputs().entrySet()) {
      result = result.input(input.getKey(), input.getValue().toArray(new String[0]));
    }

    return result;
  }

  /**
   * Checks what the schema's metadata says of the number of features.
   *
   * @throws IllegalArgumentException if the model takes another number
   */
  void requireWidth(StructType schema, Model model) {
    int expected = Networks.inputSize(model);
    int given = width(schema);
    if (given > 0 && expected > 0 && given != expected) {
      throw new IllegalArgumentException(
          "model: the model %s takes %d features a row. Received %d in the column%s %s"
              .formatted(
                  model.name(),
                  expected,
                  given,
                  names().size() > 1 ? "s" : "",
                  String.join(", ", names())));
    }
  }

  /** Tells whether the features are one column of vectors. */
  boolean isVector(StructType schema) {
    return ids.isEmpty()
        && numbers.size() == 1
        && first(schema).dataType().equals(SQLDataTypes.VectorType());
  }

  private StructField first(StructType schema) {
    return ColumnLookup.of(schema).find("features", numbers.get(0)).field();
  }

  /** Returns the number of features that the schema tells, or -1. */
  int width(StructType schema) {
    if (names().size() > 1) {
      return names().size();
    }

    return isVector(schema) ? AttributeGroup.fromStructField(first(schema)).size() : -1;
  }
}
