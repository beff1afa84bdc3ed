package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.jobs.Job.CheckpointSection;
import io.firesteel.jobs.Job.OutputSection;
import io.firesteel.saving.Config;
import io.firesteel.testing.TinyJob;
import io.firesteel.training.Checkpointing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobTest {

  @TempDir static Path folder;

  private static Config base;

  @BeforeAll
  static void writeJob() throws Exception {
    base = TinyJob.in(folder).config();
  }

  private static Job job(String... settings) {
    return Job.parse(Overrides.apply(base, List.of(settings)));
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    Job job =
        Job.parse(
            Config.parse(
                """
                {
                  "data": {"format": "libsvm", "path": "p"},
                  "model": {"path": "m.keras"},
                  "checkpoint": {"path": "c"},
                  "output": {"path": "o"}
                }
                """));
    assertEquals("firesteel", job.name());
    assertEquals(0, job.seed());
    assertEquals(
        new DataSection(
            "data",
            "libsvm",
            List.of("p"),
            Map.of(),
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            List.of("label"),
            false,
            null,
            List.of(),
            Map.of(),
            Map.of()),
        job.data());
    assertNull(job.validation());
    assertNull(job.compile());
    assertEquals(
        new CheckpointSection(
            "c", 0, 1, 10, 3, Checkpointing.Resume.AUTO, Checkpointing.OnFailure.WARN, 600),
        job.checkpoint());
    assertEquals(
        new OutputSection("o", "parquet", Map.of(), List.of(), "error", Map.of(), "error"),
        job.output());
    var options = job.fit().options(0).build();
    assertEquals(1, options.epochs());
    assertEquals(32, options.batchSize());
    assertEquals(true, options.shuffle());
    assertNull(options.shards());
    assertEquals(1, options.validationFreq());
  }

  @Test
  void validationIsAsTheDataUnlessItSaysOtherwise() {
    Job job = job("validation={\"where\": \"a > 0\", \"path\": [\"x\", \"y\"]}", "data.weight=w");
    DataSection data = job.data();
    assertEquals(
        new DataSection(
            "validation",
            "csv",
            List.of("x", "y"),
            data.options(),
            null,
            "a > 0",
            List.of(),
            data.features(),
            data.featureShape(),
            data.labels(),
            false,
            "w",
            List.of(),
            Map.of(),
            Map.of()),
        job.validation());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nope=1 | The job has the unknown field nope. Allowed: name, seed, data, validation, model, compile, fit, checkpoint, output, custom_objects
          fit.epoch=1 | The job has the unknown field fit.epoch. Allowed in 'fit': epochs, initial_epoch, steps_per_epoch, batch_size, shuffle, shards, validation_split, validation_freq, validation_steps, validation_batch_size, class_weight, callbacks, on_nan, verbose, progress_interval. Did you mean 'epochs'?
          data.lable=x | The job has the unknown field data.lable. Allowed in 'data': format, path, options, schema, where, select, features, feature_shape, label, label_index, weight, order_by. Did you mean 'label'?
          validation={"lable":1,"x":2} | The job has the unknown fields validation.lable, validation.x. Allowed in 'validation': format, path, options, schema, where, select, features, feature_shape, label, label_index, weight, order_by
          model.confg=1 | The job has the unknown field model.confg. Allowed in 'model': path, module, class_name, config, registered_name, build_config, compile_config, firesteel_columns. Did you mean 'config'?
          compile.optimizers=1 | The job has the unknown field compile.optimizers. Allowed in 'compile': optimizer, loss, metrics, weighted_metrics. Did you mean 'optimizer'?
          checkpoint.paht=1 | The job has the unknown field checkpoint.paht. Allowed in 'checkpoint': path, every_steps, every_epochs, every_seconds, keep, resume, on_failure, give_up_after. Did you mean 'path'?
          checkpoint.every_seconds=-1 | checkpoint: 'every_seconds' must be a number of seconds from 0 to a year. Received: -1
          checkpoint.on_failure=stop | checkpoint: 'on_failure' must be one of warn, fail. Received: stop
          checkpoint.give_up_after=soon | checkpoint: 'give_up_after' must be a number. Received: soon
          output.folder=1 | The job has the unknown field output.folder. Allowed in 'output': path, format, options, columns, mode, handle_invalid, output_col, raw_prediction_col, probability_col, prediction_col
          seed=x | job: 'seed' must be an integer. Received: x
          data=null | job: 'data' must not be null
          data.format=null | data: 'format' must not be null
          data.features=[] | data: 'features' must be a string or a list of strings, none of them empty. Received: []
          data.features=["a",""] | data: 'features' must be a string or a list of strings, none of them empty. Received: [a, ]
          data.features=7 | data: 'features' must be a string or a list of strings, none of them empty. Received: 7
          data.features=[7] | data: 'features' must be a list of strings. Received: [7]
          data.feature_shape=[0] | data: 'feature_shape' must be a list of integers of at least 1. Received: [0]
          data.options.sep=null | data.options: 'sep' must be a string, a number, true or false. Received: null
          data.order_by=a | job: 'data.order_by' needs fit.shuffle=false, for shuffled rows are ordered by their content. Received: [a]
          model={"path":"x","class_name":"Sequential"} | model: only one of 'path' and a serialized model can be given. To replace the model of a job file use --set 'model={"path": "x"}'
          compile.optimizer=3 | compile: 'optimizer' must be a name or a serialized object. Received: 3
          compile.metrics=accuracy | compile: 'metrics' must be a list. Received: accuracy
          fit.epochs=0 | fit: 'epochs' must be an integer >= 1. Received: 0
          fit.epochs=1.5 | fit: 'epochs' must be an integer. Received: 1.5
          fit.epochs=5000000000 | fit: 'epochs' must be an integer of 32 bits. Received: 5000000000
          fit.batch_size=0 | fit: 'batch_size' must be an integer >= 1. Received: 0
          fit.shards=0 | fit: 'shards' must be an integer >= 1. Received: 0
          fit.shuffle=1 | fit: 'shuffle' must be true or false. Received: 1
          fit.verbose=7 | fit: 'verbose' must be one of 0, 1, 2. Received: 7
          fit.progress_interval=-1 | fit: 'progress_interval' must be a number of seconds, 0 or more. Received: -1
          fit.validation_split=1 | fit: 'validation_split' must be in [0, 1). Received: 1.0
          fit.validation_steps=0 | fit: 'validation_steps' must be an integer >= 1. Received: 0
          fit.validation_batch_size=x | fit: 'validation_batch_size' must be an integer. Received: x
          fit.validation_freq=[0] | fit: 'validation_freq' must be an integer of at least 1, or a list of them. Received: [0]
          fit.validation_freq=[] | fit: 'validation_freq' must be at least one epoch. Received: []
          fit.class_weight={"a":1} | fit.class_weight: the fields must be class indices. Received: 'a'
          fit.class_weight={"1":"x"} | fit.class_weight: '1' must be a number. Received: x
          fit.callbacks=[{"class_name":"BackupAndRestore","config":{"backup_dir":"b","save_freq":5}}] | BackupAndRestore is not needed: fit itself writes checkpoints and resumes from them. In a job file write "checkpoint": {"path": "b", "every_steps": 5}, in Java FitOptions.builder().checkpoints(Checkpointing.in(...))
          fit.callbacks=["LambdaCallback"] | LambdaCallback consists of functions, which can't be named in a config. Write a class that extends Callback, and name it in custom_objects. Received: {}
          fit.callbacks=["EarlyStoping"] | Unknown callback 'EarlyStoping'. Allowed: BackupAndRestore, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler, MLflowLogger, ModelCheckpoint, ReduceLROnPlateau, SwapEMAWeights, TensorBoard, TerminateOnNaN, firesteel>MLflowLogger. A custom class must be registered first. Did you mean 'EarlyStopping'?
          checkpoint.keep=1 | checkpoint: 'keep' must be an integer >= 2. Received: 1
          checkpoint.every_steps=-1 | checkpoint: 'every_steps' must be an integer >= 0. Received: -1
          checkpoint.every_epochs=0 | checkpoint: 'every_epochs' must be an integer >= 1. Received: 0
          checkpoint.resume=maybe | checkpoint: 'resume' must be one of auto, never, required. Received: maybe
          output.path=null | output: 'path' must not be null
          output.mode=append | output: 'mode' must be one of error, overwrite. Received: append
          """)
  void aWrongFieldIsNamedWithItsValueAndWhatIsAllowed(String setting, String message) {
    assertEquals(message, refusal(setting));
  }

  @Test
  void classesAndCallbacksAreThoseOfTheFile() {
    Job job =
        job(
            "fit.class_weight={\"0\": 0.5, \"2\": 3}",
            "fit.callbacks=[{\"class_name\":\"CSVLogger\",\"config\":{\"filename\":\"log.csv\"}},{\"class_name\":\"SwapEMAWeights\",\"config\":{\"swap_on_epoch\":true}}]",
            "compile.weighted_metrics=[\"mae\"]");
    var options = job.fit().options(0).build();
    assertEquals(Map.of(0, 0.5, 2, 3.0), options.classWeight());
    assertEquals(
        List.of("CSVLogger", "SwapEMAWeights"),
        options.callbacks().stream().map(c -> c.getClass().getSimpleName()).toList());
    assertEquals(List.of("mae"), Objects.requireNonNull(job.compile()).weightedMetrics());
  }

  @Test
  void validationComesFromOnePlaceOnly() {
    assertEquals(
        "job: only one of 'validation' and 'fit.validation_split' can be given. Received:"
            + " fit.validation_split=0.5 and validation",
        refusal("validation={}", "fit.validation_split=0.5"));
  }

  private static String refusal(String... settings) {
    return assertThrows(IllegalArgumentException.class, () -> job(settings)).getMessage();
  }
}
