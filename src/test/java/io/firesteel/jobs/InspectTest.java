package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.FolderContent;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class InspectTest {

  @TempDir static Path folder;

  private static TinyJob tiny;
  private static Config result;

  private record Output(int exitCode, String out, String err) {}

  @BeforeAll
  static void train(SparkSession spark) throws Exception {
    tiny = TinyJob.in(folder);
    Train.prepare(Job.parse(tiny.config()), new Locations(new Configuration())).run(spark);
    result = Config.parse(Files.readString(tiny.output().resolve("result.json")));
  }

  private static Output inspect(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Inspect.run(
            arguments,
            new Locations(new Configuration()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Output(
        exitCode,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8).strip());
  }

  private static Config json(Path path) {
    Output output = inspect(path.toString(), "--json");
    assertEquals("", output.err());
    assertEquals(0, output.exitCode());
    return Config.parse(output.out());
  }

  @Test
  void aFolderListsItsCheckpointsAndDescribesTheNewest() {
    Config report = json(tiny.checkpoints());
    List<?> checkpoints = (List<?>) report.get("checkpoints");
    assertEquals(3, checkpoints.size());
    assertEquals(TinyJob.STEPS, ((Config) checkpoints.get(0)).get("step"));
    Config newest = (Config) report.get("newest_valid");
    assertEquals(result.get("weights_sha256"), newest.get("weights_sha256"));
    assertEquals(3L, ((Config) newest.get("progress")).get("epoch"));
    assertEquals(TinyJob.STEPS, ((Config) newest.get("model")).get("iteration"));
    assertEquals(40L, ((Config) ((Config) newest.get("contract")).get("data")).get("rows"));

    String text = inspect(tiny.checkpoints().toString()).out();
    for (String part :
        List.of(
            "step-15  valid, ",
            "15 steps; 3 epochs completed",
            "dense (Dense)",
            "iteration 15",
            "SHA-256",
            "\"rows\":40",
            "History {\"epochs\":3")) {
      assertTrue(text.contains(part), () -> part + " is not in " + text);
    }
  }

  @Test
  void aBrokenCheckpointIsSkippedWithTheReason() throws Exception {
    Path copy = folder.resolve("broken");
    for (Path path : Files.walk(tiny.checkpoints()).toList()) {
      Files.copy(path, copy.resolve(tiny.checkpoints().relativize(path).toString()));
    }

    Files.delete(copy.resolve("step-15/.model.keras.crc"));
    Files.writeString(copy.resolve("step-15/model.keras"), "torn");
    FolderContent before = FolderContent.of(copy);
    String text = inspect(copy.toString()).out();
    assertTrue(
        text.contains("step-15  SKIPPED: model.keras has 4 bytes. The manifest.json says: "), text);
    assertTrue(text.contains("Checkpoint file:%s/step-14".formatted(copy)), text);
    Output one = inspect(copy.resolve("step-15").toString());
    assertEquals(1, one.exitCode());
    assertTrue(
        one.err()
            .startsWith(
                "Inspect failed: %s/step-15 is not valid: model.keras has 4 bytes."
                    .formatted(copy)),
        one.err());
    assertEquals(before, FolderContent.of(copy));
  }

  @Test
  void oneCheckpointAndOneModelAreDescribed() {
    assertEquals(TinyJob.STEPS, json(tiny.checkpoints().resolve("step-15")).get("step"));
    Config file = json(tiny.output().resolve("model.keras"));
    assertEquals(result.get("weights_sha256"), ((Config) file.get("model")).get("weights_sha256"));
    String text = inspect(tiny.output().resolve("model.keras").toString()).out();
    assertTrue(text.contains("Total params: 95"), text);
  }

  @Test
  void whatCannotBeInspectedIsRefused() {
    assertEquals(
        new Output(
            1,
            "",
            "Inspect failed: One path is needed. Received: []. Usage: Inspect PATH [--json]"),
        inspect("--json"));
    assertEquals(
        new Output(1, "", "Inspect failed: There is nothing at %s/none".formatted(folder)),
        inspect(folder + "/none"));
    assertEquals(
        new Output(
            1,
            "",
            "Inspect failed: %s holds no checkpoints (folders named step-<n>)"
                .formatted(tiny.output())),
        inspect(tiny.output().toString()));
    assertTrue(inspect(tiny.data().toString()).err().contains("is no Keras archive"));
  }
}
