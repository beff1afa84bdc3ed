package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopCheckpointStoreTest {

  @TempDir Path folder;

  private void refuses(String location, String reason) {
    String message =
        assertThrows(
                CheckpointException.class,
                () -> HadoopCheckpointStore.open(location, new Configuration(), "run", 2))
            .getMessage();

    assertTrue(
        message.startsWith("The checkpoint location " + location + " can't be written: " + reason),
        message);
  }

  @Test
  void fewerThanTwoAreNotEnoughToKeep() {
    Path location = folder.resolve("none");

    assertEquals(
        "The number of checkpoints to keep must be 2 or more. Received: keep=1",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    HadoopCheckpointStore.open(location.toString(), new Configuration(), "run", 1))
            .getMessage());
    assertFalse(Files.exists(location));
  }

  @Test
  void aRunNeedsAnId() {
    assertEquals(
        "The run id must not be blank. Received: ' '",
        assertThrows(
                IllegalArgumentException.class,
                () -> HadoopCheckpointStore.open("/none", new Configuration(), " ", 2))
            .getMessage());
  }

  @Test
  void aLocationOnNoFileSystemIsRefused() {
    refuses("nowhere://host/x", "UnsupportedFileSystemException: fs.AbstractFileSystem.nowhere");
    refuses("hdfs://no-such-host.invalid/x", "IOException: There is no file system for it: ");
    refuses("", "IOException: it is no path: ");
    assertTrue(
        assertThrows(
                CheckpointException.class,
                () -> HadoopCheckpointStore.read("nowhere://host/x", new Configuration()))
            .getMessage()
            .startsWith("The checkpoint location nowhere://host/x can't be read: "));
  }

  @Test
  void readingClaimsNothing() throws Exception {
    try (HadoopCheckpointStore store =
        HadoopCheckpointStore.open(folder.toString(), new Configuration(), "run", 2)) {
      assertTrue(
          HadoopCheckpointStore.read(folder.toString(), new Configuration()).latest().isEmpty());
      assertTrue(store.list().isEmpty());
    }
  }
}
