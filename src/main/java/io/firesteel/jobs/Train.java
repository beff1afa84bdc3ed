package io.firesteel.jobs;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.WriterReplacedException;
import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.monitoring.Causes;
import io.firesteel.jobs.Job.CheckpointSection;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.TrainingSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a model: {@code spark-submit --class io.firesteel.jobs.Train firesteel.jar JOB.json [--set
 * FIELD=VALUE ...] [--verbose]}.
 *
 * <p>Writes {@code model.keras} and then {@code result.json} into the output folder. The same
 * command goes on where a killed one stopped; one that has finished prints its result again. The
 * results of another run are replaced only if {@code output.mode} is {@code overwrite}.
 */
public final class Train {

  private static final String CONTRACT = "contract";

  private final Job job;
  private final Locations locations;
  private final Model model;
  private final String modelFile;
  private final String resultFile;
  private @Nullable Config finished;

  private Train(Job job, Locations locations) throws IOException {
    this.job = job;
    this.locations = locations;
    this.modelFile = locations.file("output.path", job.output().path(), ModelSection.FILE);
    this.resultFile = locations.file("output.path", job.output().path(), "result.json");
    this.model = job.model().open(job.seed(), locations, job.compile() == null);
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
    JobTraining.compile(job, model);
    locations.requireWritableFolder("output.path", job.output().path());
    CheckpointSection checkpoint = job.checkpoint();
    if (checkpoint != null) {
      locations.requireWritableFolder("checkpoint.path", checkpoint.path());
    }

    if (!job.output().overwrites() && !goesOn(checkpoint)) {
      finished = requireFree();
    }
  }

  /** Tells whether there are checkpoints, which are checked to be of this run. */
  private boolean goesOn(@Nullable CheckpointSection checkpoint) throws IOException {
    return checkpoint != null && locations.hasEntry("checkpoint.path", checkpoint.path(), "step-");
  }

  /**
   * Returns the result of an earlier run of the same job, null if there is nothing.
   *
   * @throws IllegalArgumentException if there is something else
   */
  private @Nullable Config requireFree() throws IOException {
    boolean hasResult = locations.exists("output.path", resultFile);
    boolean hasModel = locations.exists("output.path", modelFile);
    if (!hasResult && !hasModel) {
      return null;
    }

    Config earlier = hasModel ? earlierResult() : null;
    if (earlier == null
        || !(earlier.get(CONTRACT) instanceof Config contract)
        || !job.contract().equals(contract.get("job"))) {
      throw taken();
    }

    return earlier;
  }

  private IllegalArgumentException taken() {
    return new IllegalArgumentException(
        "output.path: %s has the results of another run. Choose another folder, or set output.mode to overwrite"
            .formatted(job.output().path()));
  }

  private String run(SparkSession spark) throws IOException {
    JobRows data = JobRows.of(job.data(), spark);
    DataSection validation = job.validation();
    JobRows validationRows = validation == null ? null : JobRows.of(validation, spark);
    JobTraining training;
    Config contract;
    try {
      training = JobTraining.of(job, model, locations.hadoopConf(), data, validationRows);
      contract = training.fingerprint();
    } catch (IllegalArgumentException e) {
      throw data.refused(validationRows == null ? e : validationRows.refused(e));
    }

    if (finished != null) {
      if (contract.equals(finished.get(CONTRACT))) {
        return TrainResult.line(finished);
      }

      throw taken();
    }

    locations.requireRoom("output.path", job.output().path(), weightBytes());
    KeptModel kept = new KeptModel(model, job.name());
    TrainingSummary summary;
    try {
      summary = training.fit();
    } catch (WriterReplacedException e) {
      throw e;
    } catch (CheckpointException e) {
      String unfinished = modelFile.replaceAll("[^/]*$", "unfinished.keras");
      throw new CheckpointException(
          e.getMessage() + kept.after(e, "unfinished", List.of(unfinished)), e);
    }

    try {
      return report(summary, contract, spark);
    } catch (IOException e) {
      String problem =
          "output.path: %s can't be written: %s"
              .formatted(job.output().path(), Failure.text(Causes.first(e)));
      throw new IOException(problem + kept.after(e, "trained", List.of()), e);
    } catch (RuntimeException e) {
      String problem =
          "The model is trained, but its result can't be told: " + Failure.text(Causes.first(e));
      throw new IllegalStateException(problem + kept.after(e, "trained", List.of()), e);
    }
  }

  private long weightBytes() {
    return model.variables().stream().mapToLong(variable -> 4L * variable.shape().size()).sum();
  }

