package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.CSVLogger;
import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.LearningRateScheduler;
import io.firesteel.callbacks.ReduceLROnPlateau;
import io.firesteel.callbacks.SwapEMAWeights;
import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.AdamW;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.ScheduleFreeAdamW;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.optimizers.schedules.PiecewiseConstantDecay;
import io.firesteel.saving.Config;
import io.firesteel.testing.Digits;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.InterruptAfter.Interruption;
import io.firesteel.testing.MemoryCheckpoints;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the step at which a run dies, it ends with the bits of the uninterrupted one. */
class ResumeTest {

  private static final int EPOCHS = 4;
  private static final LocalData DATA = Digits.rows(0, 150);

  private record Outcome(List<float[]> values, List<Long> integers, Map<?, ?> history) {
    static Outcome of(Sequential model, History history) {
      List<float[]> values = new ArrayList<>();
      List<Long> integers = new ArrayList<>();
      List<Variable> all = new ArrayList<>(model.variables());
      all.addAll(model.optimizer().variables());
      for (Variable variable : all) {
        if (variable.isInteger()) {
          integers.add(variable.integer());
        } else {
          values.add(variable.values().clone());
        }
      }

      return new Outcome(values, integers, Map.copyOf(history.history()));
    }

    void assertSame(Outcome other, String when) {
      assertEquals(integers, other.integers, when);
      assertEquals(history, other.history, when);
      for (int i = 0; i < values.size(); i++) {
        assertArrayEquals(values.get(i), other.values.get(i), when);
      }
    }
  }

