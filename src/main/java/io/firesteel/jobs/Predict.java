package io.firesteel.jobs;

import io.firesteel.jobs.Job.CompileSection;
import io.firesteel.jobs.Job.OutputSection;
import io.firesteel.models.Model;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.OutputForm;
import io.firesteel.spark.internal.rows.RowColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;

/**
 * Adds a model's predictions to rows: {@code spark-submit --class io.firesteel.jobs.Predict
 * firesteel.jar JOB.json [--set FIELD=VALUE ...]}.
 *
 * <p>The model is {@code model.path}, or the one that {@link Train} has written for the same job.
 * The rows are those of {@code data}; labels and weights are not needed. They are written to the
 * folder {@code predictions} of the output folder, with the columns of {@link
 * io.firesteel.spark.Predictions}: {@code rawPrediction}, {@code probability} and {@code
 * prediction} for a classifier; in the formats without arrays a column for each value, {@code
 * probability_0}, {@code probability_1}, ... A model that knows the names of its classes adds
 * {@code prediction_label}.
 */
public final class Predict {

  private static final String FOLDER = "predictions";
  private static final Set<String> FLAT_FORMATS = Set.of("csv");

  private final Job job;
  private final String folder;
  private final Locations locations;
  private final Model model;

  private Predict(Job job, Locations locations) throws IOException {
    OutputSection output = job.output();
    this.job = job;
    this.locations = locations;
    this.folder = locations.file("output.path", output.path(), FOLDER);
    String modelFile = job.model().trainedFile(output, locations);
    this.model = opened(job, modelFile, locations);
    locations.requireWritableFolder("output.path", output.path());
    if (!output.overwrites() && locations.exists("output.path", folder)) {
      throw new IllegalArgumentException(
          "output.path: %s exists already. Choose another folder, or set output.mode to overwrite"
              .formatted(folder));
    }
  }

  /** The loss tells what the output means, where it is known. */
  private static Model opened(Job job, String file, Locations locations) throws IOException {
    CompileSection compile = job.compile();
    if (compile != null) {
      Model model = ModelSection.load("model.path", file, locations, false);
      compile.applyTo(model);
      return model;
    }

    try {
      return ModelSection.load("model.path", file, locations, true);
    } catch (IllegalArgumentException e) {
      return ModelSection.load("model.path", file, locations, false);
    }
  }

  /** Predicts, and ends the JVM with 1 if that fails. */
  public static void main(String[] args) {
    JobMain.main("Predict", args, Predict::prepare);
  }

  static JobMain.Work prepare(Job job, Locations locations) throws IOException {
    return new Predict(job, locations)::run;
  }

  private String run(SparkSession spark) throws IOException {
    OutputSection output = job.output();
    JobRows rows = JobRows.of(job.data(), spark);
    Dataset<Row> predicted = PredictedRows.of(job, model, rows);
    String beside = folder + ".part-" + UUID.randomUUID();
    try {
      selected(predicted, rows.dataset().columns())
          .write()
          .format(output.format())
          .options(output.options())
          .save(beside);
      locations.replace("output.path", beside, folder);
    } catch (IOException | RuntimeException e) {
      locations.deleteAfter(e, beside);
      throw e;
    }

    return "Predicted %s: format=%s, predictions=%s".formatted(job.name(), output.format(), folder);
  }

  private Dataset<Row> selected(Dataset<Row> predicted, String[] given) {
    List<String> existing = Arrays.asList(given);
    List<String> names = job.output().columns().isEmpty() ? existing : job.output().columns();
    ColumnLookup lookup = ColumnLookup.of(predicted.drop(added(predicted, given)));
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      String spelled = lookup.has(name) ? name : name.substring(name.lastIndexOf('.') + 1);
      columns.add(lookup.find("output.columns", name).column().as(spelled));
    }

    for (String name : added(predicted, given)) {
      columns.addAll(predictionColumns(name, predicted.schema().apply(name).dataType()));
    }

    return predicted.select(columns.toArray(new Column[0]));
  }

  private static String[] added(Dataset<Row> predicted, String[] given) {
    return Arrays.copyOfRange(predicted.columns(), given.length, predicted.columns().length);
  }

  /** Returns a column of a prediction, or one for each of its values in a format without arrays. */
  private List<Column> predictionColumns(String name, DataType type) {
    Column column = RowColumns.column(name);
    boolean vector = type.equals(SQLDataTypes.VectorType());
    if (!FLAT_FORMATS.contains(job.output().format()) || !(vector || type instanceof ArrayType)) {
      return List.of(column);
    }

    OutputForm form = OutputForm.of(model);
    int values = vector ? form.classes() : form.width();
    Column array = vector ? functions.vector_to_array(column, "float64") : column;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < values; i++) {
      columns.add(array.getItem(i).as(name + "_" + i));
    }

    return columns;
  }
}
