package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.NetworkColumns;
import io.firesteel.spark.internal.rows.RowColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of features of a stage: one of vectors or arrays, or several of numbers; those of
 * each input of a functional model; of a factorization machine any number of numbers, and ids.
 *
 * @param numbers the columns but those of ids
 * @param inputs the same columns by the inputs that have names, and those of indices of ids; empty
 *     for a model of one input
 * @param ids the columns of ids
 */
record Features(List<String> numbers, Map<String, List<String>> inputs, HashedIds ids) {

  private static final String INPUTS = "inputs";

  /** Returns the param of the columns of each input. */
  static Param<String> inputsParam(Params owner) {
    return new Definitions(owner)
        .text(
            INPUTS,
            "columns of each input of a functional model: a JSON object, {\"user\": \"user_id\"}"
                + " say");
  }

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

    Map<String, List<String>> named = named(stage);
    if (!named.isEmpty()) {
      if (one || !several.isEmpty()) {
        throw new IllegalArgumentException(
            "inputs can't be set beside featuresCol or featuresCols. Received: inputs=%s, featuresCol=%s, featuresCols=%s"
                .formatted(named, stage.getFeaturesCol(), several));
      }

      return new Features(named.values().stream().flatMap(List::stream).toList(), named, ids);
    }

    if (ids.isEmpty()) {
      List<String> columns = several.isEmpty() ? List.of(stage.getFeaturesCol()) : several;
      return new Features(columns, Map.of(), ids);
    }

    Map<String, List<String>> inputs = new LinkedHashMap<>();
    if (!several.isEmpty()) {
      inputs.put(FactorParams.NUMBERS, several);
    }

    inputs.put(FactorParams.IDS, ids.indices());
    return new Features(several, inputs, ids);
  }

  /** Returns the columns of each input as a stage's param says; none unless it is set. */
  private static Map<String, List<String>> named(Params stage) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    if (!(stage instanceof KerasInputParams<?> params) || !stage.isSet(params.inputs())) {
      return named;
    }

    Config config = Identifiers.config(INPUTS, params.getInputs());
    for (String input : config.keys()) {
      Object columns = config.get(input);
      List<?> list = columns instanceof List<?> several ? several : Arrays.asList(columns);
      if (list.isEmpty() || !list.stream().allMatch(String.class::isInstance)) {
        throw new IllegalArgumentException(
            "inputs: '%s' must have the name of a column or a list of names. Received: %s"
                .formatted(input, columns));
      }

      named.put(input, list.stream().map(String.class::cast).toList());
    }

    if (named.isEmpty()) {
      throw new IllegalArgumentException("inputs must have one input or more. Received: {}");
    }

    return named;
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
    if (!inputs.isEmpty()) {
      RowColumns columns = RowColumns.NONE.withInputs(inputs);
      return model == null || !model.isBuilt()
          ? columns
          : NetworkColumns.of(columns, Networks.network(model));
    }

    RowColumns columns = RowColumns.NONE.withFeatures(numbers);
    return Networks.isSparse(model) ? columns.withSparse(1) : columns;
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
    return inputs.isEmpty()
        ? Predictions.of(model, numbers.toArray(new String[0]))
        : Predictions.of(model, inputs);
  }

  /** Sets the columns of training data. */
  ShardedDataset applyTo(ShardedDataset data) {
    if (inputs.isEmpty()) {
      return data.features(numbers.toArray(new String[0]));
    }

    ShardedDataset result = data;
    for (Map.Entry<String, List<String>> input : inputs.entrySet()) {
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
    return inputs.isEmpty()
        && numbers.size() == 1
        && first(schema).dataType().equals(SQLDataTypes.VectorType());
  }

  private StructField first(StructType schema) {
    return ColumnLookup.of(schema).find("features", numbers.get(0)).field();
  }

  /** Returns the number of features that the schema tells, or -1. */
  int width(StructType schema) {
    if (!inputs.isEmpty() && ids.isEmpty()) {
      return -1; // A column may have any width.
    }

    if (names().size() > 1) {
      return names().size();
    }

    return isVector(schema) ? AttributeGroup.fromStructField(first(schema)).size() : -1;
  }
}
