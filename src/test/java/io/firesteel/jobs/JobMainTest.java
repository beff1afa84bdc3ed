package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.TinyJob;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails before Spark starts; {@link BadInputIT} and {@link DigitsJobIT} have the rest. */
class JobMainTest {

  @TempDir Path folder;

  private static String failure(JobMain.Command command, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        JobMain.run(
            "Train",
            arguments,
            command,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(1, exitCode);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
    return err.toString(StandardCharsets.UTF_8).strip();
  }

  @Test
  void aJobFileThatCannotBeReadIsNamed() throws Exception {
    assertEquals(
        "Train failed: The job file: there is no file file:%s/none.json".formatted(folder),
        failure(Train::prepare, folder + "/none.json"));
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"name\": }");
    String message = failure(Train::prepare, broken.toString());
    assertTrue(
        message.startsWith("Train failed: The job file %s: Not valid JSON: ".formatted(broken)),
        message);
  }

  @Test
  void brokenJsonIsSaidInOneLineAndTracesAreForVerbose() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"name\": }");
    String message = failure(Train::prepare, broken.toString());
    assertTrue(message.endsWith(", at line 1, column 10"), message);
    assertEquals(1, message.lines().count(), message);
    String verbose = failure(Train::prepare, broken.toString(), "--verbose");
    assertTrue(verbose.contains("\tat io.firesteel.jobs.JobMain"), verbose);
    assertTrue(verbose.endsWith(message), verbose);
  }

  @Test
  void hivesCatalogIsForTablesWhereThereIsHive() throws Exception {
    Job csv = Job.parse(TinyJob.in(folder).config());
    Job table =
        Job.parse(
            Overrides.apply(
                TinyJob.in(folder).config(),
                List.of("data.format=table", "data.path=db.rows", "data.options={}")));
    ClassLoader hive =
        new ClassLoader(null) {
          @Override
          public URL getResource(String name) {
            return JobMainTest.class.getResource("JobMainTest.class");
          }
        };
    ClassLoader none =
        new ClassLoader(null) {
          @Override
          public URL getResource(String name) {
            return null;
          }
        };
    SparkConf conf = new SparkConf(false);
    assertTrue(JobMain.needsHive(table, conf, hive));
    assertFalse(JobMain.needsHive(table, conf, none));
    assertFalse(JobMain.needsHive(csv, conf, hive));
    conf.set("spark.sql.catalogImplementation", "in-memory");
    assertFalse(JobMain.needsHive(table, conf, hive));
  }

  @Test
  void anUnknownSettingIsRefusedBeforeSparkStarts() {
    System.setProperty("spark.firesteel.gradientsource", "job");
    try {
      String message = failure(Train::prepare, folder + "/none.json");
      assertTrue(
          message.startsWith("Train failed: Unknown setting spark.firesteel.gradientsource. "),
          message);
      assertTrue(message.endsWith("Did you mean 'spark.firesteel.gradientSource'?"), message);
    } finally {
      System.clearProperty("spark.firesteel.gradientsource");
    }
  }

  @Test
  void aWrongCommandLineShowsTheUsage() {
    assertEquals(
        "Train failed: One job file is needed. Received: []. Usage: Train JOB.json [--set"
            + " FIELD=VALUE ...] [--verbose]",
        failure(Train::prepare));
  }

  @Test
  void aCommandThatRefusesTheJobEndsBeforeSpark() throws Exception {
    TinyJob tiny = TinyJob.in(folder);
    Path file = Files.writeString(folder.resolve("job.json"), tiny.config().toJson());
    JobMain.Command refusing =
        (job, locations) -> {
          throw new IllegalArgumentException("no " + job.name() + " today");
        };
    assertEquals(
        "Train failed: no small today", failure(refusing, file.toString(), "--set", "name=small"));
  }
}