  private static Sequential model(Optimizer optimizer) {
    Sequential model =
        new Sequential()
            .add(
                Dense.of(12)
                    .activation("relu")
                    .kernelRegularizer("l2")
                    .kernelConstraint("max_norm")
                    .inputShape(64))
            .add(Dropout.of(0.3))
            .add(Dense.of(10).activation("softmax"));
    model.compile(optimizer, "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder options(List<Callback> callbacks) {
    return FitOptions.builder()
        .epochs(EPOCHS)
        .batchSize(16)
        .validationSplit(0.2)
        .callbacks(callbacks.toArray(new Callback[0]))
        .verbose(0);
  }

  private static void checkEveryKill(
      Supplier<Optimizer> optimizer, Supplier<List<Callback>> callbacks, long everySteps) {
    Sequential whole = model(optimizer.get());
    Outcome expected = Outcome.of(whole, whole.fit(DATA, options(callbacks.get()).build()));
    long steps = whole.lastTraining().steps();
    for (long kill = 1; kill <= steps; kill++) {
      MemoryCheckpoints store = new MemoryCheckpoints();
      Checkpointing checkpointing = Checkpointing.in(store).everySeconds(0).everySteps(everySteps);
      Sequential dying = model(optimizer.get());
      FitOptions.Builder dyingOptions = options(callbacks.get()).checkpoints(checkpointing);
      InterruptAfter killer = new InterruptAfter(kill);
      assertThrows(
          Interruption.class, () -> dying.fit(DATA, dyingOptions.observers(killer).build()));
      Sequential resumed = model(optimizer.get());
      History history =
          resumed.fit(DATA, options(callbacks.get()).checkpoints(checkpointing).build());

      expected.assertSame(Outcome.of(resumed, history), "killed after step " + kill);
      long from = resumed.lastTraining().resumedFromStep();
      assertTrue(from < kill && from >= kill - Math.max(everySteps, 8), "resumed from " + from);
      assertEquals(steps, resumed.lastTraining().steps());
    }
  }

  private static String resumedWithout(Supplier<Optimizer> optimizer, Consumer<Optimizer> setting) {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Checkpointing checkpointing = Checkpointing.in(store).everySeconds(0).everySteps(1);
    Sequential first = model(optimizer.get());
    setting.accept(first.optimizer());
    first.fit(DATA, options(List.of()).epochs(1).checkpoints(checkpointing).build());
    Sequential same = model(optimizer.get());
    setting.accept(same.optimizer());
    same.fit(DATA, options(List.of()).epochs(2).checkpoints(checkpointing).build());
    same.fit(DATA, options(List.of()).epochs(3).checkpoints(checkpointing).build());
    assertTrue(same.lastTraining().resumedFromStep() > 0);
    Sequential other = model(optimizer.get());
    FitOptions again = options(List.of()).checkpoints(checkpointing).build();
    return assertThrows(IllegalArgumentException.class, () -> other.fit(DATA, again)).getMessage();
  }

  @Test
  void settingsMadeByMethodsArePartOfTheRun() {
    String names =
        resumedWithout(
            () -> AdamW.builder().build(),
            o -> ((AdamW) o).excludeFromWeightDecay(List.of(), List.of("bias")));
    assertTrue(
        names.contains(
            "optimizer.exclude_from_weight_decay.names: the checkpoint has [bias], this run has"
                + " nothing"),
        names);
    String paths =
        resumedWithout(
            () -> LossScaleOptimizer.builder(AdamW.builder().build()).build(),
            o -> {
              Optimizer inner = ((LossScaleOptimizer) o).innerOptimizer();
              ((AdamW) inner).excludePathsFromWeightDecay(List.of("dense/"));
            });
    assertTrue(
        paths.contains(
            "optimizer.config.inner_optimizer.exclude_from_weight_decay.paths: the checkpoint has"
                + " [dense/]"),
        paths);
    String rate = resumedWithout(() -> SGD.builder().build(), o -> o.setLearningRate(0.2));
    assertTrue(rate.contains("learning_rate: the checkpoint has 0.2"), rate);
  }

  @Test
  void adamWithAveragesAndAccumulationGoesOnAtTheExactStep() {
    checkEveryKill(
        () ->
            Adam.builder()
                .learningRate(0.01)
                .amsgrad(true)
                .weightDecay(0.001)
                .globalClipnorm(1.0)
                .useEma(true)
                .emaMomentum(0.9)
                .emaOverwriteFrequency(3)
                .gradientAccumulationSteps(2)
                .build(),
        () -> List.of(EarlyStopping.builder().patience(1).restoreBestWeights(true).build()),
        3);
  }

  @Test
  void averagesInValidationAndAScheduledDecayGoOn() {
    Config schedule = Config.parse("{\"boundaries\":[5,9],\"values\":[0.1,0.01,0.2]}");
    checkEveryKill(
        () ->
            AdamW.builder()
                .learningRate(0.01)
                .weightDecay(PiecewiseConstantDecay.fromConfig(schedule))
                .useEma(true)
                .emaMomentum(0.8)
                .build(),
        () ->
            List.of(
                SwapEMAWeights.swapOnEpoch(),
                EarlyStopping.builder().patience(9).restoreBestWeights(true).build()),
        3);
    checkEveryKill(
        () -> ScheduleFreeAdamW.builder().learningRate(0.01).build(),
        () -> List.of(SwapEMAWeights.inValidation()),
        0);
  }

  /**
   * A callback as a user writes it: it logs a sum over batches, and the weights of an epoch ago.
   */
  private static final class Accumulating extends Callback {
    private double sum;
    private List<Variable> earlier = List.of();

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      sum += logs.get("loss");
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      logs.put("sum", sum);
      logs.put("earlier", earlier.isEmpty() ? 0.0 : earlier.get(0).values()[5]);
      earlier = model().variables().stream().map(Variable::copy).toList();
    }

    @Override
    public Config state() {
      return Config.builder().put("sum", sum).build();
    }

    @Override
    public void restoreState(Config state) {
      sum = state.reader("Accumulating").number("sum");
    }

    @Override
    public List<Variable> tensors() {
      return earlier;
    }

    @Override
    public void restoreTensors(List<Variable> tensors) {
      earlier = tensors;
    }
  }

