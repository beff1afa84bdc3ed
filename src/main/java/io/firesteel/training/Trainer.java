package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.internal.monitoring.TrainingReporter;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.internal.network.Totals;
import io.firesteel.saving.Config;
import io.firesteel.variables.VariableValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits and evaluates a model: finds the checkpoint to resume from, reads and deals the data, checks
 * that the checkpoint belongs to this run, runs the {@link FitLoop}, and closes in the end whatever
 * it opened. Wrong arguments are refused before the first step.
 */
public final class Trainer {

  private final TrainableModel model;
  private final NetworkSpec network;
  private final Config modelContract;
  private final FitOptions options;

  private Trainer(TrainableModel model, Config modelContract, FitOptions options) {
    this.model = model;
    this.network = model.network().spec().withClassWeight(options.classWeight());
    Network.of(network);
    this.modelContract = modelContract;
    this.options = options;
  }

  /**
   * Trains a model.
   *
   * @param modelContract what of the model must be the same when a run resumes
   */
  public static TrainingSummary fit(
      TrainableModel model, Config modelContract, TrainingData data, FitOptions options) {
    try {
      options.callbacks().forEach(Callback::checkOutputs);
      return new Trainer(model, modelContract, options).fit(data);
    } finally {
      options.closeCallbacks();
    }
  }

  /**
   * Takes one step on all rows as one batch, and returns its loss and metrics by name, of before
   * the step.
   */
  public static Map<String, Double> trainOnBatch(TrainableModel model, TrainingData batch) {
    int rows = Math.toIntExact(batch.rows());
    BatchPlan plan = new BatchPlan(rows, rows, BatchPlan.defaultShards(rows), 0, false);
    StepUpdate update = new StepUpdate(model);
    model.optimizer().build(update.trainable());
    long taken = model.optimizer().iterations();
    Step step = new Step(taken, (int) taken, 0, model.optimizer().lossScale());
    try (GradientSource source = batch.open(model.network().spec(), plan, null)) {
      GradientSums gradients = source.gradients(VariableValues.of(model.variables()), step);
      return logs(model, gradients.totals(), update.apply(gradients, step.lossScale()));
    }
  }

  private static Map<String, Double> logs(TrainableModel model, Totals totals, double loss) {
    EpochSums sums = new EpochSums(model.network());
    sums.add(totals, loss);
    Map<String, Double> logs = new LinkedHashMap<>();
    sums.putInto(logs, "");
    return logs;
  }

  /** Returns the loss and the metrics of rows under the current weights, by name. */
  public static Map<String, Double> evaluate(
      TrainableModel model, TrainingData data, BatchOptions options) {
    TrainingData rows = options.of(data);
    if (options.callbacks().isEmpty()) {
      return evaluated(model, rows, options.batchSize());
    }

    BatchPasses passes = new BatchPasses(model, options);
    return rows instanceof LocalData inMemory
        ? passes.evaluate(inMemory)
        : passes.evaluateAtOnce(logs -> logs.putAll(evaluated(model, rows, options.batchSize())));
  }

  private static Map<String, Double> evaluated(
      TrainableModel model, TrainingData data, int batchSize) {
    NetworkSpec network = model.network().spec();
    try (GradientSource rows = data.open(network, data.evaluation(model.network(), batchSize))) {
      Totals totals = rows.evaluate(DataSet.TRAINING, VariableValues.of(model.variables()));
      return logs(model, totals, new StepUpdate(model).loss(totals));
    }
  }

  /** Returns the predictions of rows in memory, batch by batch. */
  public static float[][] predict(TrainableModel model, LocalData rows, BatchOptions options) {
    return new BatchPasses(model, options).predict((LocalData) options.of(rows));
  }

  private TrainingSummary fit(TrainingData data) {
    SavedRun saved = SavedRun.find(options.checkpoints());
    TrainingData training = data;
    TrainingData validation = options.validationData();
    if (options.validationSplit() > 0) {
      TrainingData.Split split =
          data.split(options.validationSplit(), options.seed(), options.shuffle());
      training = split.training();
      validation = split.validation();
    } else if (validation != null) {
      validation = validation.withColumnsOf(data.columns()).readFor(model.network());
    }

    Integer steps = options.validationSteps();
    if (validation != null && steps != null) {
      validation = validation.first((long) steps * options.validationBatchSize());
    }

    requireWeightsOnce(training);
    try (TrainingMonitor monitor = data.monitor()) {
      return fit(training, validation, saved, new TrainingReporter(monitor));
    }
  }

  private TrainingSummary fit(
      TrainingData training,
      @Nullable TrainingData validation,
      SavedRun saved,
      TrainingReporter reporter) {
    long openedAt = System.nanoTime();
    BatchPlan plan = plan(training);
    CallbackList callbacks = new CallbackList(options.callbacks(), options.observers());
    try (GradientSource source =
        training.open(network, plan, validation, options.validationBatchSize())) {
      DataChecks.requireWeight(source.hasWeight());
      Config contract =
          modelContract.toBuilder()
              .put("fit", fitContract(plan, callbacks.stateful()))
              .put("data", identity(training, source))
              .put("validation_data", validation == null ? null : validation.fingerprint())
              .build();
      saved.requireSame(contract);
      source.observeWith(reporter.clock(), reporter::happened);
      FitLoop loop =
          new FitLoop(
              model, options, plan, source, validation != null, callbacks, contract, reporter);
      double openSeconds = (System.nanoTime() - openedAt) / 1e9;
      reporter.started(start(contract, plan, source.name(), openSeconds, saved));
      return run(loop, saved, reporter);
    }
  }

