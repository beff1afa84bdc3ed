package io.firesteel.ml;

import io.firesteel.layers.FeatureColumns;
import io.firesteel.layers.IdColumn;
import io.firesteel.models.Model;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.RowColumns;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of features of a stage: one of vectors or arrays, several of numbers, or those that
 * the model's FeatureBlock names.
 *
 * @param names the columns
 * @param block what they are to a FeatureBlock, or null
 */
record Features(List<String> names, @Nullable FeatureColumns block) {

  /**
   * Returns the columns that a stage's params and its model name.
   *
   * @throws IllegalArgumentException if they contradict one another
   */
  static <P extends KerasColumnParams<?> & PredictorParams> Features of(
      P stage, @Nullable Model model) {
    FeatureColumns block = model == null ? null : FeatureColumns.of(model.layers());
    boolean several = stage.getFeaturesCols().length > 0;
    boolean one = stage.isSet(stage.featuresCol());
    if (several && one) {
      throw new IllegalArgumentException(
          "Only one of featuresCol and featuresCols can be set. Received: featuresCol=%s, featuresCols=%s"
              .formatted(stage.getFeaturesCol(), Arrays.toString(stage.getFeaturesCols())));
    }

    if (block == null) {
      return new Features(
          several ? List.of(stage.getFeaturesCols()) : List.of(stage.getFeaturesCol()), null);
    }

    if (one || (several && !block.numeric().equals(List.of(stage.getFeaturesCols())))) {
      throw new IllegalArgumentException(
          "%s can't be set for a model that begins with a FeatureBlock, which names its columns %s. Received: %s"
              .formatted(
                  one ? "featuresCol" : "featuresCols",
                  block.names(),
                  one ? stage.getFeaturesCol() : Arrays.toString(stage.getFeaturesCols())));
    }

    return new Features(block.names(), block);
  }

  /** Returns the columns as the rows' reader takes them. */
  RowColumns columns(@Nullable Model model) {
    RowColumns columns =
        block == null ? RowColumns.NONE.withFeatures(names) : RowColumns.NONE.withFeatures(block);
    return block == null && Networks.isSparse(model) ? columns.withSparse(1) : columns;
  }

  /** Returns the columns that can't be null; a FeatureBlock may keep ids that are. */
  List<String> neverNull() {
    if (block == null) {
      return names;
    }

    Set<String> kept =
        block.ids().stream()
            .filter(ids -> ids.invalidIndex() != IdColumn.INVALID)
            .map(IdColumn::column)
            .collect(Collectors.toSet());
    return names.stream().filter(name -> !kept.contains(name)).toList();
  }

  /** Returns the columns for predictions; none where the model names them itself. */
  String[] forPredictions() {
    return block == null ? names.toArray(new String[0]) : new String[0];
  }

  /** Sets the columns of training data. */
  ShardedDataset applyTo(ShardedDataset data, Model model) {
    return block == null ? data.features(names.toArray(new String[0])) : data.featuresOf(model);
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
                  names.size() > 1 ? "s" : "",
                  String.join(", ", names)));
    }
  }

  /** Tells whether the features are one column of vectors. */
  boolean isVector(StructType schema) {
    return names.size() == 1 && first(schema).dataType().equals(SQLDataTypes.VectorType());
  }

  private StructField first(StructType schema) {
    return ColumnLookup.of(schema).find("features", names.get(0)).field();
  }

  /** Returns the number of features that the schema tells, or -1. */
  int width(StructType schema) {
    if (block != null) {
      return -1;
    }

    if (names.size() > 1) {
      return names.size();
    }

    return isVector(schema) ? AttributeGroup.fromStructField(first(schema)).size() : -1;
  }
}
