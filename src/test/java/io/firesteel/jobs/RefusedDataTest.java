package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections of data that can't be read: one line that names the field, whoever refuses it. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class RefusedDataTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.path=FOLDER/empty.csv | data.path: what was read has no columns. Received: [FOLDER/empty.csv]
          data.path=FOLDER/*.nope | data.path: Relative path in absolute URI: a:b
          data.path= | data: 'path' must be a string or a list of strings, none of them empty. Received:
          data.path=["FOLDER/rows.csv",""] | data: 'path' must be a string or a list of strings, none of them empty. Received:
          data.path=FOLDER/none.csv | data.path: [PATH_NOT_FOUND] Path does not exist: file:FOLDER/none.csv
          data.path=null | data.path: [UNABLE_TO_INFER_SCHEMA]
          data.format= | data: 'format' must be a format of spark.read, table, or synthetic-clicks. Received:
          data.format=nope | data.format: [DATA_SOURCE_NOT_FOUND] Failed to find the data source: nope
          data.schema=a FOO | data.schema:
          data.where=a + | data.where:
          data.select=["nope"] | data.select: [UNRESOLVED_COLUMN
          """)
  void oneFieldIsNamed(String setting, String expected, SparkSession spark) throws Exception {
    Config job = TinyJob.in(folder).config();
    Files.createFile(folder.resolve("empty.csv"));
    Files.createDirectory(folder.resolve("a:b"));
    String given = inFolder(setting);
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> JobRows.of(Job.parse(Overrides.apply(job, List.of(given))).data(), spark));
    String message = Failure.describe("Train", refused);
    assertTrue(message.startsWith("Train failed: " + inFolder(expected)), message);
    assertEquals(0, Arrays.stream(message.split("\n")).filter(l -> l.contains("  so: ")).count());
  }

  private String inFolder(String text) {
    return text.replace("FOLDER", folder.toString());
  }
}
