package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.callbacks.History;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.internal.network.Totals;
import io.firesteel.saving.Config;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
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
 * Sets up a training and runs it: opens the checkpoints, reads and deals the data, checks that a
 * checkpoint belongs to this run, and gives everything free in the end. Whatever is wrong with the
 * arguments shows before the first step.
 */
public final class Training {

  private static final Logger LOG = LoggerFactory.getLogger(Training.class);

  private final TrainableModel model;
  private final NetworkSpec network;
  private final Config modelContract;
  private final FitOptions options;

  private Training(TrainableModel model, Config modelContract, FitOptions options) {
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
  public static TrainingSummary run(
      TrainableModel model, Config modelContract, TrainingData data, FitOptions options) {
    try {
      return new Training(model, modelContract, options).train(data);
    } finally {
      options.closeCallbacks();
    }
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

  private TrainingSummary train(TrainingData all) {
    Checkpointing checkpointing = options.checkpoints();
    Checkpoints earlier = checkpointing == null ? null : checkpointing.location().read();
    Checkpoint checkpoint =
        checkpointing == null || earlier == null ? null : latest(earlier, checkpointing.resume());
    TrainingData data = all;
    TrainingData validationData = options.validationData();
    if (options.validationSplit() > 0) {
      TrainingData.Split split =
          all.split(options.validationSplit(), options.seed(), options.shuffle());
      data = split.training();
      validationData = split.validation();
    } else if (validationData != null) {
      validationData = validationData.readFor(model.network());
    }

    requireWeightsOnce(data);
    try (TrainingMonitor monitor = all.monitor()) {
      return train(data, validationData, earlier, checkpoint, monitor);
    }
  }

  private TrainingSummary train(
      TrainingData data,
      @Nullable TrainingData validationData,
      @Nullable Checkpoints earlier,
      @Nullable Checkpoint checkpoint,
      TrainingMonitor monitor) {
    long openedAt = System.nanoTime();
    BatchPlan plan = plan(data);
    List<Callback> callbacks = new ArrayList<>(options.callbacks());
    History history = new History();
    callbacks.add(history);
    try (GradientSource source = data.open(network, plan);
        GradientSource validation = validationData == null ? null : evaluation(validationData)) {
      if (validation != null) {
        source.validateWith(validation);
      }

      Config contract =
          modelContract.toBuilder()
              .put("fit", fitContract(plan, callbacks))
              .put("data", identity(data, source))
              .put("validation_data", validationData == null ? null : validationData.fingerprint())
              .build();
      if (checkpoint != null && earlier != null) {
        CheckpointCodec.requireSame(checkpoint, contract, earlier.location());
        LOG.info("Resuming from step {} in {}", checkpoint.step(), earlier.location());
      }

      TrainingReporter reporter = new TrainingReporter(monitor);
      source.observeWith(reporter.clock(), reporter::happened);
      TrainingRun run =
          new TrainingRun(
              model,
              plan,
              source,
              validation,
              options,
              callbacks,
              options.observers(),
              history,
              contract,
              reporter);
      reporter.started(start(run, (System.nanoTime() - openedAt) / 1e9, earlier, checkpoint));
      return train(run, checkpoint);
    }
  }

  private TrainingStart start(
      TrainingRun run,
      double openSeconds,
      @Nullable Checkpoints earlier,
      @Nullable Checkpoint checkpoint) {
    long parameters =
        model.variables().stream().mapToLong(variable -> variable.shape().size()).sum();
    return new TrainingStart(
        model.network().modelName(),
        model.summary(),
        run.contract(),
        parameters,
        options.epochs(),
        run.plan().batches(),
        run.plan().batchSize(),
        run.plan().rows(),
        run.plan().shards(),
        run.source().name(),
        openSeconds,
        earlier == null ? null : earlier.location(),
        checkpoint == null ? null : Long.valueOf(checkpoint.step()));
  }

  private TrainingSummary train(TrainingRun run, @Nullable Checkpoint checkpoint) {
    try {
      TrainingSummary summary = perform(run, checkpoint);
      run.reporter().ended(summary.stopped(), null);
      return summary;
    } catch (Throwable e) {
      run.reporter().ended(false, e);
      throw e;
    }
  }

  private TrainingSummary perform(TrainingRun run, @Nullable Checkpoint checkpoint) {
    Checkpointing checkpointing = options.checkpoints();
    if (checkpointing == null) {
      return new Trainer(run, null).train(null);
    }

    try (CheckpointStore store = checkpointing.location().open(UUID.randomUUID().toString());
        CheckpointWriter writer = new CheckpointWriter(store, run.reporter())) {
      return new Trainer(run, writer).train(checkpoint);
    }
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

  private GradientSource evaluation(TrainingData rows) {
    return rows.open(network, BatchPlan.evaluation(rows.rows()));
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
            .put("validation_freq", options.validationFreq())
            .put("validation_split", options.validationSplit())
            .put("callbacks", callbacks.stream().map(Callbacks::serialize).toList())
            .build();
    Map<String, Double> classWeight = new TreeMap<>();
    options.classWeight().forEach((label, weight) -> classWeight.put("" + label, weight));
    return classWeight.isEmpty() ? contract : contract.with("class_weight", Config.of(classWeight));
  }

  /** Returns what identifies the rows and, for a run without shuffling, their order. */
  private static Config identity(TrainingData data, GradientSource source) {
    return data.fingerprint().with("order_hash", "%016x".formatted(source.orderHash()));
  }

  /** Returns the loss and the metrics of rows under the current weights, by name. */
  public static Map<String, Double> evaluate(TrainableModel model, TrainingData data) {
    NetworkSpec network = model.network().spec();
    try (GradientSource rows = data.open(network, BatchPlan.evaluation(data.rows()))) {
      Totals total = rows.evaluate(VariableSnapshot.live(model.variables()));
      EpochSums sums = new EpochSums(model.network());
      sums.add(total, new StepUpdate(model).loss(total));
      Map<String, Double> logs = new LinkedHashMap<>();
      sums.putInto(logs, "");
      return logs;
    }
  }
}
