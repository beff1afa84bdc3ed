package io.firesteel.jobs;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a job file on data frames that a program has: {@code model}, {@code compile},
 * {@code fit}, {@code checkpoint} and of {@code data} and {@code validation} what says how rows are
 * taken. Nothing is written but checkpoints.
 *
 * <pre>{@code
 * JobFile job = JobFile.of(json);
 * Model model = job.train(df);
 * Dataset<Row> predicted = job.predict(model, df);
 * }</pre>
 */
public final class JobFile {

  private static final List<String> SOURCE = List.of("format", "path", "options", "schema");

  private final Job job;

  private JobFile(Job job) {
    this.job = job;
  }

  /**
   * Reads a job.
   *
   * @param json the job; {@code data} needs no {@code format} and there need be no {@code output}
   * @throws IllegalArgumentException if a field is unknown, missing, of a wrong type or out of
   *     range, by its name; or says where rows are read from, which are given here
   */
  public static JobFile of(String json) {
    Config config = Config.parse(json);
    Config.Builder whole = config.toBuilder();
    whole.put("data", given("data", config.get("data")));
    if (config.get("validation") != null) {
      whole.put("validation", given("validation", config.get("validation")));
    }

    if (!config.has("output")) {
      whole.put("output", Config.builder().put("path", ".").build());
    } else if (config.get("output") instanceof Config output && !output.has("path")) {
      whole.put("output", output.with("path", "."));
    }

    return new JobFile(Job.parse(whole.build()));
  }

  private static Config given(String section, @Nullable Object value) {
    Config config = value instanceof Config fields ? fields : Config.empty();
    for (String field : SOURCE) {
      if (config.has(field)) {
        throw new IllegalArgumentException(
            "%s.%s can't be given for rows that a program has. Received: %s"
                .formatted(section, field, config.get(field)));
      }
    }

    return config.with("format", "dataframe");
  }

  /**
   * Trains the job's model.
   *
   * @return the model, whose {@code lastTraining} says how it went
   */
  public Model train(Dataset<Row> data) {
    return fitted(data, null);
  }

  /** Trains the job's model and validates it on other rows. */
  public Model train(Dataset<Row> data, Dataset<Row> validation) {
    return fitted(data, validation);
  }

  private Model fitted(Dataset<Row> data, @Nullable Dataset<Row> validation) {
    Configuration hadoopConf = data.sparkSession().sparkContext().hadoopConfiguration();
    Model model;
    try {
      model = job.model().open(job.seed(), new Locations(hadoopConf), job.compile() == null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    JobTraining.compile(job, model);
    DataSection section = job.validation() == null ? job.data() : job.validation();
    JobRows validationRows = validation == null ? null : JobRows.of(section, validation);
    JobTraining.of(job, model, hadoopConf, JobRows.of(job.data(), data), validationRows).fit();
    return model;
  }

  /** Returns the loss and the metrics of rows, taken as the section {@code data} says. */
  public Map<String, Double> evaluate(Model model, Dataset<Row> data) {
    TrainingData rows = JobRows.of(job.data(), data).labelled(model);
    return model.evaluate(rows);
  }

  /**
   * Returns rows with the columns that {@link Predict} adds. The section {@code output} may name
   * them.
   */
  public Dataset<Row> predict(Model model, Dataset<Row> data) {
    return PredictedRows.of(job, model, JobRows.of(job.data(), data));
  }
}
