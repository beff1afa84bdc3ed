package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.WriterReplacedException;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.MemoryCheckpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A store that fails for a while: training goes on, the newest state is kept, nothing is silent.
 */
@Timeout(60)
class CheckpointOutageTest {

  private static final float[][] X = new float[32][1];

  /** A store whose commits from a step on fail so many times. */
  private static final class Flaky implements CheckpointLocation, CheckpointStore {
    private final MemoryCheckpoints store = new MemoryCheckpoints();
    private final Supplier<CheckpointException> failure;
    private int left;
    private int tries;

    Flaky(int times, Supplier<CheckpointException> failure) {
      this.left = times;
      this.failure = failure;
    }

    @Override
    public MemoryCheckpoints read() {
      return store;
    }

    @Override
    public CheckpointStore open(String runId) {
      return this;
    }

    @Override
    public String location() {
      return "hdfs://away/run";
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
      if (checkpoint.step() > 0 && left > 0) {
        left--;
        tries++;
        throw failure.get();
      }

      store.commit(checkpoint);
    }

    @Override
    public void close() {}
  }

  private static CheckpointException away() {
    return new CheckpointException("not committed", new IOException("Connection refused"));
  }

  private static Sequential fit(CheckpointLocation location, int epochs, Duration patience) {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1));
    model.compile("sgd", "mse");
    Checkpointing checkpointing = Checkpointing.in(location).everySeconds(0).giveUpAfter(patience);
    model.fit(
        LocalData.of(X, X),
        FitOptions.builder().epochs(epochs).verbose(0).checkpoints(checkpointing).build());
    return model;
  }

  @Test
  void trainingGoesOnAndTheNewestStateIsWrittenOnceTheStoreIsBack() {
    Flaky flaky = new Flaky(2, CheckpointOutageTest::away);
    try (CapturedLog log = CapturedLog.of(CheckpointWriter.class)) {
      Sequential model = fit(flaky, 200, Duration.ofMinutes(1));

      assertEquals(2, flaky.tries);
      List<Long> steps = flaky.store.steps();
      assertEquals(200, steps.get(steps.size() - 1));
      assertArrayEquals(
          model.variables().get(0).values(),
          flaky.latest().orElseThrow().model().layers().get(0).variables().get(0).values());
      assertTrue(
          log.text()
              .matches(
                  "(?s)Checkpoints can't be written to hdfs://away/run \\(try 1\\): not committed."
                      + " Training goes on; the last one there is of step 0, \\d+ s old. Next try"
                      + " in 1 s; training ends if none can be written for 60 s\n"
                      + ".*try 2.*Next try in 2 s.*"),
          log::text);
    }
  }

  @Test
  void itEndsClearlyWhenTheStoreStaysAway() {
    Flaky flaky = new Flaky(Integer.MAX_VALUE, CheckpointOutageTest::away);

    String message =
        assertThrows(CheckpointException.class, () -> fit(flaky, 3, Duration.ofSeconds(2)))
            .getMessage();

    assertTrue(
        message.matches(
            "No checkpoint could be written to hdfs://away/run for [23] s"
                + " \\(checkpoint.give_up_after\\); the last one there is of step 0, [2-4] s old."
                + " Training ends at step 3. The last reason: not committed"),
        message);
  }

  @Test
  void aRunWhoseFolderWasTakenOverEndsAtOnce() {
    Flaky flaky = new Flaky(9, () -> new WriterReplacedException("taken over"));

    assertEquals(
        "taken over",
        assertThrows(WriterReplacedException.class, () -> fit(flaky, 500, Duration.ofMinutes(1)))
            .getMessage());
    assertEquals(1, flaky.tries);
  }

  @Test
  void theFirstFailureEndsItWhereThatIsAskedFor() {
    Flaky flaky = new Flaky(9, CheckpointOutageTest::away);
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1));
    model.compile("sgd", "mse");
    Checkpointing checkpointing =
        Checkpointing.in(flaky).everySeconds(0).onFailure(Checkpointing.OnFailure.FAIL);
    FitOptions options =
        FitOptions.builder().epochs(50).verbose(0).checkpoints(checkpointing).build();

    assertThrows(CheckpointException.class, () -> model.fit(LocalData.of(X, X), options));
    assertEquals(1, flaky.tries);
  }

  /** Sixty short epochs write two or three checkpoints, not sixty. */
  @Test
  void shortEpochsAreNotCommittedEach() {
    MemoryCheckpoints store = new MemoryCheckpoints();
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1));
    model.compile("sgd", "mse");
    model.fit(
        LocalData.of(X, X),
        FitOptions.builder().epochs(60).verbose(0).checkpoints(Checkpointing.in(store)).build());

    assertEquals(List.of(0L, 60L), store.steps());
  }
}
