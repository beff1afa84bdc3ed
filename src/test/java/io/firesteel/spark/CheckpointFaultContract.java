package io.firesteel.spark;

import static io.firesteel.testing.Checkpointed.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.checkpoint.CommitStateUnknownException;
import io.firesteel.testing.Checkpointed;
import io.firesteel.testing.FaultPlan;
import io.firesteel.testing.FaultPlan.Fault;
import io.firesteel.testing.FaultyFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A writer of checkpoints that is interrupted at every operation on the file system. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CheckpointFaultContract {

  private static final Checkpoint OLD = Checkpointed.at(2);

  private static final Checkpoint NEW = Checkpointed.at(3);

  private static int locations;

  /** Returns the Hadoop configuration without faults. */
  abstract Configuration conf();

  /** Returns a folder in which tests may do what they like. */
  abstract Path root();

  /** Returns the faults to try at every operation. */
  Stream<Fault> faults() {
    return Stream.of(Fault.values()).filter(fault -> fault != Fault.NONE);
  }

  private Path location() {
    return new Path(root(), "faults-" + locations++);
  }

  private HadoopCheckpointStore open(Path location, FaultPlan plan) {
    Configuration faulty = FaultyFs.configuration(conf(), root().toUri().getScheme(), plan);
    return HadoopCheckpointStore.open(location.toString(), faulty, "run", 2);
  }

  private Checkpoints reader(Path location) {
    return HadoopCheckpointStore.read(location.toString(), conf());
  }

  /** Returns the operations of a commit that prunes, in order. */
  private List<String> operationsOfACommit() {
    FaultPlan plan = FaultPlan.of(Fault.ERROR);
    try (CheckpointStore store = open(location(), plan)) {
      store.commit(Checkpointed.at(1));
      store.commit(OLD);
      plan.failAt(Integer.MAX_VALUE - 1);
      store.commit(NEW);
      return plan.operations();
    }
  }

  @Test
  void aCommitTakesFewOperations() {
    List<String> operations = operationsOfACommit();

    assertEquals(
        List.of("list", "open _claim.json", "rename to step-3", "delete step-1"),
        operations.stream()
            .filter(name -> !name.matches("(create|write|hsync|close) .*"))
            .map(name -> name.startsWith("list") ? "list" : name)
            .toList());
    for (String file :
        List.of("model.keras", "training_state.json", "callback_state.h5", "manifest.json")) {
      for (String operation : List.of("create ", "write ", "hsync ", "close ")) {
        assertTrue(operations.contains(operation + file), operation + file);
      }
    }
  }

  /** Each round is a process of its own that commits one step and hits the next fault. */
  @ParameterizedTest
  @MethodSource("faults")
  void everyFaultLeavesTheOldOrTheNewCheckpoint(Fault fault) throws IOException {
    Path location = location();
    FaultPlan plan = FaultPlan.of(fault);
    try (CheckpointStore store = open(location, plan)) {
      store.commit(Checkpointed.at(1));
      store.commit(OLD);
    }

    int index = 0;
    long step = OLD.step();
    do {
      plan = FaultPlan.of(fault);
      CheckpointStore store = open(location, plan);
      assertTrue(names(location).stream().noneMatch(name -> name.startsWith("_tmp")));
      plan.failAt(index++);
      CheckpointException error = commit(store, Checkpointed.at(step + 1));
      Checkpoint found = reader(location).latest().orElseThrow();
      assertSame(Checkpointed.at(found.step()), found);
      requireConsistent(plan, error, step, found.step());
      step = found.step();
      bury(location);
    } while (plan.fired());

    assertTrue(index > operationsOfACommit().size(), "too few faults: " + index);
  }

  private void requireConsistent(FaultPlan plan, CheckpointException error, long old, long found)
      throws IOException {
    String place = String.join(", ", plan.operations());
    if (error == null) {
      assertEquals(old + 1, found, place);
    } else if (error instanceof CommitStateUnknownException || plan.isGone()) {
      assertTrue(found == old || found == old + 1, place);
    } else {
      assertEquals(old, found, place);
    }
  }

  @Test
  void everyFaultWhileOpeningLeavesTheDirectoryUsable() throws IOException {
    FaultPlan counter = FaultPlan.of(Fault.ERROR);
    open(abandoned(), counter).close();
    int count = counter.operations().size();
    for (int i = 0; i < count; i++) {
      Path location = abandoned();
      FaultPlan plan = FaultPlan.of(Fault.CRASH_BEFORE).failAt(i);
      try (CheckpointStore store = open(location, plan)) {
        store.close();
      } catch (CheckpointException e) {
        assertTrue(e.getMessage().contains("injected at") || plan.isGone(), e.getMessage());
      }

      assertTrue(plan.fired(), "The fault %d did not fire".formatted(i));
      restart(location);
    }
  }

  @Test
  void aRenameWhoseReplyIsLostIsACommit() {
    FaultPlan plan = FaultPlan.of(Fault.LOST_REPLY);
    Path location = location();
    try (CheckpointStore store = open(location, plan)) {
      plan.failOn("rename to step-3");
      store.commit(NEW);

      assertTrue(plan.fired());
      assertSame(NEW, reader(location).latest().orElseThrow());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CRASH_BEFORE", "LOST_SERVER"})
  void aRenameWhoseOutcomeNobodyKnowsRemovesNothing(Fault fault) throws IOException {
    FaultPlan plan = FaultPlan.of(fault);
    Path location = location();
    CheckpointStore store = open(location, plan);
    store.commit(OLD);
    plan.failOn("rename to step-3");

    CheckpointException error = commit(store, NEW);

    assertTrue(plan.fired());
    assertTrue(error instanceof CommitStateUnknownException, String.valueOf(error));
    assertTrue(
        error
            .getMessage()
            .matches(
                "Whether the checkpoint of step 3 was committed to .* cannot be known: IOException: injected at: rename to step-3. Nothing was removed"),
        error::getMessage);
    String there = fault == Fault.LOST_SERVER ? "step-3" : "_tmp-3-";
    assertEquals(1, names(location).stream().filter(name -> name.startsWith(there)).count());
    assertEquals(
        fault == Fault.LOST_SERVER ? 3 : 2, reader(location).latest().orElseThrow().step());
  }

  @Test
  void aFileThatIsShorterThanWrittenIsNotPublished() throws IOException {
    Path location = location();
    FaultPlan plan = FaultPlan.of(Fault.NONE);
    try (CheckpointStore store = open(location, plan)) {
      plan.before("list _tmp-3-", () -> cutModel(location));
      CheckpointException error = commit(store, NEW);

      assertTrue(plan.fired());
      assertTrue(
          error
              .getMessage()
              .matches(
                  ".*was not committed to .*: IOException: the files do not have the lengths that were written: \\{.*model.keras=0,.*} instead of \\{.*}"),
          error::getMessage);
      assertTrue(names(location).stream().noneMatch(name -> name.startsWith("_tmp")));
    }
  }

  private boolean cutModel(Path location) throws IOException {
    for (String name : names(location)) {
      if (name.startsWith("_tmp-3-")) {
        fs().create(new Path(location, name + "/model.keras"), true).close();
      }
    }

    return true;
  }

  @Test
  void aClaimThatComesAMomentEarlierWins() throws IOException {
    Path location = location();
    Path claim = new Path(location, "_claim.json");
    FaultPlan plan =
        FaultPlan.of(Fault.NONE)
            .before(
                "rename to _claim.json",
                () -> {
                  fs().create(claim).close();
                  return true;
                });
    CheckpointException error = assertThrows(CheckpointException.class, () -> open(location, plan));

    assertEquals(
        "The checkpoint location %s was claimed by another writer a moment before the run 'run'"
            .formatted(location),
        error.getMessage());
    assertEquals(List.of("_claim.json"), names(location));
  }

  @Test
  void aFailureWhileWritingSaysWhatAndWhere() {
    FaultPlan plan = FaultPlan.of(Fault.ERROR);
    Path location = location();
    try (CheckpointStore store = open(location, plan)) {
      plan.failOn("close model.keras");

      CheckpointException error = commit(store, NEW);

      assertEquals(
          "The checkpoint of step 3 was not committed to %s: IOException: injected at: close model.keras"
              .formatted(location),
          error.getMessage());
      assertTrue(reader(location).latest().isEmpty());
      store.commit(NEW);
      assertSame(NEW, reader(location).latest().orElseThrow());
    }
  }

  @Test
  void aLocationThatCannotBeReadAtTheMomentIsNoEmptyLocation() {
    Path location = location();
    FaultPlan plan = FaultPlan.of(Fault.ERROR);
    try (CheckpointStore store = open(location, plan)) {
      store.commit(OLD);
      plan.failOn("open model.keras");
      CheckpointException error = assertThrows(CheckpointException.class, store::latest);

      assertEquals(
          "The checkpoint %s/step-2 can't be read, and there is no other one that verifies: IOException: injected at: open model.keras"
              .formatted(location),
          error.getMessage());
    }
  }

  @Test
  void aDirectoryThatCannotBeListedIsNoEmptyLocation() {
    Path location = location();
    FaultPlan plan = FaultPlan.of(Fault.ERROR);
    try (CheckpointStore store = open(location, plan)) {
      plan.failOn("list");
      CheckpointException error = assertThrows(CheckpointException.class, store::latest);

      assertEquals(
          "The checkpoint location %s can't be read: IOException: injected at: list %s"
              .formatted(location, location.getName()),
          error.getMessage());
    }
  }

  @Test
  void whatCannotBePrunedStaysAndTheCommitHolds() throws IOException {
    Path location = location();
    FaultPlan plan = FaultPlan.of(Fault.ERROR);
    try (CheckpointStore store = open(location, plan)) {
      store.commit(Checkpointed.at(1));
      store.commit(OLD);
      plan.failOn("delete step-1");
      store.commit(NEW);

      assertTrue(plan.fired());
      assertTrue(names(location).contains("step-1"));
      store.commit(Checkpointed.at(4));
      assertFalse(names(location).contains("step-1"));
      assertFalse(names(location).contains("step-2"));
    }
  }

  private static CheckpointException commit(CheckpointStore store, Checkpoint checkpoint) {
    try {
      store.commit(checkpoint);
      return null;
    } catch (CheckpointException e) {
      return e;
    }
  }

  /** Returns a location that a dead writer has left with work unfinished. */
  private Path abandoned() throws IOException {
    Path location = location();
    open(location, FaultPlan.of(Fault.ERROR)).commit(OLD);
    fs().create(new Path(location, "_tmp-9-dead-0/model.keras")).close();
    bury(location);
    return location;
  }

  /** Opens as the next process would, and goes on. */
  private void restart(Path location) throws IOException {
    bury(location);
    try (CheckpointStore store =
        HadoopCheckpointStore.open(location.toString(), conf(), "next", 2)) {
      assertSame(OLD, store.latest().orElseThrow());
      assertTrue(names(location).stream().noneMatch(name -> name.startsWith("_tmp")));
    }
  }

  /** Makes the claim one of a process that this one's number belonged to before. */
  private void bury(Path location) throws IOException {
    Path claim = new Path(location, "_claim.json");
    if (!fs().exists(claim)) {
      return;
    }

    byte[] json;
    try (var in = fs().open(claim)) {
      json = in.readAllBytes();
    }

    try (var out = fs().create(claim, true)) {
      out.writeBytes(
          new String(json, StandardCharsets.UTF_8)
              .replaceAll("\"process_start\" : \\d+", "\"process_start\" : 1"));
    }
  }

  private List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus file : fs().listStatus(folder)) {
      names.add(file.getPath().getName());
    }

    return names;
  }

  private FileSystem fs() throws IOException {
    return root().getFileSystem(conf());
  }
}