  private TrainingSummary run(FitLoop loop, SavedRun saved, TrainingReporter reporter) {
    try {
      TrainingSummary summary = runWithCheckpoints(loop, saved, reporter);
      reporter.ended(summary.stopped(), null);
      return summary;
    } catch (Throwable e) {
      reporter.ended(false, e);
      throw e;
    }
  }

  private TrainingSummary runWithCheckpoints(
      FitLoop loop, SavedRun saved, TrainingReporter reporter) {
    Checkpointing checkpointing = options.checkpoints();
    if (checkpointing == null) {
      return loop.run(null, null);
    }

    try (CheckpointStore store = checkpointing.location().open(UUID.randomUUID().toString());
        CheckpointWriter writer = new CheckpointWriter(store, checkpointing, reporter)) {
      return loop.run(saved.checkpoint(), writer);
    }
  }

  private TrainingMonitor.Start start(
      Config contract, BatchPlan plan, String source, double openSeconds, SavedRun saved) {
    long parameters =
        model.variables().stream().mapToLong(variable -> variable.shape().size()).sum();
    return new TrainingMonitor.Start(
        model.network().modelName(),
        model.summary(),
        contract,
        parameters,
        options.epochs(),
        EpochBatches.of(plan, options).longest(),
        plan.batchSize(),
        plan.rows(),
        plan.shards(),
        source,
        openSeconds,
        saved.location(),
        saved.step());
  }

  private BatchPlan plan(TrainingData data) {
    Integer shards = options.shards();
    return new BatchPlan(
        data.rows(),
        options.batchSize(),
        shards == null ? BatchPlan.defaultShards(options.batchSize()) : shards,
        options.seed(),
        options.shuffle());
  }

  private void requireWeightsOnce(TrainingData data) {
    boolean weighted = Boolean.TRUE.equals(data.fingerprint().get("weighted"));
    if (weighted && !options.classWeight().isEmpty()) {
      throw new IllegalArgumentException(
          "fit: 'class_weight' and weights in the data can't be used together. Received: class_weight=%s and weighted data"
              .formatted(new TreeMap<>(options.classWeight())));
    }
  }

  private Config fitContract(BatchPlan plan, List<Callback> callbacks) {
    Config contract =
        Config.builder()
            .put("batch_size", plan.batchSize())
            .put("shards", plan.shards())
            .put("seed", plan.seed())
            .put("shuffle", plan.shuffle())
            .put(
                "validation_freq",
                options.validationEpochs().isEmpty()
                    ? options.validationFreq()
                    : options.validationEpochs())
            .put("validation_split", options.validationSplit())
            .put("callbacks", callbacks.stream().map(Callbacks::contract).toList())
            .build();
    if (options.stepsPerEpoch() != null) {
      contract = contract.with("steps_per_epoch", options.stepsPerEpoch());
    }

    if (options.validationSteps() != null) {
      contract = contract.with("validation_steps", options.validationSteps());
    }

    if (options.validationBatchSize() != options.batchSize()) {
      contract = contract.with("validation_batch_size", options.validationBatchSize());
    }

    if (options.initialEpoch() > 0) {
      contract = contract.with("initial_epoch", options.initialEpoch());
    }

    Map<String, Double> classWeight = new TreeMap<>();
    options.classWeight().forEach((label, weight) -> classWeight.put("" + label, weight));
    return classWeight.isEmpty() ? contract : contract.with("class_weight", Config.of(classWeight));
  }

  /** Returns what identifies the rows and, for a run without shuffling, their order. */
  private static Config identity(TrainingData data, GradientSource source) {
    return data.fingerprint().with("order_hash", "%016x".formatted(source.orderHash()));
  }

  /**
   * What an earlier run left where the checkpoints of this one go.
   *
   * @param location where checkpoints go, null for nowhere
   * @param checkpoint the checkpoint to resume from, null to begin
   */
  private record SavedRun(@Nullable String location, @Nullable Checkpoint checkpoint) {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    /**
     * Reads the latest checkpoint.
     *
     * @throws IllegalArgumentException if there is one and must not be, or the other way round
     */
    static SavedRun find(@Nullable Checkpointing checkpointing) {
      if (checkpointing == null) {
        return new SavedRun(null, null);
      }

      Checkpoints store = checkpointing.location().read();
      return new SavedRun(store.location(), latest(store, checkpointing.resume()));
    }

    private static @Nullable Checkpoint latest(Checkpoints store, Checkpointing.Resume resume) {
      Optional<Checkpoint> latest = store.latest();
      if (resume == Checkpointing.Resume.NEVER && latest.isPresent()) {
        throw new IllegalArgumentException(
            "checkpoint.resume is never, but %s has a checkpoint of step %d. Choose another location, or let the run resume"
                .formatted(store.location(), latest.get().step()));
      }

      if (resume == Checkpointing.Resume.REQUIRED && latest.isEmpty()) {
        throw new IllegalArgumentException(
            "checkpoint.resume is required, but %s has no valid checkpoint"
                .formatted(store.location()));
      }

      return latest.orElse(null);
    }

    /**
     * Checks that the checkpoint, if there is one, belongs to a run.
     *
     * @throws IllegalArgumentException if it does not, field by field
     */
    void requireSame(Config contract) {
      if (checkpoint != null && location != null) {
        CheckpointCodec.requireSame(checkpoint, contract, location);
        LOG.info("Resuming from step {} in {}", checkpoint.step(), location);
      }
    }

    /** Returns the step of the checkpoint, null if there is none. */
    @Nullable Long step() {
      return checkpoint == null ? null : Long.valueOf(checkpoint.step());
    }
  }
}
