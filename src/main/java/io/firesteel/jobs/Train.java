package io.firesteel.jobs;

import io.firesteel.internal.files.FileIO;
import io.firesteel.layers.Normalization;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model: {@code spark-submit --class io.firesteel.jobs.Train firesteel.jar JOB.json [--set
 * FIELD=VALUE ...]}.
 *
 * <p>Writes {@code model.keras} and then {@code result.json} into the output folder. The same
 * command goes on where a killed one stopped; one that has finished prints its result again.
 */
public final class Train {

  private final Job job;
  private final Locations locations;
  private final Model model;
  private final String modelFile;
  private final String resultFile;

  private Train(Job job, Locations locations) throws IOException {
    this.job = job;
    this.locations = locations;
    this.modelFile = locations.file("output.path", job.output().path(), ModelSection.FILE);
    this.resultFile = locations.file("output.path", job.output().path(), "result.json");
    this.model = job.model().open(job.seed(), locations);
  }

  /** Trains, and ends the JVM with 1 if that fails. */
  public static void main(String[] args) {
    JobMain.main("Train", args, Train::prepare);
  }

  static JobMain.Work prepare(Job job, Locations locations) throws IOException {
    Train train = new Train(job, locations);
    train.check();
    return train::run;
  }

  private void check() throws IOException {
    CompileSection compile = job.compile();
    if (compile != null) {
      compile.applyTo(model);
    } else if (!model.isCompiled()) {
      throw CompileSection.missing();
    }

    if (model.isBuilt()) {
      model.variables();
    }

    locations.requireWritableFolder("output.path", job.output().path());
    CheckpointSection checkpoint = job.checkpoint();
    if (checkpoint != null) {
      locations.requireWritableFolder("checkpoint.path", checkpoint.path());
    }
  }

  private String run(SparkSession spark) throws IOException {
    ShardedDataset data = Rows.of(job.data(), spark).labelled(model);
    DataSection validation = job.validation();
    FitOptions.Builder options = job.fit().options(job.seed());
    if (validation != null) {
      options.validationData(Rows.of(validation, spark).labelled(model));
    }

    Checkpointing checkpoints = checkpoints();
    if (checkpoints != null) {
      options.checkpoints(checkpoints);
    }

    if (job.model().path() == null && hasToAdapt()) {
      model.adapt(data);
    }

    model.fit(data, options.build());
    return report(Objects.requireNonNull(model.lastTraining()), spark);
  }

  /** A new model is adapted to the training data, which nobody else could do for a job file. */
  private boolean hasToAdapt() {
    return model.layers().stream()
        .anyMatch(layer -> layer instanceof Normalization normalization && normalization.adapts());
  }

  private @Nullable Checkpointing checkpoints() {
    CheckpointSection section = job.checkpoint();
    if (section == null) {
      return null;
    }

    return Checkpointing.in(
            HadoopCheckpointStore.at(section.path(), locations.hadoopConf(), section.keep()))
        .everySteps(section.everySteps())
        .everyEpochs(section.everyEpochs())
        .resume(section.resume());
  }

  /** A run that found everything done leaves the result of the run that did it. */
  private String report(TrainingSummary summary, SparkSession spark) throws IOException {
    String weights = model.weightsSha256();
    Config result = TrainResult.of(job, summary, weights, modelFile, spark.version());
    if (Objects.equals(summary.resumedFromStep(), summary.steps())) {
      Config earlier = earlierResult();
      if (earlier != null && TrainResult.isOfSameRun(earlier, result)) {
        return TrainResult.line(earlier);
      }
    }

    model.save(modelFile);
    byte[] json = (result.toPrettyJson() + "\n").getBytes(StandardCharsets.UTF_8);
    FileIO.of(resultFile).write(resultFile, out -> out.write(json));
    return TrainResult.line(result);
  }

  private @Nullable Config earlierResult() throws IOException {
    FileIO files = FileIO.of(resultFile);
    if (!files.exists(resultFile) || !files.exists(modelFile)) {
      return null;
    }

    try {
      return Config.parse(locations.read("output.path", resultFile));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
