package io.firesteel.jobs;

import io.firesteel.internal.network.Network;
import io.firesteel.models.Model;
import io.firesteel.spark.Predictions;
import io.firesteel.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Adds a model's predictions to rows: {@code spark-submit --class io.firesteel.jobs.Predict
 * firesteel.jar JOB.json [--set FIELD=VALUE ...]}.
 *
 * <p>The model is {@code model.path}, or the one that {@link Train} has written for the same job.
 * The rows are those of {@code data}; labels and weights are not needed. They are written to the
 * folder {@code predictions} of the output folder, with a column {@code prediction}: an array of
 * floats, or one column {@code prediction_0}, {@code prediction_1}, ... a value in the formats
 * without arrays.
 */
public final class Predict {

  private static final String FOLDER = "predictions";
  private static final Set<String> FLAT_FORMATS = Set.of("csv");

  private final Job job;
  private final String folder;
  private final Model model;

  private Predict(Job job, Locations locations) throws IOException {
    OutputSection output = job.output();
    this.job = job;
    this.folder = locations.file("output.path", output.path(), FOLDER);
    String modelFile = job.model().trainedFile(output, locations);
    this.model = ModelSection.load("model.path", modelFile, locations);
    locations.requireWritableFolder("output.path", output.path());
    if (!output.mode().equals("overwrite") && locations.exists("output.path", folder)) {
      throw new IllegalArgumentException(
          "output.path: %s exists already. Choose another folder, or set output.mode to overwrite"
              .formatted(folder));
    }
  }

  /** Predicts, and ends the JVM with 1 if that fails. */
  public static void main(String[] args) {
    JobMain.main("Predict", args, Predict::prepare);
  }

  static JobMain.Work prepare(Job job, Locations locations) throws IOException {
    return new Predict(job, locations)::run;
  }

  private String run(SparkSession spark) {
    Rows rows = Rows.of(job.data(), spark);
    String[] features = rows.features(model);
    List<Integer> shape = job.data().featureShape();
    if (!model.isBuilt()) {
      model.build(shape.isEmpty() ? new int[] {features.length} : Shape.of(shape).dims());
    }

    OutputSection output = job.output();
    Dataset<Row> predicted = Predictions.of(model, features).addTo(rows.dataset());
    selected(predicted)
        .write()
        .format(output.format())
        .options(output.options())
        .mode(output.mode().equals("overwrite") ? SaveMode.Overwrite : SaveMode.ErrorIfExists)
        .save(folder);
    return "Predicted %s: format=%s, predictions=%s".formatted(job.name(), output.format(), folder);
  }

  private Dataset<Row> selected(Dataset<Row> predicted) {
    List<String> names = new ArrayList<>(job.output().columns());
    List<String> existing = new ArrayList<>(Arrays.asList(predicted.columns()));
    existing.remove(Predictions.COLUMN);
    if (names.isEmpty()) {
      names.addAll(existing);
    }

    for (String name : names) {
      if (!existing.contains(name)) {
        throw new IllegalArgumentException(
            "output.columns: there is no column '%s'. Columns: %s"
                .formatted(name, String.join(", ", existing)));
      }
    }

    List<Column> columns = new ArrayList<>(names.stream().map(Predict::column).toList());
    columns.addAll(predictionColumns());
    return predicted.select(columns.toArray(new Column[0]));
  }

  private List<Column> predictionColumns() {
    Column prediction = functions.col(Predictions.COLUMN);
    if (!FLAT_FORMATS.contains(job.output().format())) {
      return List.of(prediction);
    }

    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < outputSize(); i++) {
      columns.add(prediction.getItem(i).as(Predictions.COLUMN + "_" + i));
    }

    return columns;
  }

  private int outputSize() {
    return Network.of(model.spec()).outputShape().size();
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
