package io.firesteel.spark.internal.seam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class LocalFilesTest {

  @Test
  void everyPathIsNewAndItsFolderIsThere(SparkSession spark) {
    assertTrue(LocalFiles.available());
    Path one = LocalFiles.newFile();
    Path other = LocalFiles.newFile();

    assertNotEquals(one, other);
    assertFalse(Files.exists(one));
    assertTrue(Files.isDirectory(one.getParent()));
  }

  @Test
  void aSparkWithoutThemIsToldOfInTheLog() {
    try (CapturedLog log = CapturedLog.of(LocalFiles.class)) {
      assertFalse(
          LocalFiles.available(
              () -> {
                throw new NoSuchMethodError("SparkEnv.blockManager");
              }));
      assertEquals(
          "This Spark lacks what shards in files need, so all shards stay in memory", log.text());
    }
  }
}
