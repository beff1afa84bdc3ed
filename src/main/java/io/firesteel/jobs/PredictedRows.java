package io.firesteel.jobs;

import io.firesteel.jobs.Job.OutputSection;
import io.firesteel.models.Model;
import io.firesteel.spark.Predictions;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** Rows with a model's predictions, as the output section of a job names them. */
final class PredictedRows {

  private static final String LABEL_SUFFIX = "_label";

  private PredictedRows() {}

  /**
   * Returns the rows with the columns of {@link Predictions}, and where the model knows the names
   * of its classes one more: the name of the predicted class, {@code prediction_label}.
   */
  static Dataset<Row> of(Job job, Model model, JobRows rows) {
    OutputSection output = job.output();
    Map<String, String> names = output.predicted();
    Predictions predictions = predictions(job, model, rows).handleInvalid(output.handleInvalid());
    String name = names.getOrDefault("prediction_col", "prediction");
    predictions = predictions.predictionCol(name);
    if (names.containsKey("output_col")) {
      predictions = predictions.outputCol(names.get("output_col"));
    }

    if (names.containsKey("raw_prediction_col")) {
      predictions = predictions.rawPredictionCol(names.get("raw_prediction_col"));
    }

    if (names.containsKey("probability_col")) {
      predictions = predictions.probabilityCol(names.get("probability_col"));
    }

    return labelled(predictions.addTo(rows.dataset()), model.columns().classNames(), name);
  }

  private static Predictions predictions(Job job, Model model, JobRows rows) {
    Map<String, List<String>> inputs = rows.inputs(model);
    if (!inputs.isEmpty()) {
      return Predictions.of(model, inputs);
    }

    String[] features = rows.features(model);
    List<Integer> shape = job.data().featureShape();
    if (!model.isBuilt()) {
      model.build(shape.isEmpty() ? new int[] {features.length} : Shape.of(shape).dims());
    }

    return Predictions.of(model, features);
  }

  private static Dataset<Row> labelled(Dataset<Row> predicted, List<String> classes, String name) {
    if (classes.isEmpty() || name.isEmpty()) {
      return predicted;
    }

    Column[] all = classes.stream().map(functions::lit).toArray(Column[]::new);
    Column place =
        functions.col("`" + name.replace("`", "``") + "`").cast(DataTypes.IntegerType).plus(1);
    return predicted.withColumn(
        name + LABEL_SUFFIX, functions.element_at(functions.array(all), place));
  }
}
