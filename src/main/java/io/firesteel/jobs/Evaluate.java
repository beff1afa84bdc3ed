package io.firesteel.jobs;

import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.network.Network;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Evaluates a saved model: {@code spark-submit --class io.firesteel.jobs.Evaluate firesteel.jar
 * JOB.json [--set FIELD=VALUE ...]}.
 *
 * <p>The model is {@code model.path}, or the one that {@link Train} has written for the same job.
 * The rows are those of {@code validation}; without it the part that {@code fit.validation_split}
 * sets aside; without that, all of {@code data}. Writes {@code evaluation.json} into the output
 * folder.
 */
public final class Evaluate {

  private final Job job;
  private final String modelFile;
  private final String resultFile;
  private final Model model;

  private Evaluate(Job job, Locations locations) throws IOException {
    this.job = job;
    this.modelFile = job.model().trainedFile(job.output(), locations);
    this.resultFile = locations.file("output.path", job.output().path(), "evaluation.json");
    this.model = ModelSection.load("model.path", modelFile, locations, job.compile() == null);
    JobTraining.compile(job, model);
    locations.requireWritableFolder("output.path", job.output().path());
  }

  /** Evaluates, and ends the JVM with 1 if that fails. */
  public static void main(String[] args) {
    JobMain.main("Evaluate", args, Evaluate::prepare);
  }

  static JobMain.Work prepare(Job job, Locations locations) throws IOException {
    return new Evaluate(job, locations)::run;
  }

  private String run(SparkSession spark) throws IOException {
    long start = System.nanoTime();
    TrainingData rows = rows(spark);
    Map<String, Double> metrics = model.evaluate(rows);
    Config result =
        Config.builder()
            .put("job", job.name())
            .put("model", modelFile)
            .put("rows", rows.rows())
            .put("metrics", Config.of(metrics))
            .put("seconds", TrainResult.rounded((System.nanoTime() - start) / 1e9, 3))
            .put("versions", TrainResult.versions(spark.version()))
            .build();
    byte[] json = (result.toPrettyJson() + "\n").getBytes(StandardCharsets.UTF_8);
    FileIO.of(resultFile).write(resultFile, out -> out.write(json));
    return line(result, metrics);
  }

  private TrainingData rows(SparkSession spark) {
    Network network = Network.of(model.spec());
    DataSection validation = job.validation();
    if (validation != null) {
      return JobRows.of(validation, spark)
          .labelled(model)
          .withColumnsOf(model.columns())
          .readFor(network);
    }

    TrainingData data =
        JobRows.of(job.data(), spark)
            .labelled(model)
            .withColumnsOf(model.columns())
            .readFor(network);
    double fraction = job.fit().validationSplit();
    return fraction == 0
        ? data
        : data.split(fraction, job.seed(), job.fit().shuffle()).validation();
  }

  private static String line(Config result, Map<String, Double> metrics) {
    List<String> parts = new ArrayList<>();
    parts.add("rows=" + result.get("rows"));
    metrics.forEach((name, value) -> parts.add(name + "=" + value));
    parts.add("seconds=" + result.get("seconds"));
    parts.add("model=" + result.get("model"));
    return "Evaluated %s: %s".formatted(result.get("job"), String.join(", ", parts));
  }
}
