package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.CallbackModel;
import io.firesteel.callbacks.TrainingParams;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.monitoring.TrainingReporter;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Config;
import io.firesteel.variables.VariableValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop: gradients of the shards, one optimizer step, callbacks, checkpoints. It runs
 * on the caller's thread, which owns all variables.
 *
 * <p>The loop is deterministic in the model, the data and the plan. What a checkpoint holds is the
 * whole state of the loop between two steps, so a resumed run takes the same steps.
 */
final class FitLoop {

  private static final Logger LOG = LoggerFactory.getLogger(FitLoop.class);

  private final TrainableModel model;
  private final FitOptions options;
  private final BatchPlan plan;
  private final EpochBatches batches;
  private final GradientSource source;
  private final boolean validates;
  private final CallbackList callbacks;
  private final StepUpdate update;
  private final EpochSums sums;
  private final VariableValues variables;
  private final LoopState state = new LoopState();
  private final CheckpointCodec codec;
  private final TrainingReporter reporter;
  private final StepClock clock;
  private @Nullable CheckpointWriter writer;
  private boolean stopRequested;
  private boolean toldOfLoss;

  FitLoop(
      TrainableModel model,
      FitOptions options,
      BatchPlan plan,
      GradientSource source,
      boolean validates,
      CallbackList callbacks,
      Config contract,
      TrainingReporter reporter) {
    this.model = model;
    this.options = options;
    this.plan = plan;
    this.batches = EpochBatches.of(plan, options);
    this.source = source;
    this.validates = validates;
    this.callbacks = callbacks;
    this.reporter = reporter;
    this.clock = reporter.clock();
    this.update = new StepUpdate(model);
    this.sums = new EpochSums(model.network());
    this.variables = VariableValues.of(model.variables());
    this.codec = new CheckpointCodec(contract, model, state, sums, callbacks.stateful(), source);
  }

  /**
   * Trains from the beginning, or from a checkpoint of the same contract.
   *
   * @param checkpointWriter where checkpoints go, null for nowhere
   */
  TrainingSummary run(
      @Nullable Checkpoint checkpoint, @Nullable CheckpointWriter checkpointWriter) {
    writer = checkpointWriter;
    begin(checkpoint);
    long stepsBefore = state.step();
    long rowsBefore = state.rowsSeen();
    double secondsBefore = state.seconds();
    state.start();
    reporter.begins(state);
    while (state.epoch() < options.epochs() && !state.stopped()) {
      epoch();
    }

    state.pause();
    end();
    double seconds = state.seconds() - secondsBefore;
    return new TrainingSummary(
        callbacks.history(),
        state.step(),
        state.epoch(),
        state.stopped(),
        state.seconds(),
        state.step() == stepsBefore ? 0 : (state.rowsSeen() - rowsBefore) / seconds,
        plan.shards(),
        source.name(),
        checkpoint == null ? null : Long.valueOf(checkpoint.step()));
  }

  private void begin(@Nullable Checkpoint checkpoint) {
    model.optimizer().build(update.trainable());
    TrainingParams params =
        new TrainingParams(
            options.epochs(),
            batches.longest(),
            plan.rows(),
            validates ? options.validationFreq() : 0);
    CallbackModel view = new ModelView(model, () -> stopRequested = true);
    callbacks.each(
        callback -> {
          callback.setModel(view);
          callback.onTrainBegin(params);
        });
    if (checkpoint != null) {
      codec.restore(checkpoint);
      return;
    }

    state.beginWith(options.initialEpoch());
    if (writer != null) {
      writer.commitFirst(codec::capture);
    }
  }

  private void end() {
    reporter.finish(state, learningRate());
    if (writer != null) {
      writer.await();
    }

    model.optimizer().finalizeVariableValues(update.trainable());
    callbacks.each(Callback::onWeightsFinal);
    makeWay();
    callbacks.each(Callback::onTrainEnd);
  }

  private void epoch() {
    if (state.batch() == 0) {
      sums.reset();
      makeWay();
      callbacks.each(callback -> callback.onEpochBegin(state.epoch()));
    } else {
      callbacks.each(callback -> callback.onEpochResume(state.epoch(), state.batch()));
    }

    Map<String, Double> logs = new LinkedHashMap<>();
    while (state.batch() < batches.count(state.epoch()) && !stopRequested) {
      step(logs);
    }

    endEpoch();
  }