  /** A run that found everything done leaves the result of the run that did it. */
  private String report(TrainingSummary summary, Config contract, SparkSession spark)
      throws IOException {
    String weights = model.weightsSha256();
    Config result =
        TrainResult.of(job, summary, weights, modelFile, spark.version()).with(CONTRACT, contract);
    if (Objects.equals(summary.resumedFromStep(), summary.steps())) {
      Config earlier = locations.exists("output.path", modelFile) ? earlierResult() : null;
      if (earlier != null && TrainResult.isOfSameRun(earlier, result)) {
        return TrainResult.line(earlier);
      }
    }

    byte[] json = (result.toPrettyJson() + "\n").getBytes(StandardCharsets.UTF_8);
    Patience.write(
        "output.path: " + job.output().path(),
        patience(),
        () -> {
          model.save(modelFile);
          FileIO.of(resultFile).write(resultFile, out -> out.write(json));
        });
    return TrainResult.line(result);
  }

  /** The results of a run that rides out failures of its checkpoints are as patient. */
  private Duration patience() {
    CheckpointSection checkpoint = job.checkpoint();
    return checkpoint == null || checkpoint.onFailure() == Checkpointing.OnFailure.FAIL
        ? Duration.ZERO
        : Duration.ofMillis(Math.round(checkpoint.giveUpAfter() * 1000));
  }

  private @Nullable Config earlierResult() throws IOException {
    if (!locations.exists("output.path", resultFile)) {
      return null;
    }

    try {
      return Config.parse(locations.read("output.path", resultFile));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * A trained model that can't be written where its job says. It is written to the first other
   * place that takes it: beside the model, to the folder for temporary files, to the working
   * directory.
   */
  private static final class KeptModel {

    private final Model model;
    private final String job;

    KeptModel(Model model, String job) {
      this.model = model;
      this.job = job;
    }

    /**
     * Writes the model somewhere else; never over another file of these folders.
     *
     * @param failure what is the reason, which keeps what goes wrong here
     * @param state what the name of the file says of the model
     * @param first the files to try before the others
     * @return a sentence that says where it is, to be added to the message of the failure; empty if
     *     it has taken no step
     */
    String after(Exception failure, String state, List<String> first) {
      if (!model.isBuilt() || model.optimizer().iterations() == 0) {
        return "";
      }

      List<String> tried = new ArrayList<>(first);
      tried.add(unused(System.getProperty("java.io.tmpdir"), state));
      tried.add(unused(System.getProperty("user.dir"), state));
      for (String place : tried) {
        try {
          model.save(place);
          return ". The model as it is was saved to " + place;
        } catch (IOException | RuntimeException e) {
          failure.addSuppressed(e);
        }
      }

      return ". The model could not be saved to any of " + tried;
    }

    private String unused(String folder, String state) {
      String stem = folder + "/" + job.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + state;
      String file = stem + ".keras";
      try {
        for (int i = 2; FileIO.of(file).exists(file); i++) {
          file = "%s-%d.keras".formatted(stem, i);
        }
      } catch (IOException e) {
        return file;
      }

      return file;
    }
  }

  /**
   * Tries again to write what a file system does not take at the moment, after 1, 2, 4, ... up to
   * 30 seconds, and gives up after a while.
   */
  static final class Patience {

    private static final Logger LOG = LoggerFactory.getLogger(Train.class);
    private static final long FIRST_PAUSE = 1_000;
    private static final long LONGEST_PAUSE = 30_000;

    /** What is tried. */
    @FunctionalInterface
    interface Writing {
      /** Writes all there is to write, from the start. */
      void write() throws IOException;
    }

    private Patience() {}

    /**
     * Writes.
     *
     * @param what is written, for warnings
     * @param atMost how long to try again after the first failure; 0 for one try
     * @throws IOException the last failure
     */
    static void write(String what, Duration atMost, Writing writing) throws IOException {
      long since = 0;
      long pause = FIRST_PAUSE;
      for (int tries = 1; ; tries++) {
        try {
          writing.write();
          return;
        } catch (IOException e) {
          long now = System.nanoTime();
          since = tries == 1 ? now : since;
          long left = atMost.toMillis() - Duration.ofNanos(now - since).toMillis();
          if (left <= 0) {
            throw e;
          }

          pause = Math.min(pause, left);
          LOG.warn(
              "{} can't be written (try {}): {}. Next try in {} s; the last one in {} s",
              what,
              tries,
              Failure.text(Causes.first(e)),
              seconds(pause),
              seconds(left));
          sleep(pause, e);
          pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
      }
    }

    private static long seconds(long millis) {
      return Math.round(millis / 1e3);
    }

    private static void sleep(long millis, IOException failure) throws IOException {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure;
      }
    }
  }
}
