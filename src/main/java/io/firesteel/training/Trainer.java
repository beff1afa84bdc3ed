package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.CallbackModel;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.TrainingParams;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: gradients of the shards, one optimizer step, callbacks, checkpoints. It runs
 * on the caller's thread, which owns all variables.
 *
 * <p>The loop is deterministic in the model, the data and the plan. What a checkpoint holds is the
 * whole state of the loop between two steps, so a resumed run takes the same steps.
 */
public final class Trainer implements CallbackModel {

  private final TrainableModel model;
  private final BatchPlan plan;
  private final GradientSource source;
  private final @Nullable GradientSource validation;
  private final FitOptions options;
  private final List<Callback> callbacks;
  private final History history;
  private final StepUpdate update;
  private final EpochSums sums;
  private final VariableSnapshot variables;
  private final TrainingState state = new TrainingState();
  private final @Nullable CheckpointWriter writer;
  private final CheckpointCodec codec;
  private final TrainingReporter reporter;
  private final StepClock clock;

  private boolean stopRequested;

  Trainer(TrainingRun run, @Nullable CheckpointWriter writer) {
    this.model = run.model();
    this.plan = run.plan();
    this.source = run.source();
    this.validation = run.validation();
    this.options = run.options();
    this.callbacks = new ArrayList<>(run.callbacks());
    this.callbacks.addAll(run.observers());
    this.history = run.history();
    this.writer = writer;
    this.reporter = run.reporter();
    this.clock = reporter.clock();
    this.update = new StepUpdate(model);
    this.sums = new EpochSums(model.network());
    this.variables = VariableSnapshot.live(model.variables());
    this.codec = new CheckpointCodec(run.contract(), model, state, sums, run.callbacks(), source);
  }

  /** Trains from the beginning, or from a checkpoint of the same contract. */
  TrainingSummary train(@Nullable Checkpoint checkpoint) {
    begin(checkpoint);
    long stepsBefore = state.step;
    long rowsBefore = state.rowsSeen;
    double secondsBefore = state.seconds;
    state.start();
    reporter.begins(state);
    while (state.epoch < options.epochs() && !state.stopped) {
      epoch();
    }

    state.pause();
    reporter.finish(state, learningRate());
    if (writer != null) {
      writer.await();
    }

    model.optimizer().finalizeVariableValues(update.trainable());
    callbacks.forEach(Callback::onWeightsFinal);
    makeWay();
    callbacks.forEach(Callback::onTrainEnd);
    double seconds = state.seconds - secondsBefore;
    return new TrainingSummary(
        history,
        state.step,
        state.epoch,
        state.stopped,
        state.seconds,
        state.step == stepsBefore ? 0 : (state.rowsSeen - rowsBefore) / seconds,
        plan.shards(),
        source.name(),
        checkpoint == null ? null : Long.valueOf(checkpoint.step()));
  }

  private void begin(@Nullable Checkpoint checkpoint) {
    model.optimizer().build(update.trainable());
    TrainingParams params = new TrainingParams(options.epochs(), plan.batches(), plan.rows());
    for (Callback callback : callbacks) {
      callback.setModel(this);
      callback.onTrainBegin(params);
    }

    if (checkpoint != null) {
      codec.restore(checkpoint);
    } else if (writer != null) {
      writer.commit(codec.capture());
      writer.await();
    }
  }

  private void epoch() {
    if (state.batch == 0) {
      sums.reset();
      makeWay();
      callbacks.forEach(callback -> callback.onEpochBegin(state.epoch));
    } else {
      callbacks.forEach(callback -> callback.onEpochResume(state.epoch, state.batch));
    }

    Map<String, Double> logs = new LinkedHashMap<>();
    while (state.batch < plan.batches() && !stopRequested) {
      step(logs);
    }

    endEpoch();
  }

  private void step(Map<String, Double> logs) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Training was interrupted after step " + state.step);
    }

    boolean reported = reporter.isDue();
    if (reported) {
      update.measureNext();
    }

    Step step = new Step(state.step, state.epoch, state.batch, model.optimizer().lossScale());
    GradientSums gradients = source.gradients(variables, step);
    clock.gathered();
    double loss = update.apply(gradients, step.lossScale());
    sums.add(gradients.totals(), loss);
    int batch = state.batch;
    state.advance(gradients.totals().rows());
    sums.putInto(logs, "");
    clock.lap(Phase.UPDATE);
    for (Callback callback : callbacks) {
      callback.onTrainBatchEnd(batch, logs);
    }

    clock.lap(Phase.CALLBACKS);
    if (reported) {
      reporter.step(state, logs, learningRate(), update.norm());
    }

    boolean insideEpoch = state.batch < plan.batches() && !stopRequested;
    if (insideEpoch && writer != null && options.checkpointDueAfterStep(state.step)) {
      writer.commit(codec.capture());
      clock.lap(Phase.CHECKPOINT);
    }
  }

  private void endEpoch() {
    Map<String, Double> logs = new LinkedHashMap<>();
    sums.putInto(logs, "");
    int epoch = state.epoch;
    if (validation != null && (epoch + 1) % options.validationFreq() == 0) {
      validate(validation, logs);
    }

    makeWay();
    try {
      callbacks.forEach(callback -> callback.onEpochEnd(epoch, logs));
    } finally {
      lastFirst().forEach(callback -> callback.onEpochClose(epoch));
    }

    clock.lap(Phase.CALLBACKS);
    reporter.epochEnded(epoch, state.step, logs);
    state.endEpoch(stopRequested);
    boolean last = state.stopped || state.epoch >= options.epochs();
    if (writer != null && (last || options.checkpointDueAfterEpoch(epoch))) {
      writer.commit(codec.capture());
      clock.lap(Phase.CHECKPOINT);
    }
  }

  private void validate(GradientSource rows, Map<String, Double> logs) {
    callbacks.forEach(Callback::onTestBegin);
    clock.lap(Phase.CALLBACKS);
    clock.only(Phase.VALIDATION);
    Map<String, Double> results = new LinkedHashMap<>();
    try {
      Totals total = rows.evaluate(variables);
      EpochSums validationSums = new EpochSums(model.network());
      validationSums.add(total, update.loss(total));
      validationSums.putInto(results, "");
    } finally {
      clock.lap(Phase.VALIDATION);
      clock.only(null);
      lastFirst().forEach(callback -> callback.onTestEnd(results));
    }

    results.forEach((name, value) -> logs.put("val_" + name, value));
  }

  private double learningRate() {
    Optimizer optimizer = model.optimizer();
    return optimizer.hasLearningRate() ? optimizer.learningRate() : Double.NaN;
  }

  private void makeWay() {
    if (callbacks.stream().anyMatch(Callback::usesCluster)) {
      source.makeWay();
    }
  }

  private List<Callback> lastFirst() {
    List<Callback> reversed = new ArrayList<>(callbacks);
    Collections.reverse(reversed);
    return reversed;
  }

  @Override
  public Optimizer optimizer() {
    return model.optimizer();
  }

  @Override
  public List<Variable> variables() {
    return model.variables();
  }

  @Override
  public List<Metric> metrics() {
    return model.network().metrics();
  }

  @Override
  public void stopTraining() {
    stopRequested = true;
  }

  @Override
  public void save(String path) {
    model.save(path);
  }
}
