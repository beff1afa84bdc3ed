package io.firesteel.spark.internal.hadoop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HadoopPathTest {

  @ParameterizedTest
  @CsvSource({
    "out/2026-01-02T10:11:12, /home/out/2026-01-02T10:11:12",
    "2026-01-02T10:11:12, /home/2026-01-02T10:11:12",
    "2026-01-02T10:11:12/model.keras, /home/2026-01-02T10:11:12/model.keras",
    "a:b:c, /home/a:b:c",
    "hdfs://name:9000/a, hdfs://name:9000/a",
    "file:/a:b, file:/a:b",
    "/a:b, /a:b",
    "plain, /home/plain"
  })
  void aColonWithoutASlashBehindItIsPartOfAName(String text, String whole) {
    org.apache.hadoop.fs.Path path = HadoopPath.of(text);
    org.apache.hadoop.fs.Path home = new org.apache.hadoop.fs.Path("/home");
    assertEquals(
        whole, (path.isAbsolute() ? path : new org.apache.hadoop.fs.Path(home, path)).toString());
  }

  @Test
  void foldersOfSuchNamesAreWrittenAndRead(@TempDir Path folder) throws Exception {
    FileSystem files = FileSystem.newInstance(new Configuration());
    files.setWorkingDirectory(new org.apache.hadoop.fs.Path(folder.toUri()));
    files.create(new org.apache.hadoop.fs.Path(HadoopPath.of("10:11:12"), "a.txt")).close();
    assertTrue(files.exists(HadoopPath.of("10:11:12/a.txt")));
    assertTrue(Files.exists(folder.resolve("10:11:12").resolve("a.txt")));
    files.close();
  }

  @Test
  void aFileOfSuchANameIsRefused() {
    HadoopFileIO files = new HadoopFileIO(new Configuration());
    String message =
        "logs:1.csv: Hadoop's file systems take no file whose name holds ':'. Allowed: any other"
            + " name";
    assertEquals(
        message,
        assertThrows(IOException.class, () -> files.requireWritable("logs:1.csv")).getMessage());
    assertEquals(
        message, assertThrows(IOException.class, () -> files.create("logs:1.csv")).getMessage());
  }
}