  @Test
  void aCallbackOfTheUsersGoesOnAndALogHasEachEpochOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("log.csv");
    checkEveryKill(
        () -> SGD.builder().build(),
        () -> List.of(new Accumulating(), CSVLogger.builder(file.toString()).build()),
        3);
    List<String> lines = Files.readAllLines(file);
    assertEquals("epoch,accuracy,earlier,loss,sum,val_accuracy,val_loss", lines.get(0));
    assertEquals(
        List.of("0", "1", "2", "3"),
        lines.stream().skip(1).map(line -> line.substring(0, line.indexOf(','))).toList());
  }

  @Test
  void aScheduleGoesOnAtTheExactStep() {
    Config schedule =
        Config.parse(
            "{\"initial_learning_rate\":0.2,\"decay_steps\":5,\"decay_rate\":0.7,\"staircase\":true}");
    checkEveryKill(
        () ->
            SGD.builder()
                .learningRate(ExponentialDecay.fromConfig(schedule))
                .momentum(0.9)
                .nesterov(true)
                .build(),
        List::of,
        1);
  }

  @Test
  void ratesThatCallbacksChangeGoOn() {
    checkEveryKill(
        () -> SGD.builder().learningRate(0.5).build(),
        () ->
            List.of(
                new LearningRateScheduler((epoch, rate) -> rate * 0.8),
                ReduceLROnPlateau.builder().monitor("val_accuracy").patience(1).build()),
        2);
  }

  @Test
  void withoutStepsInBetweenARunGoesOnAtTheEpoch() {
    checkEveryKill(() -> SGD.builder().build(), List::of, 0);
  }

  @Test
  void stepZeroIsCommittedFirstAndEveryEpochAfterItsCallbacks() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Sequential model = model(SGD.builder().build());
    model.fit(
        DATA,
        options(List.of())
            .checkpoints(Checkpointing.in(store).everySeconds(0).everySteps(3))
            .build());

    assertEquals(
        List.of(0L, 3L, 6L, 8L, 9L, 12L, 15L, 16L, 18L, 21L, 24L, 27L, 30L, 32L), store.steps());
    assertNull(model.lastTraining().resumedFromStep());
  }

  @Test
  void aFinishedRunGivesItsResultAgainWithoutAStep() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Supplier<Optimizer> optimizer = () -> Adam.builder().useEma(true).learningRate(0.01).build();
    FitOptions options =
        options(List.of()).checkpoints(Checkpointing.in(store).everySeconds(0)).build();
    Sequential first = model(optimizer.get());
    Outcome expected = Outcome.of(first, first.fit(DATA, options));
    Sequential second = model(optimizer.get());
    Outcome again = Outcome.of(second, second.fit(DATA, options));

    expected.assertSame(again, "again");
    assertEquals(0, second.lastTraining().samplesPerSecond());
    assertEquals(first.lastTraining().seconds(), second.lastTraining().seconds(), 0.5);
    assertEquals(32L, second.lastTraining().resumedFromStep());
  }

  @Test
  void moreEpochsGoOnAsIfTheyHadBeenThereFromTheStart() {
    Supplier<Optimizer> optimizer = () -> Adam.builder().useEma(true).learningRate(0.01).build();
    Sequential whole = model(optimizer.get());
    Outcome expected = Outcome.of(whole, whole.fit(DATA, options(List.of()).epochs(6).build()));
    MemoryCheckpoints store = new MemoryCheckpoints();
    Checkpointing checkpointing = Checkpointing.in(store).everySeconds(0);
    model(optimizer.get())
        .fit(DATA, options(List.of()).epochs(3).checkpoints(checkpointing).build());
    Sequential longer = model(optimizer.get());
    History history =
        longer.fit(DATA, options(List.of()).epochs(6).checkpoints(checkpointing).build());

    expected.assertSame(Outcome.of(longer, history), "6 epochs");
  }

  @Test
  void whatDiffersFromTheCheckpointedRunIsNamedFieldByField() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Checkpointing checkpointing = Checkpointing.in(store).everySeconds(0);
    model(SGD.builder().build())
        .fit(DATA, options(List.of()).epochs(1).checkpoints(checkpointing).build());
    Sequential other = model(SGD.builder().learningRate(0.5).build());
    FitOptions options =
        options(List.of()).batchSize(17).seed(5).checkpoints(checkpointing).build();
    String message =
        assertThrows(IllegalArgumentException.class, () -> other.fit(Digits.rows(0, 160), options))
            .getMessage();

    for (String part :
        List.of(
            "fit.batch_size: the checkpoint has 16, this run has 17",
            "fit.seed: the checkpoint has 0, this run has 5",
            "optimizer.config.learning_rate: the checkpoint has 0.009999999776482582, this run has"
                + " 0.5",
            "data.rows: the checkpoint has 120, this run has 128",
            "data.content_hash: the checkpoint has ")) {
      assertTrue(message.contains(part), message);
    }

    assertEquals(List.of(0L, 8L), store.steps());
  }

  @Test
  void withoutShufflingAnotherOrderOfTheRowsIsOtherData() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    FitOptions options =
        FitOptions.builder()
            .shuffle(false)
            .verbose(0)
            .checkpoints(Checkpointing.in(store).everySeconds(0))
            .build();
    float[][] rows = {new float[64], new float[64]};
    rows[1][0] = 1;
    model(SGD.builder().build()).fit(LocalData.of(rows, new float[] {1, 1}), options);
    float[][] turned = {rows[1], rows[0]};
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    model(SGD.builder().build())
                        .fit(LocalData.of(turned, new float[] {1, 1}), options))
            .getMessage();

    assertTrue(message.contains("data.order_hash: the checkpoint has "), message);
    assertFalse(message.contains("data.content_hash"), message);
  }

  @Test
  void resumeNeverAndRequiredAreHeldTo() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Checkpointing checkpointing = Checkpointing.in(store).everySeconds(0);
    FitOptions required =
        options(List.of()).checkpoints(checkpointing.resume(Checkpointing.Resume.REQUIRED)).build();
    FitOptions never =
        options(List.of()).checkpoints(checkpointing.resume(Checkpointing.Resume.NEVER)).build();

    assertEquals(
        "checkpoint.resume is required, but memory has no valid checkpoint", message(required));
    model(SGD.builder().build()).fit(DATA, never);
    assertEquals(
        "checkpoint.resume is never, but memory has a checkpoint of step 32. Choose another"
            + " location, or let the run resume",
        message(never));
    model(SGD.builder().build()).fit(DATA, required);
  }

  private static String message(FitOptions options) {
    return assertThrows(
            IllegalArgumentException.class, () -> model(SGD.builder().build()).fit(DATA, options))
        .getMessage();
  }

  /** Fails to commit one step. */
  private record FullDisk(MemoryCheckpoints store, long step)
      implements CheckpointLocation, CheckpointStore {
    @Override
    public FullDisk read() {
      return this;
    }

    @Override
    public FullDisk open(String runId) {
      return this;
    }

    @Override
    public String location() {
      return "failing";
    }

    @Override
    public Optional<Checkpoint> latest() {
      return store.latest();
    }

    @Override
    public List<CheckpointSummary> list() {
      return store.list();
    }

    @Override
    public void commit(Checkpoint checkpoint) {
      if (checkpoint.step() == step) {
        throw new CheckpointException("the disk is full", null);
      }

      store.commit(checkpoint);
    }

    @Override
    public void close() {}
  }

  @Test
  void aCommitThatFailsEndsTraining() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    FullDisk failing = new FullDisk(store, 4);
    FitOptions options =
        options(List.of())
            .checkpoints(Checkpointing.in(failing).everySeconds(0).everySteps(4))
            .build();

    assertEquals(
        "the disk is full",
        assertThrows(
                CheckpointException.class, () -> model(SGD.builder().build()).fit(DATA, options))
            .getMessage());
    assertEquals(List.of(0L), store.steps());
  }
}