  private void step(Map<String, Double> logs) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Training was interrupted after step " + state.step());
    }

    boolean reported = reporter.isDue();
    if (reported) {
      update.measureNext();
    }

    callbacks.trainBatchBegin(state.batch());
    Step step =
        new Step(
            state.step(),
            batches.pass(state.epoch()),
            batches.first(state.epoch()) + state.batch(),
            model.optimizer().lossScale());
    GradientSums gradients = source.gradients(variables, step, update);
    clock.gathered();
    double loss = update.apply(gradients, step.lossScale());
    requireFinite(loss);
    sums.add(gradients.totals(), loss);
    int batch = state.batch();
    state.advance(gradients.totals().rows());
    sums.putInto(logs, "");
    clock.lap(Phase.UPDATE);
    callbacks.trainBatchEnd(batch, logs);

    clock.lap(Phase.CALLBACKS);
    if (reported) {
      reporter.step(state, logs, learningRate(), update.norm());
    }

    if (writer != null) {
      writer.check();
    }

    boolean insideEpoch = state.batch() < batches.count(state.epoch()) && !stopRequested;
    if (insideEpoch && writer != null && options.checkpointDueAfterStep(state.step())) {
      writer.commit(codec::capture);
      clock.lap(Phase.CHECKPOINT);
    }
  }

  private void requireFinite(double loss) {
    if (Double.isFinite(loss) || toldOfLoss) {
      return;
    }

    toldOfLoss = true;
    String found =
        "The loss is %s at step %d (epoch %d, batch %d)"
            .formatted(loss, state.step() + 1, state.epoch() + 1, state.batch() + 1);
    if (options.onNan() == FitOptions.OnNan.FAIL) {
      throw new NonFiniteLossException(
          found + ". A smaller learning rate, clipnorm or checked data may help");
    }

    LOG.warn("{}; training goes on. fit.on_nan=fail ends it", found);
  }

  private void endEpoch() {
    Map<String, Double> logs = new LinkedHashMap<>();
    sums.putInto(logs, "");
    int epoch = state.epoch();
    if (validates && options.validatesAfter(epoch)) {
      validate(logs);
    }

    makeWay();
    try {
      callbacks.each(callback -> callback.onEpochEnd(epoch, logs));
    } finally {
      callbacks.eachFromLast(callback -> callback.onEpochClose(epoch));
    }

    clock.lap(Phase.CALLBACKS);
    reporter.epochEnded(epoch, state.step(), logs);
    state.endEpoch(stopRequested);
    boolean last = state.stopped() || state.epoch() >= options.epochs();
    if (writer != null
        && (last
            || options.checkpointDueAfterStep(state.step())
            || options.checkpointDueAfterEpoch(epoch, writer.secondsSinceLast()))) {
      writer.commit(codec::capture);
      clock.lap(Phase.CHECKPOINT);
    }
  }

  private void validate(Map<String, Double> logs) {
    callbacks.each(Callback::onTestBegin);
    clock.lap(Phase.CALLBACKS);
    clock.only(Phase.VALIDATION);
    Map<String, Double> results = new LinkedHashMap<>();
    try {
      callbacks.each(callback -> callback.onTestBatchBegin(0));
      Totals total = source.evaluate(DataSet.VALIDATION, variables);
      EpochSums validationSums = new EpochSums(model.network());
      validationSums.add(total, update.loss(total));
      validationSums.putInto(results, "");
      callbacks.each(callback -> callback.onTestBatchEnd(0, results));
    } finally {
      clock.lap(Phase.VALIDATION);
      clock.only(null);
      callbacks.eachFromLast(callback -> callback.onTestEnd(results));
    }

    results.forEach((name, value) -> logs.put("val_" + name, value));
  }

  private double learningRate() {
    Optimizer optimizer = model.optimizer();
    return optimizer.hasLearningRate() ? optimizer.learningRate() : Double.NaN;
  }

  private void makeWay() {
    if (callbacks.useCluster()) {
      source.makeWay();
    }
  }
}
