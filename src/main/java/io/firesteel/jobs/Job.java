package io.firesteel.jobs;

import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.Checkpointing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job file. The same file serves {@link Train}, {@link Evaluate} and {@link Predict}, each of
 * which uses the sections it needs; all are checked.
 *
 * @param name the job's name
 * @param seed the seed of start weights, of the rows' order and of dropout
 * @param data the rows
 * @param validation other rows to validate on, or null
 * @param model the model
 * @param compile what the model is compiled with, or null for what it was saved with
 * @param fit the arguments of fit
 * @param checkpoint the checkpoints, or null for none
 * @param output where results go
 * @param contract a digest of all that the trained weights depend on
 */
record Job(
    String name,
    long seed,
    DataSection data,
    @Nullable DataSection validation,
    ModelSection model,
    @Nullable CompileSection compile,
    FitSection fit,
    @Nullable CheckpointSection checkpoint,
    OutputSection output,
    String contract) {

  private static final String[] SECTIONS = {
    "name",
    "seed",
    "data",
    "validation",
    "model",
    "compile",
    "fit",
    "checkpoint",
    "output",
    "custom_objects"
  };

  /**
   * Reads a job, after making its custom classes known.
   *
   * @throws IllegalArgumentException if a field is unknown, missing, of a wrong type or out of
   *     range, by its name
   */
  static Job parse(Config config) {
    ConfigReader reader = Fields.read("", config, SECTIONS);
    CustomObjects.register(reader.nullableConfig("custom_objects"));
    Config data = reader.config("data");
    Config validation = reader.nullableConfig("validation");
    Config compile = reader.nullableConfig("compile");
    Config fit = reader.nullableConfig("fit");
    Config checkpoint = reader.nullableConfig("checkpoint");
    Job job =
        new Job(
            reader.string("name", "firesteel"),
            reader.integer("seed", 0),
            DataSection.parse("data", data),
            validation == null ? null : validation(data, validation),
            ModelSection.parse(reader.config("model")),
            compile == null ? null : CompileSection.parse(compile),
            FitSection.parse(fit == null ? Config.empty() : fit),
            checkpoint == null ? null : CheckpointSection.parse(checkpoint),
            OutputSection.parse(reader.config("output")),
            contract(config));
    job.fit().options(job.seed()).build();
    job.checkTogether();
    return job;
  }

  private static String contract(Config config) {
    Config fit = config.get("fit") instanceof Config given ? given : Config.empty();
    Config relevant =
        config
            .without("name")
            .without("output")
            .without("checkpoint")
            .with("fit", fit.without("verbose").without("progress_interval").without("on_nan"));
    try {
      byte[] text = relevant.toJson().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void checkTogether() {
    if (validation != null && fit.validationSplit() > 0) {
      throw new IllegalArgumentException(
          "job: only one of 'validation' and 'fit.validation_split' can be given. Received: fit.validation_split=%s and validation"
              .formatted(fit.validationSplit()));
    }

    if (fit.shuffle() && !data.orderBy().isEmpty()) {
      throw new IllegalArgumentException(
          "job: 'data.order_by' needs fit.shuffle=false, for shuffled rows are ordered by their"
              + " content. Received: "
              + data.orderBy());
    }
  }

  /** What the validation section does not say is as in the data section. */
  private static DataSection validation(Config data, Config validation) {
    return DataSection.parse("validation", data.toBuilder().putAll(validation).build());
  }

  /**
   * The arguments of {@code compile}: names or serialized objects.
   *
   * @param optimizer the optimizer
   * @param loss the loss
   * @param metrics the metrics
   * @param weightedMetrics the metrics that sample weights count in
   */
  record CompileSection(Object optimizer, Object loss, List<?> metrics, List<?> weightedMetrics) {

    /**
     * Reads the section.
     *
     * @throws IllegalArgumentException if a field is unknown or missing
     */
    static CompileSection parse(Config config) {
      ConfigReader reader =
          Fields.read("compile", config, "optimizer", "loss", "metrics", "weighted_metrics");
      return new CompileSection(
          identifier(reader, "optimizer"),
          identifier(reader, "loss"),
          reader.optionalList("metrics"),
          reader.optionalList("weighted_metrics"));
    }

    private static Object identifier(ConfigReader reader, String field) {
      @Nullable Object value = reader.any(field);
      if (!(value instanceof String) && !(value instanceof Config)) {
        throw reader.invalid(field, "a name or a serialized object");
      }

      return value;
    }

    /** Returns the error where a model needs to be compiled and nothing says how. */
    static IllegalArgumentException missing() {
      return new IllegalArgumentException(
          "compile: the section is missing, and the model was not saved with what it holds");
    }

    /** Compiles a model; what it was compiled with before is replaced. */
    void applyTo(Model model) {
      model.compile(optimizer, loss, metrics, weightedMetrics);
    }
  }

  /**
   * Where and when a job writes checkpoints.
   *
   * @param path the folder, on any Hadoop file system
   * @param everySteps after how many steps within an epoch, 0 for never
   * @param everyEpochs after how many epochs
   * @param everySeconds at the ends of epochs not more often than in so many seconds
   * @param keep how many checkpoints stay
   * @param resume whether to continue from a checkpoint
   * @param onFailure what happens when a checkpoint can't be written
   * @param giveUpAfter after how many seconds without one training ends all the same
   */
  record CheckpointSection(
      String path,
      long everySteps,
      int everyEpochs,
      double everySeconds,
      int keep,
      Checkpointing.Resume resume,
      Checkpointing.OnFailure onFailure,
      double giveUpAfter) {

    private static final int FEWEST = 2;
    private static final int DEFAULT_KEEP = 3;
    private static final double MOST_SECONDS = 366 * 24 * 3600;

    /**
     * Reads the section.
     *
     * @throws IllegalArgumentException if a field is unknown, of a wrong type or out of range
     */
    static CheckpointSection parse(Config config) {
      ConfigReader reader =
          Fields.read(
              "checkpoint",
              config,
              "path",
              "every_steps",
              "every_epochs",
              "every_seconds",
              "keep",
              "resume",
              "on_failure",
              "give_up_after");
      String path = reader.string("path");
      long everySteps = reader.integer("every_steps", 0);
      if (everySteps < 0) {
        throw reader.invalid("every_steps", "an integer >= 0");
      }

      int everyEpochs = reader.int32("every_epochs", 1);
      if (everyEpochs < 1) {
        throw reader.invalid("every_epochs", "an integer >= 1");
      }

      int keep = reader.int32("keep", DEFAULT_KEEP);
      if (keep < FEWEST) {
        throw reader.invalid("keep", "an integer >= 2");
      }

      String resume = Fields.oneOf(reader, "resume", "auto", "auto", "never", "required");
      String onFailure = Fields.oneOf(reader, "on_failure", "warn", "warn", "fail");
      return new CheckpointSection(
          path,
          everySteps,
          everyEpochs,
          seconds(reader, "every_seconds", 10),
          keep,
          Checkpointing.Resume.valueOf(resume.toUpperCase(Locale.ROOT)),
          Checkpointing.OnFailure.valueOf(onFailure.toUpperCase(Locale.ROOT)),
          seconds(reader, "give_up_after", 600));
    }

    private static double seconds(ConfigReader reader, String field, double absent) {
      double seconds = reader.number(field, absent);
      if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
        throw reader.invalid(field, "a number of seconds from 0 to a year");
      }

      return seconds;
    }

    /** Returns when and how to write to a place. */
    Checkpointing applyTo(CheckpointLocation location) {
      return Checkpointing.in(location)
          .everySteps(everySteps)
          .everyEpochs(everyEpochs)
          .everySeconds(everySeconds)
          .resume(resume)
          .onFailure(onFailure)
          .giveUpAfter(Duration.ofMillis(Math.round(giveUpAfter * 1000)));
    }
  }

  /**
   * Where a job's results go.
   *
   * @param path the folder, on any Hadoop file system
   * @param format how Predict writes, as {@code spark.write} knows it
   * @param options the format's options
   * @param columns the columns that Predict writes before the prediction, empty for all
   * @param mode what is done where results of another run are already: {@code error} or {@code
   *     overwrite}
   * @param predicted the names of the columns of a prediction, by field
   * @param handleInvalid what Predict does with rows that hold null or what is not finite
   */
  record OutputSection(
      String path,
      String format,
      Map<String, String> options,
      List<String> columns,
      String mode,
      Map<String, String> predicted,
      String handleInvalid) {

    private static final List<String> PREDICTED =
        List.of("output_col", "raw_prediction_col", "probability_col", "prediction_col");

    OutputSection {
      options = Map.copyOf(options);
      columns = List.copyOf(columns);
      predicted = Map.copyOf(predicted);
    }

    /** Tells whether results of another run may be replaced. */
    boolean overwrites() {
      return mode.equals("overwrite");
    }

    /**
     * Reads the section.
     *
     * @throws IllegalArgumentException if a field is unknown, missing or of a wrong type
     */
    static OutputSection parse(Config config) {
      List<String> fields =
          new ArrayList<>(
              List.of("path", "format", "options", "columns", "mode", "handle_invalid"));
      fields.addAll(PREDICTED);
      ConfigReader reader = Fields.read("output", config, fields.toArray(new String[0]));
      Map<String, String> predicted = new LinkedHashMap<>();
      for (String field : PREDICTED) {
        if (reader.any(field) != null) {
          predicted.put(field, reader.string(field));
        }
      }

      return new OutputSection(
          reader.string("path"),
          reader.string("format", "parquet"),
          Fields.options("output.options", reader.nullableConfig("options")),
          Fields.stringOrList(reader, "columns"),
          Fields.oneOf(reader, "mode", "error", "error", "overwrite"),
          predicted,
          Fields.oneOf(reader, "handle_invalid", "error", "error", "skip", "keep"));
    }
  }
}
