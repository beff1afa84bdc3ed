package io.firesteel.internal.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.Digits;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.MemoryCheckpoints;
import io.firesteel.testing.MonitoredData;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a monitor hears of a fit. */
class TrainingMonitorTest {

  /** Keeps what it hears. */
  private static class Recorder implements TrainingMonitor {
    final List<TrainingMonitor.Start> starts = new ArrayList<>();
    final List<TrainingMonitor.Progress> progress = new ArrayList<>();
    final List<Map<String, Double>> epochs = new ArrayList<>();
    final List<Long> commits = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    @Nullable Throwable failure;

    @Override
    public void started(TrainingMonitor.Start start) {
      starts.add(start);
    }

    @Override
    public void progressed(TrainingMonitor.Progress made) {
      progress.add(made);
    }

    @Override
    public void epochEnded(int epoch, long step, Map<String, Double> logs) {
      epochs.add(logs);
    }

    @Override
    public synchronized void committed(long step, long bytes, double seconds, String location) {
      commits.add(step);
    }

    @Override
    public void ended(boolean stopped, @Nullable Throwable why) {
      ends.add(stopped ? "stopped" : "ended");
      failure = why;
    }

    @Override
    public void close() {
      ends.add("closed");
    }
  }

  private final Recorder recorder = new Recorder();

  private static Sequential model() {
    Sequential model =
        new Sequential("digits").seed(1).add(Dense.of(10).activation("softmax").inputShape(64));
    model.compile("sgd", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(3).batchSize(200).shards(2).verbose(0);
  }

  private TrainingData digits() {
    return new MonitoredData(Digits.rows(0, 1000), recorder);
  }

  @Test
  void itHearsOfStartStepsEpochsCheckpointsAndEnd() {
    Sequential model = model();
    MemoryCheckpoints checkpoints = new MemoryCheckpoints();
    model.fit(
        digits(),
        options()
            .validationSplit(0.2)
            .checkpoints(Checkpointing.in(checkpoints).everySeconds(0))
            .build());
    TrainingMonitor.Start start = recorder.starts.get(0);
    assertEquals("digits", start.model());
    assertEquals(650, start.parameters());
    assertEquals(List.of(3, 4, 2), List.of(start.epochs(), start.batches(), start.shards()));
    assertEquals("memory", start.checkpoints());
    assertNull(start.resumedFromStep());
    assertTrue(start.summary().contains("dense"), start.summary());
    assertTrue(start.contract().has("optimizer"));
    assertEquals(12, recorder.progress.stream().mapToLong(TrainingMonitor.Progress::steps).sum());
    assertEquals(2400, recorder.progress.stream().mapToLong(TrainingMonitor.Progress::rows).sum());
    assertEquals(
        Set.of("loss", "accuracy", "val_loss", "val_accuracy"), recorder.epochs.get(2).keySet());
    assertEquals(
        model.lastTraining().history().history().get("loss").get(2),
        recorder.epochs.get(2).get("loss"));
    assertEquals(List.of(0L, 4L, 8L, 12L), recorder.commits);
    assertEquals(List.of("ended", "closed"), recorder.ends);
    assertNull(recorder.failure);
  }

  @Test
  void aStepThatIsReportedHasItsNormRateAndPhases() {
    model().fit(digits(), options().build());
    TrainingMonitor.Progress first = recorder.progress.get(0);
    assertEquals(1, first.step());
    assertEquals(0.01, first.learningRate(), 1e-8);
    assertTrue(first.gradientNorm() > 0.01 && first.gradientNorm() < 10, first + "");
    assertTrue(first.phaseNanos()[Phase.UPDATE.ordinal()] > 0);
    assertTrue(first.phaseNanos()[Phase.WAIT.ordinal()] > 0);
  }

  @Test
  void severalOptimizersHaveNoCommonLearningRate() {
    Sequential model = model();
    model.compile(
        MultiOptimizer.builder(OptimizerMap.builder(SGD.builder().build()).build()).build(),
        "sparse_categorical_crossentropy");
    model.fit(digits(), options().epochs(1).build());
    assertTrue(Double.isNaN(recorder.progress.get(0).learningRate()));
  }

  @Test
  void theNormIsThatOfTheUnscaledGradients() {
    model().fit(digits(), options().epochs(1).build());
    double expected = recorder.progress.get(0).gradientNorm();
    int reports = recorder.progress.size();
    Sequential scaled = model();
    scaled.compile(
        LossScaleOptimizer.builder(Optimizers.get("sgd")).build(),
        "sparse_categorical_crossentropy");
    scaled.fit(digits(), options().epochs(1).build());
    assertEquals(expected, recorder.progress.get(reports).gradientNorm(), 1e-5 * expected);
  }

  @Test
  void itHearsWhyATrainingFailed() {
    assertThrows(
        InterruptAfter.Interruption.class,
        () -> model().fit(digits(), options().callbacks(new InterruptAfter(3)).build()));
    assertInstanceOf(InterruptAfter.Interruption.class, recorder.failure);
    assertEquals(List.of("ended", "closed"), recorder.ends);
  }

  @Test
  void itHearsWhereATrainingResumedAndThatACallbackEndedIt() {
    MemoryCheckpoints checkpoints = new MemoryCheckpoints();
    model()
        .fit(
            digits(), options().checkpoints(Checkpointing.in(checkpoints).everySeconds(0)).build());
    Sequential model = model();
    model.fit(
        digits(),
        options()
            .epochs(9)
            .checkpoints(Checkpointing.in(checkpoints).everySeconds(0))
            .observers(new StopAt(18))
            .build());
    assertEquals(15L, recorder.starts.get(1).resumedFromStep());
    assertEquals("stopped", recorder.ends.get(2));
  }

  /** Ends training after a step. */
  private static final class StopAt extends Callback {
    private final int step;

    private StopAt(int step) {
      this.step = step;
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      if (model().optimizer().iterations() == step) {
        model().stopTraining();
      }
    }
  }

  @Test
  void whatAMonitorThrowsIsLoggedOnceAndChangesNothing() {
    Sequential plain = model();
    plain.fit(Digits.rows(0, 1000), options().build());
    Sequential watched = model();
    Recorder failing =
        new Recorder() {
          @Override
          public void progressed(TrainingMonitor.Progress made) {
            throw new NoSuchMethodError("a method of another Spark");
          }
        };
    try (CapturedLog log = CapturedLog.of(TrainingReporter.class)) {
      watched.fit(new MonitoredData(Digits.rows(0, 1000), failing), options().build());
      assertEquals("Training goes on without being shown: what shows it failed", log.text());
    }

    assertEquals(plain.weightsSha256(), watched.weightsSha256());
    assertEquals(List.of("closed"), failing.ends);
  }
}
