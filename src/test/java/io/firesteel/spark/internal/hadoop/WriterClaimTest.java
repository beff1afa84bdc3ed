package io.firesteel.spark.internal.hadoop;

import static io.firesteel.testing.Checkpointed.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.saving.Config;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.Checkpointed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterClaimTest {

  @TempDir Path folder;

  private Path location;
  private Path claim;

  @BeforeEach
  void chooseLocation() {
    location = folder.resolve("checkpoints");
    claim = location.resolve("_claim.json");
  }

  /** A writer that is not heard of while a test lasts. */
  private HadoopCheckpointStore open(String runId) {
    return open(runId, "1h");
  }

  private HadoopCheckpointStore open(String runId, String lease) {
    Configuration conf = new Configuration();
    conf.set("firesteel.checkpoint.lease", lease);
    return HadoopCheckpointStore.open(location.toUri().toString(), conf, runId, 2);
  }

  /** Makes the claim one of another process. */
  private void change(String key, Object value) throws IOException {
    Config holder = Config.parse(Files.readString(claim)).with(key, value);
    Files.delete(location.resolve("._claim.json.crc"));
    Files.writeString(claim, holder.toJson());
  }

  @Test
  void theClaimSaysWhoWritesAndGoesWithTheWriter() throws IOException {
    try (HadoopCheckpointStore store = open("run-1")) {
      Config holder = Config.parse(Files.readString(claim));
      assertEquals("run-1", holder.get("run_id"));
      assertEquals(ProcessHandle.current().pid(), holder.get("pid"));
      assertEquals(List.of("run_id", "host", "pid", "process_start", "token"), keys(holder));
    }

    assertFalse(Files.exists(claim));
    open("run-2").close();
  }

  private static List<String> keys(Config config) {
    return List.copyOf(config.keys());
  }

  @Test
  void aSecondWriterOfThisProcessIsRefusedAndTouchesNothing() throws IOException {
    try (HadoopCheckpointStore store = open("run-1")) {
      String before = Files.readString(claim);

      CheckpointException error = assertThrows(CheckpointException.class, () -> open("run-2"));

      assertTrue(
          error
              .getMessage()
              .matches(
                  "The checkpoint location file:.*/checkpoints is being written by the run 'run-1' \\(process %d on host '.+', started 20.+\\). Wait until it has ended, or choose another location for the run 'run-2'"
                      .formatted(ProcessHandle.current().pid())),
          error::getMessage);
      assertEquals(before, Files.readString(claim));
      store.commit(Checkpointed.at(1));
    }
  }

  @Test
  void aKilledWriterIsFollowedAtOnceAndALiveOneIsRespected() throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                EndlessWriter.class.getName(),
                location.toUri().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8));
      assertEquals("1", out.readLine());
      assertTrue(
          assertThrows(CheckpointException.class, () -> open("second"))
              .getMessage()
              .contains("is being written by the run 'endless' (process " + writer.pid()));
      assertEquals("2", out.readLine());
    } finally {
      writer.destroyForcibly();
    }

    assertTrue(writer.waitFor(1, TimeUnit.MINUTES));
    try (HadoopCheckpointStore store = open("second")) {
      long step = store.latest().orElseThrow().step();
      assertTrue(step >= 2, () -> "step " + step);
      store.commit(Checkpointed.at(step + 1));
      assertSame(Checkpointed.at(step + 1), store.latest().orElseThrow());
    }
  }

  /** Commits until it is killed. */
  static final class EndlessWriter {
    private EndlessWriter() {}

    /** Writes to the location that is the only argument; prints each step. */
    public static void main(String[] args) {
      try (HadoopCheckpointStore store =
          HadoopCheckpointStore.open(args[0], new Configuration(), "endless", 2)) {
        for (long step = 1; ; step++) {
          store.commit(Checkpointed.at(step));
          System.out.println(step);
        }
      }
    }
  }

  @Test
  void aLaterProcessWithTheSameNumberIsNoHolder() throws IOException {
    open("run-1");
    change("process_start", 1);

    try (HadoopCheckpointStore store = open("run-2")) {
      store.commit(Checkpointed.at(1));
    }
  }

  @Test
  void aWriterWhoseDirectoryWasTakenOverIsRefused() throws IOException {
    HadoopCheckpointStore first = open("run-1");
    first.commit(Checkpointed.at(1));
    change("host", "elsewhere");
    try (HadoopCheckpointStore second = open("run-2", "300ms")) {
      CheckpointException error =
          assertThrows(CheckpointException.class, () -> first.commit(Checkpointed.at(2)));

      assertTrue(
          error
              .getMessage()
              .matches(
                  "The checkpoint of step 2 was not committed to .*: The run 'run-1' may no longer"
                      + " write to .*/checkpoints: the run 'run-2' \\(process .*\\) has taken"
                      + " over"),
          error::getMessage);
      first.close();
      assertTrue(Files.exists(claim), "the claim of the other one");
      second.commit(Checkpointed.at(3));
      assertEquals(3, second.latest().orElseThrow().step());
      assertFalse(Files.exists(location.resolve("step-2")));
    }
  }

  @Test
  void aWriterWithTheSameRunIdTakesOverAllTheSame() throws IOException {
    HadoopCheckpointStore first = open("run");
    change("host", "elsewhere");
    try (HadoopCheckpointStore second = open("run", "300ms")) {
      assertThrows(CheckpointException.class, () -> first.commit(Checkpointed.at(2)));
      second.commit(Checkpointed.at(3));
    }
  }

  @Test
  void aWriterWhoseDirectoryWasEmptiedIsRefused() throws IOException {
    try (HadoopCheckpointStore store = open("run-1")) {
      Files.delete(claim);

      CheckpointException error =
          assertThrows(CheckpointException.class, () -> store.commit(Checkpointed.at(1)));

      assertTrue(
          error
              .getMessage()
              .endsWith("its claim _claim.json is gone; the folder was removed or emptied"),
          error::getMessage);
    }
  }

  @Test
  void whatAWriterOfAnotherHostHasUnfinishedIsSparedOnce() throws IOException {
    HadoopCheckpointStore first = open("run-1");
    String token = (String) Config.parse(Files.readString(claim)).get("token");
    Path unfinished = Files.createDirectory(location.resolve("_tmp-1-" + token + "-0"));
    Path older = Files.createDirectory(location.resolve("_tmp-1-older-0"));
    change("host", "elsewhere");

    open("run-2", "300ms").close();
    assertTrue(Files.exists(unfinished));
    assertFalse(Files.exists(older));

    open("run-3").close();
    assertFalse(Files.exists(unfinished));
    first.close();
  }

  @Test
  void aWriterOfAnotherHostIsRespectedWhileItRenewsItsClaim() throws IOException {
    try (HadoopCheckpointStore first = open("run-1", "600ms")) {
      change("host", "elsewhere");

      String message =
          assertThrows(CheckpointException.class, () -> open("run-2", "3s")).getMessage();

      assertTrue(message.contains("is being written by the run 'run-1'"), message);
      first.commit(Checkpointed.at(1));
    }
  }

  @Test
  void aClaimWhoseWriterCouldNotRemoveItIsFreeInTheSameProcess() throws IOException {
    HadoopCheckpointStore first = open("run-1");
    String left = Files.readString(claim);
    first.close();
    Files.writeString(claim, left);

    try (HadoopCheckpointStore second = open("run-2")) {
      second.commit(Checkpointed.at(1));
    }
  }

  @Test
  void ofManyThatStartAtOnceExactlyOneGoesOn() throws Exception {
    for (int round = 0; round < 8; round++) {
      open("dead").close();
      Files.writeString(
          claim,
          Config.builder()
              .put("run_id", "dead")
              .put("host", "elsewhere")
              .put("pid", 1)
              .put("process_start", 1)
              .put("token", "t" + round)
              .build()
              .toJson());
      Files.setLastModifiedTime(claim, FileTime.fromMillis(0));
      Queue<HadoopCheckpointStore> writers = new ConcurrentLinkedQueue<>();
      List<Thread> starts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String runId = "run-" + i;
        Thread start =
            new Thread(
                () -> {
                  try {
                    writers.add(open(runId));
                  } catch (CheckpointException e) {
                    assertTrue(
                        e.getMessage().contains("claimed by another writer")
                            || e.getMessage().contains("is being written"),
                        e::getMessage);
                  }
                });
        starts.add(start);
        start.start();
      }

      for (Thread start : starts) {
        start.join();
      }

      assertEquals(1, writers.size());
      writers.element().commit(Checkpointed.at(round + 1));
      writers.element().close();
    }
  }

  @Test
  void aBrokenClaimCountsAsDead() throws IOException {
    open("run-1").close();
    Files.writeString(claim, "{\"run_id\": 3}");

    try (CapturedLog log = CapturedLog.of(WriterClaim.class);
        HadoopCheckpointStore store = open("run-2")) {
      store.commit(Checkpointed.at(1));

      assertTrue(
          log.text()
              .contains(
                  "_claim.json is broken and counts as dead: _claim.json: 'run_id' must be a"
                      + " string. Received: 3"),
          log::text);
    }
  }
}
