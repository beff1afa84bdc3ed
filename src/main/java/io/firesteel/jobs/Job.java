package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
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
    OutputSection output) {

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
            OutputSection.parse(reader.config("output")));
    job.fit().options(job.seed()).build();
    job.checkTogether();
    return job;
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
}
