package io.firesteel.spark;

import static io.firesteel.testing.Checkpointed.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.Checkpoints;
import io.firesteel.checkpoint.Manifest;
import io.firesteel.saving.Config;
import io.firesteel.spark.internal.hadoop.HadoopCheckpoints;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.Checkpointed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** What a directory of checkpoints promises on every file system. */
abstract class CheckpointStoreContract {

  private static int locations;

  /** Returns the Hadoop configuration. */
  abstract Configuration conf();

  /** Returns a folder in which tests may do what they like. */
  abstract Path root();

  final Path location() {
    return new Path(root(), "checkpoints-" + locations++);
  }

  final HadoopCheckpointStore open(Path location, String runId) {
    return HadoopCheckpointStore.open(location.toString(), conf(), runId, 2);
  }

  final Checkpoints reader(Path location) {
    return HadoopCheckpointStore.read(location.toString(), conf());
  }

  final FileSystem fs() throws IOException {
    return root().getFileSystem(conf());
  }

  final List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus file : fs().listStatus(folder)) {
      names.add(file.getPath().getName());
    }

    names.sort(null);
    return names;
  }

  @Test
  void aCheckpointComesBackToTheBit() {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(7));

      assertSame(Checkpointed.at(7), store.latest().orElseThrow());
      assertEquals(location.toString(), store.location());
    }

    assertSame(Checkpointed.at(7), reader(location).latest().orElseThrow());
  }

  @Test
  void aCheckpointWithoutTensorsOfCallbacksHasNoFileForThem() throws IOException {
    Path location = location();
    Checkpoint some = Checkpointed.at(1);
    try (CheckpointStore store = open(location, "run")) {
      store.commit(
          new Checkpoint(1, some.model(), some.trainingState(), Map.of("none", List.of())));
    }

    assertEquals(
        List.of("manifest.json", "model.keras", "training_state.json"),
        names(new Path(location, "step-1")));
    assertTrue(reader(location).latest().orElseThrow().callbackTensors().isEmpty());
  }

  @Test
  void aLocationThatIsNotThereHasNoCheckpointAndIsNotMade() throws IOException {
    Path location = location();

    assertTrue(reader(location).latest().isEmpty());
    assertTrue(reader(location).list().isEmpty());
    assertFalse(fs().exists(location));
  }

  @Test
  void theNewestIsReadByNumberAndTheOldestArePruned() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      for (long step : new long[] {0, 9, 10, 100}) {
        store.commit(Checkpointed.at(step));
      }
    }

    assertEquals(100, reader(location).latest().orElseThrow().step());
    assertEquals(List.of("step-10", "step-100"), names(location));
  }

  @Test
  void pruningCountsValidCheckpointsOnly() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(1));
      store.commit(Checkpointed.at(2));
    }

    truncate(new Path(location, "step-2/model.keras"));
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(3));
      assertEquals(List.of("step-1", "step-2", "step-3"), steps(location));

      store.commit(Checkpointed.at(4));
      assertEquals(List.of("step-3", "step-4"), steps(location));
    }
  }

  @Test
  void whatIsBrokenIsSkippedWithTheReason() throws IOException {
    Path location = location();
    try (CheckpointStore store = HadoopCheckpointStore.open(location.toString(), conf(), "r", 9)) {
      for (long step = 1; step <= 7; step++) {
        store.commit(Checkpointed.at(step));
      }
    }

    flipByte(new Path(location, "step-2/model.keras"));
    truncate(new Path(location, "step-3/training_state.json"));
    fs().delete(new Path(location, "step-4/callback_state.h5"), false);
    write(new Path(location, "step-5/manifest.json"), "{\"format_version\": 3}");
    fs().delete(new Path(location, "step-6/manifest.json"), false);
    fs().rename(new Path(location, "step-7"), new Path(location, "step-8"));
    fs().mkdirs(new Path(location, "step-007"));

    try (CapturedLog log = CapturedLog.of(HadoopCheckpoints.class)) {
      assertEquals(1, reader(location).latest().orElseThrow().step());
      List<CheckpointSummary> found = reader(location).list();
      assertEquals(List.of(8L, 6L, 5L, 4L, 3L, 2L, 1L), steps(found));
      expect(found.get(0), log, "The manifest.json is about step 7, not 8");
      expect(found.get(1), log, "FileNotFoundException");
      expect(
          found.get(2), log, "manifest.json: 'format_version' must be 1 or 2, which this library");
      expect(found.get(3), log, "FileNotFoundException");
      expect(found.get(4), log, " bytes. The manifest.json says: ");
      expect(found.get(5), log, "model.keras has the SHA-256 ");
      assertEquals(null, found.get(6).problem());
      Manifest manifest = found.get(6).manifest();
      assertNotNull(manifest);
      assertEquals("r", manifest.runId());
      assertEquals(Checkpointed.at(1).model().weightsSha256(), manifest.weightsSha256());
    }
  }

  private static void expect(CheckpointSummary summary, CapturedLog log, String reason) {
    String problem = summary.problem();
    assertNotNull(problem, summary::path);
    assertTrue(problem.contains(reason), problem);
    assertTrue(
        log.text().contains("Skipped the checkpoint " + summary.path() + ": " + problem),
        log::text);
  }

  @Test
  void theSameModelAtTheSameStepIsCommittedAlready() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "first")) {
      store.commit(Checkpointed.at(5));
    }

    try (CheckpointStore store = open(location, "second")) {
      Checkpoint again = new Checkpoint(5, Checkpointed.model(5), Config.empty(), Map.of());
      store.commit(again);

      assertSame(Checkpointed.at(5), store.latest().orElseThrow());
      assertEquals(List.of("_claim.json", "step-5"), names(location));
    }
  }

  @Test
  void anotherModelAtTheSameStepIsRefused() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "first")) {
      store.commit(Checkpointed.at(5));
    }

    try (CheckpointStore store = open(location, "second")) {
      Checkpoint other = new Checkpoint(5, Checkpointed.model(6), Config.empty(), Map.of());

      assertMessage(
          assertThrows(CheckpointException.class, () -> store.commit(other)),
          "The checkpoint of step 5 was not committed to ",
          "it is there already with another model, written by the run 'first' (weights_sha256 "
              + Checkpointed.model(5).weightsSha256());
      assertSame(Checkpointed.at(5), store.latest().orElseThrow());
      assertEquals(List.of("_claim.json", "step-5"), names(location));
    }
  }

  @Test
  void aStepBelowTheNewestIsRefused() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(5));

      assertMessage(
          assertThrows(CheckpointException.class, () -> store.commit(Checkpointed.at(4))),
          "The checkpoint of step 4 was not committed to ",
          "there is the newer checkpoint step-5. Resume from that, or choose another location");
      assertEquals(List.of("_claim.json", "step-5"), names(location));
    }
  }

  @Test
  void aBrokenFolderOfTheStepIsMovedAside() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(1));
      store.commit(Checkpointed.at(2));
    }

    truncate(new Path(location, "step-2/model.keras"));
    try (CheckpointStore store = open(location, "run")) {
      assertEquals(1, store.latest().orElseThrow().step());

      store.commit(Checkpointed.at(2));

      assertSame(Checkpointed.at(2), store.latest().orElseThrow());
      assertEquals(
          1, names(location).stream().filter(n -> n.startsWith("_invalid-step-2-")).count());
    }
  }

  @Test
  void aStateThatCannotBeRepresentedIsRefused() throws IOException {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      Config state = Config.builder().put("name", "NaN").build();
      Checkpoint checkpoint = new Checkpoint(1, Checkpointed.model(1), state, Map.of());

      assertMessage(
          assertThrows(CheckpointException.class, () -> store.commit(checkpoint)),
          "The training state's 'name' must not be a string that reads like a number. Received:"
              + " \"NaN\"");
      assertEquals(List.of("_claim.json"), names(location));
    }
  }

  @Test
  void aReaderFindsACheckpointAtEveryMomentOfAWriter() throws Exception {
    Path location = location();
    try (CheckpointStore store = open(location, "run")) {
      store.commit(Checkpointed.at(0));
      AtomicBoolean isDone = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread watcher = new Thread(() -> watch(location, isDone, failure));
      watcher.start();
      for (long step = 1; step <= 15; step++) {
        store.commit(Checkpointed.at(step));
      }

      isDone.set(true);
      watcher.join();
      if (failure.get() != null) {
        throw new AssertionError(failure.get());
      }
    }
  }

  private void watch(Path location, AtomicBoolean isDone, AtomicReference<Throwable> failure) {
    try {
      long last = 0;
      while (!isDone.get()) {
        Checkpoint found = reader(location).latest().orElseThrow();
        assertTrue(found.step() >= last, found.step() + " after " + last);
        assertSame(Checkpointed.at(found.step()), found);
        last = found.step();
      }
    } catch (RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  @Test
  void aFileInTheWayIsReportedBeforeAnything() throws IOException {
    Path file = location();
    write(file, "in the way");

    assertMessage(
        assertThrows(CheckpointException.class, () -> open(file, "run")),
        "The checkpoint location " + file + " can't be written: ");
    assertMessage(
        assertThrows(CheckpointException.class, () -> open(new Path(file, "below"), "run")),
        "The checkpoint location " + file + "/below can't be written: ");
    assertEquals("in the way", read(file));
  }

  @Test
  void aClosedStoreRefusesToCommit() {
    CheckpointStore store = open(location(), "run");
    store.close();
    store.close();

    assertMessage(
        assertThrows(IllegalStateException.class, () -> store.commit(Checkpointed.at(1))),
        "The checkpoint store of ",
        " is closed");
  }

  static void assertMessage(Throwable error, String... parts) {
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error::getMessage);
    }
  }

  final void write(Path file, String text) throws IOException {
    try (var out = fs().create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  final String read(Path file) throws IOException {
    try (var in = fs().open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  final void truncate(Path file) throws IOException {
    rewrite(file, bytes -> Arrays.copyOf(bytes, bytes.length / 2));
  }

  final void flipByte(Path file) throws IOException {
    rewrite(
        file,
        bytes -> {
          bytes[bytes.length / 2] ^= 1;
          return bytes;
        });
  }

  private void rewrite(Path file, UnaryOperator<byte[]> change) throws IOException {
    byte[] bytes;
    try (var in = fs().open(file)) {
      bytes = in.readAllBytes();
    }

    try (var out = fs().create(file, true)) {
      out.write(change.apply(bytes));
    }
  }

  private List<String> steps(Path location) throws IOException {
    return names(location).stream().filter(name -> name.startsWith("step-")).toList();
  }

  private static List<Long> steps(List<CheckpointSummary> summaries) {
    return summaries.stream().map(CheckpointSummary::step).toList();
  }
}
