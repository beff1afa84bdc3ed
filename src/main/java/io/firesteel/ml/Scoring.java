package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.internal.rows.OutputForm;
import io.firesteel.spark.internal.rows.RowColumns;
import org.apache.spark.ml.classification.ProbabilisticClassifierParams;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Adds what models predict, under the names and as the types of Spark ML. */
final class Scoring {

  private final Features features;
  private final Predictions predictions;

  Scoring(Model model, Features features, String handleInvalid) {
    this.features = features;
    this.predictions = features.predictions(model).handleInvalid(handleInvalid);
  }

  /** Returns the rows with the value in a column. */
  Dataset<Row> ofValue(Dataset<Row> rows, String predictionCol) {
    if (predictionCol.isEmpty()) {
      return rows;
    }

    Predictions ofValue =
        predictions
            .outputCol(predictionCol)
            .rawPredictionCol("")
            .probabilityCol("")
            .predictionCol("");
    return added(ofValue, rows)
        .withColumn(
            predictionCol, RowColumns.column(predictionCol).getItem(0).cast(DataTypes.DoubleType));
  }

  /**
   * Returns the rows with a classifier's columns.
   *
   * @param schema says the metadata
   * @param thresholds the thresholds of the classes, or null
   */
  Dataset<Row> ofClasses(
      Dataset<Row> rows,
      ProbabilisticClassifierParams stage,
      StructType schema,
      double @Nullable [] thresholds) {
    String raw = stage.getRawPredictionCol();
    String probability = stage.getProbabilityCol();
    String prediction = stage.getPredictionCol();
    if (raw.isEmpty() && probability.isEmpty() && prediction.isEmpty()) {
      return rows;
    }

    double[] scales = thresholds == null ? new double[0] : thresholds;
    boolean scaled = scales.length > 0 && !prediction.isEmpty();
    String needed = scaled && probability.isEmpty() ? stage.uid() + "__probability" : probability;
    Predictions ofClasses =
        predictions
            .rawPredictionCol(raw)
            .probabilityCol(needed)
            .predictionCol(scaled ? "" : prediction);
    Dataset<Row> result = added(ofClasses, rows);
    if (scaled) {
      UDF1<@Nullable Vector, @Nullable Double> best =
          values -> values == null ? null : (double) best(values.toArray(), scales);
      result =
          result.withColumn(
              prediction,
              functions.udf(best, DataTypes.DoubleType).apply(RowColumns.column(needed)));
    }

    for (String name : new String[] {raw, probability, prediction}) {
      result = name.isEmpty() ? result : result.withMetadata(name, schema.apply(name).metadata());
    }

    return needed.equals(probability) ? result : result.drop(needed);
  }

  private Dataset<Row> added(Predictions wanted, Dataset<Row> rows) {
    return features.ids().dropFrom(wanted.addTo(features.addTo(rows)));
  }

  /**
   * Returns the class whose probability is the most times its threshold, as Spark ML's {@code
   * thresholds} have it.
   */
  private static int best(double[] probabilities, double[] thresholds) {
    double[] scaled = new double[probabilities.length];
    for (int i = 0; i < scaled.length; i++) {
      double value = probabilities[i] / thresholds[i];
      scaled[i] = Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
    }

    return OutputForm.best(scaled);
  }
}
