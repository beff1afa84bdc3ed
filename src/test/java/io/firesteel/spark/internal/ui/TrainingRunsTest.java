package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.TrainingEvent.Committed;
import io.firesteel.spark.internal.ui.TrainingEvent.Ended;
import io.firesteel.spark.internal.ui.TrainingEvent.EpochEnded;
import io.firesteel.spark.internal.ui.TrainingEvent.Happened;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingRunsTest {

  private final TrainingRuns runs = new TrainingRuns();

  @Test
  void aRunIsWhatItsEventsMakeIt() {
    runs.apply(Events.start("a", "digits"));
    runs.apply(Events.progress("a", 10, 0.5));
    runs.apply(new EpochEnded("a", 2000, 0, 1000, Map.of("loss", 0.4, "val_loss", 0.6)));
    runs.apply(new Committed("a", 2100, 1000, 77, 0.25, "hdfs:/x"));
    runs.apply(new Happened("a", 2200, "left", "why"));
    runs.job("a", 3);
    runs.apply(new Ended("a", 2300, RunStatus.FINISHED, null));
    RunView run = runs.run("a").orElseThrow();
    assertEquals(
        new RunView.Head(
            "a",
            null,
            "digits",
            RunStatus.FINISHED,
            null,
            1000,
            2300,
            1000,
            100_000,
            1,
            100,
            0.4,
            640),
        run.head());
    assertEquals(List.of(10.0, 1000.0), list(run.curve("loss").x()));
    assertEquals(List.of(0.6), list(run.curve("val_loss").y()));
    assertEquals(List.of(30.0), list(run.curve("compute").y()));
    assertEquals(300.0, run.phaseMillis().get("compute"));
    assertEquals(List.of(77L), run.checkpoints().stream().map(Committed::bytes).toList());
    assertEquals(List.of(3), run.jobs());
    assertEquals(0, run.curve("unknown").size());
  }

  private static List<Double> list(double[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  @Test
  void onlyTheLastRunsAreKeptAndThoseThatRun() {
    runs.apply(Events.start("first", "runs"));
    for (int i = 0; i < 200; i++) {
      runs.apply(Events.start("r" + i, "m"));
      runs.apply(new Ended("r" + i, 5, RunStatus.FINISHED, null));
    }

    assertEquals(TrainingRuns.MOST, runs.heads().size());
    assertEquals("r199", runs.heads().get(0).run());
    assertTrue(runs.run("first").isPresent());
    assertEquals(Optional.empty(), runs.run("r0"));
    runs.apply(Events.progress("r0", 1, 1));
    assertEquals(TrainingRuns.MOST, runs.heads().size());
  }

  @Test
  void aRunTakesABoundedAmountOfMemory() {
    runs.apply(Events.start("a", "m"));
    for (int i = 1; i <= 200_000; i++) {
      runs.apply(Events.progress("a", i, 1.0 / i));
      runs.apply(new EpochEnded("a", i, i, i, Map.of("val_loss", 1.0, "metric_" + i, 0.5)));
      runs.apply(new Committed("a", i, i, 1, 1, "x"));
      runs.apply(new Happened("a", i, "kind", "text"));
      runs.job("a", i);
    }

    RunView run = runs.run("a").orElseThrow();
    assertEquals(RunState.MOST_CURVES, run.series().size());
    run.series().forEach((name, curve) -> assertTrue(curve.size() <= Series.MOST, name));
    assertEquals(RunState.MOST_EVENTS, run.checkpoints().size());
    assertEquals(RunState.MOST_EVENTS, run.events().size());
    assertEquals(RunState.MOST_EVENTS, run.jobs().size());
    assertEquals(200_000, run.jobCount());
    assertTrue(run.logs().size() <= RunState.MOST_CURVES, run.logs().size() + " logs");
    assertTrue(RunJson.write(run).length() < 1_000_000);
  }

  @Test
  void aLossThatIsNotFiniteIsAnEventOnce() {
    runs.apply(Events.start("a", "m"));
    runs.apply(Events.progress("a", 10, 0.5));
    runs.apply(Events.progress("a", 20, Double.NaN));
    runs.apply(Events.progress("a", 30, Double.NaN));
    assertEquals(
        List.of(new Happened("a", 1020, "not finite", "The loss is NaN at step 20")),
        runs.run("a").orElseThrow().events());
  }

  @Test
  void whatHappensToTheApplicationConcernsThoseThatRun() {
    runs.apply(Events.start("a", "m"));
    runs.apply(Events.start("b", "m"));
    runs.apply(new Ended("a", 5, RunStatus.FAILED, "why"));
    runs.happened("executor lost", "Executor 1: killed", 7);
    runs.applicationEnded(9);
    assertEquals(List.of(), runs.run("a").orElseThrow().events());
    assertEquals(1, runs.run("b").orElseThrow().events().size());
    assertEquals(
        List.of(RunStatus.ABANDONED, RunStatus.FAILED),
        runs.heads().stream().map(RunView.Head::status).toList());
  }

  @Test
  void aRunComesBackFromItsJson() {
    runs.apply(Events.start("a", "m"));
    runs.apply(Events.progress("a", 10, Double.NaN));
    runs.apply(new Ended("a", 5, RunStatus.FAILED, "why"));
    RunView run = runs.run("a").orElseThrow();
    RunView back = RunJson.read(RunJson.write(run), RunView.class);
    assertEquals(RunJson.write(run), RunJson.write(back));
    assertEquals(run.head(), back.head());
    assertEquals("NaN", RunJson.tree(run).get("head").get("loss").asText());
    assertTrue(!RunJson.write(run).contains("\"Event\""), RunJson.write(run));
  }
}
