package io.firesteel.jobs;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.network.Network;
import io.firesteel.jobs.Job.CheckpointSection;
import io.firesteel.jobs.Job.CompileSection;
import io.firesteel.layers.Normalization;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.DataColumns;
import io.firesteel.training.FitOptions;
import io.firesteel.training.NonFiniteLossException;
import io.firesteel.training.TrainingSummary;
import io.firesteel.variables.Variable;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The sections of a job that train a model, on rows that are there. */
final class JobTraining {

  private final Job job;
  private final Model model;
  private final Configuration hadoopConf;
  private final ShardedDataset data;
  private final @Nullable ShardedDataset validation;

  private JobTraining(
      Job job,
      Model model,
      Configuration hadoopConf,
      ShardedDataset data,
      @Nullable ShardedDataset validation) {
    this.job = job;
    this.model = model;
    this.hadoopConf = hadoopConf;
    this.data = data;
    this.validation = validation;
  }

  /**
   * Compiles a model as its job says.
   *
   * @throws IllegalArgumentException if nothing says how
   */
  static void compile(Job job, Model model) {
    CompileSection compile = job.compile();
    if (compile != null) {
      compile.applyTo(model);
    } else if (!model.isCompiled()) {
      throw CompileSection.missing();
    }

    if (model.isBuilt()) {
      model.variables();
    }
  }

  /**
   * Finds the columns of the rows. Those that an earlier run of the job was trained on, which its
   * checkpoint knows, are found by name.
   */
  static JobTraining of(
      Job job,
      Model model,
      Configuration hadoopConf,
      JobRows rows,
      @Nullable JobRows validationRows) {
    if (model.columns().isEmpty() && rows.needModelsColumns()) {
      model.columns(savedColumns(job, hadoopConf));
    }

    ShardedDataset data = rows.labelled(model);
    if (model.columns().isEmpty()) {
      model.columns(data.columns());
    }

    return new JobTraining(
        job,
        model,
        hadoopConf,
        data,
        validationRows == null ? null : validationRows.labelled(model));
  }

  private static DataColumns savedColumns(Job job, Configuration hadoopConf) {
    CheckpointSection section = job.checkpoint();
    if (section == null || section.resume() == Checkpointing.Resume.NEVER) {
      return DataColumns.NONE;
    }

    Optional<Checkpoint> latest = HadoopCheckpointStore.read(section.path(), hadoopConf).latest();
    return latest.map(found -> Model.columnsOf(found.model())).orElse(DataColumns.NONE);
  }

  /** Returns what identifies the rows. */
  Config fingerprint() {
    return Config.builder()
        .put("job", job.contract())
        .put("data", identity(data))
        .put("validation_data", validation == null ? null : identity(validation))
        .build();
  }

  private Config identity(ShardedDataset rows) {
    if (!model.isBuilt()) {
      model.build(rows.featureShape().dims());
    }

    return rows.readFor(Network.of(model.spec())).fingerprint();
  }

  /**
   * Trains the model.
   *
   * @throws ArithmeticException if the loss is not finite and that is not allowed, with the newest
   *     checkpoint whose values are
   */
  TrainingSummary fit() {
    FitOptions.Builder options = job.fit().options(job.seed());
    if (validation != null) {
      options.validationData(validation);
    }

    Checkpointing checkpoints = checkpoints();
    if (checkpoints != null) {
      options.checkpoints(checkpoints);
    }

    if (job.model().path() == null && hasToAdapt()) {
      model.adapt(data);
    }

    try {
      model.fit(data, options.build());
    } catch (NonFiniteLossException e) {
      throw new IllegalStateException(notFinite(String.valueOf(e.getMessage())), e);
    }

    TrainingSummary summary = Objects.requireNonNull(model.lastTraining());
    Double loss = summary.history().last().get("loss");
    if (summary.stopped() && loss != null && !Double.isFinite(loss)) {
      throw new IllegalStateException(notFinite("Training ended, for the loss is " + loss));
    }

    return summary;
  }

  private String notFinite(String problem) {
    CheckpointSection section = job.checkpoint();
    if (section == null) {
      return problem + ". No model was written, and the job has no 'checkpoint' section";
    }

    Optional<Checkpoint> latest = HadoopCheckpointStore.read(section.path(), hadoopConf).latest();
    return latest
        .map(
            found ->
                "%s. No model was written. The newest checkpoint is of step %d in %s; its values are %s"
                    .formatted(
                        problem,
                        found.step(),
                        section.path(),
                        isFinite(found.model()) ? "finite" : "not all finite"))
        .orElse(problem + ". No model was written");
  }

  private static boolean isFinite(KerasArchive model) {
    for (KerasArchive.Weights layer : model.layers()) {
      for (Variable variable : layer.variables()) {
        if (!variable.isInteger() && !isFinite(variable.values())) {
          return false;
        }
      }
    }

    return true;
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }

    return true;
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

    return section.applyTo(HadoopCheckpointStore.at(section.path(), hadoopConf, section.keep()));
  }
}
