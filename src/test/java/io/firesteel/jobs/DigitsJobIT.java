package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.DigitsJob;
import io.firesteel.testing.FolderContent;
import io.firesteel.testing.JobProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default job as a process: {@code spark-jobs/train.sh}, killed and not. */
class DigitsJobIT {

  private static final int KILLS = 3;

  /** Later moments would often find the job finished, for no two runs take the same time. */
  private static final double LATEST = 0.8;

  @TempDir Path temporary;

  @Test
  void theDefaultJobLearnsTheDigitsAndSurvivesKillsWithItsBits() throws Exception {
    DigitsJob job = new DigitsJob(temporary.resolve("not killed"));
    String line = train(job);
    Config result = job.result();
    checkResult(job, result, line);
    checkTheSameCommandAgain(job, line);
    checkOtherMains(job, result);

    long seed = Long.getLong("firesteel.kill.seed", System.nanoTime());
    System.out.printf("Kills at random moments: -Dfiresteel.kill.seed=%d%n", seed);
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      DigitsJob killed = new DigitsJob(temporary.resolve("killed " + kill));
      killOnce(killed, random, result.reader("result").number("seconds"));
      train(killed);
      Config resumed = killed.result();
      assertEquals(result.get("weights_sha256"), resumed.get("weights_sha256"));
      assertEquals(result.get("history"), resumed.get("history"));
      assertEquals(result.get("steps"), resumed.get("steps"));
      long from = resumed.reader("result").integer("resumed_from_step");
      assertTrue(from < resumed.reader("result").integer("steps"), "nothing was left to do");
    }
  }

  private static String train(DigitsJob job) throws Exception {
    try (JobProcess process = job.start()) {
      assertEquals(0, process.exitCode(), process::errors);
      List<String> lines = process.lines();
      return lines.get(lines.size() - 1);
    }
  }

  /**
   * Kills a job between its first step and its last, and proves that it was alive. One that had its
   * result already, and only had to end, is started again.
   */
  private static void killOnce(DigitsJob job, Random random, double seconds) throws Exception {
    while (true) {
      try (JobProcess process = job.start()) {
        assertTrue(process.awaitLine("Epoch 1/"), process::errors);
        long millis = (long) (random.nextDouble() * LATEST * seconds * 1000);
        if (process.isAliveAfter(millis)) {
          assertEquals(128 + 9, process.kill());
          if (!Files.exists(job.output().resolve("result.json"))) {
            System.out.printf("Killed %d ms after the first epoch began%n", millis);
            return;
          }
        }
      }

      FolderContent.delete(job.output());
      FolderContent.delete(job.checkpoints());
    }
  }

  private static void checkResult(DigitsJob job, Config result, String line) throws Exception {
    ConfigReader reader = result.reader("result");
    double accuracy = reader.config("validation").reader("validation").number("accuracy");
    assertTrue(accuracy >= 0.97, "validation accuracy " + accuracy);
    assertEquals("digits", reader.string("job"));
    assertEquals(300, reader.integer("steps"));
    assertEquals(25, reader.integer("epochs"));
    assertFalse(reader.bool("stopped"));
    assertEquals(2, reader.integer("shards"));
    assertNull(result.get("resumed_from_step"));
    assertTrue(reader.number("seconds") > 0);
    assertTrue(reader.number("samples_per_second") > 0);
    List<Double> losses = reader.config("history").reader("history").numbers("loss");
    assertEquals(25, losses.size());
    assertEquals(losses.get(24), reader.number("loss"));
    Path model = job.output().resolve("model.keras");
    assertEquals(model.toString(), reader.string("model"));
    assertEquals(KerasArchive.read(model).weightsSha256(), reader.string("weights_sha256"));
    assertEquals(TrainResult.line(result), line);
    for (String name : List.of("loss", "seconds", "weights_sha256")) {
      assertTrue(line.contains(name + "=" + result.get(name)), line);
    }
  }

  private static void checkTheSameCommandAgain(DigitsJob job, String line) throws Exception {
    FolderContent before = FolderContent.of(job.output());
    try (JobProcess again = job.start()) {
      assertEquals(0, again.exitCode(), again::errors);
      assertEquals(List.of(line), again.lines());
    }

    assertEquals(before, FolderContent.of(job.output()));
  }

  /** From another folder, with a job file of another name. */
  private void checkOtherMains(DigitsJob job, Config trained) throws Exception {
    Path elsewhere = Files.createDirectories(temporary.resolve("else where"));
    Path jobFile = elsewhere.resolve("a job.json");
    Files.copy(JobProcess.ROOT.resolve("conf/digits.json"), jobFile);
    List<String> arguments =
        List.of(
            "a job.json",
            "--set",
            "output.path=" + job.output(),
            "--set",
            "data.path=" + JobProcess.ROOT.resolve("conf/data/digits.csv"));
    try (JobProcess evaluate = JobProcess.start(elsewhere, "evaluate.sh", arguments)) {
      assertEquals(0, evaluate.exitCode(), evaluate::errors);
    }

    Config evaluation = Config.parse(Files.readString(job.output().resolve("evaluation.json")));
    assertEquals(trained.get("validation"), evaluation.get("metrics"));
    assertEquals(360L, evaluation.get("rows"));

    List<String> csv = new ArrayList<>(arguments);
    csv.addAll(
        List.of(
            "--set",
            "output.format=csv",
            "--set",
            "output.columns=digit",
            "--set",
            "output.raw_prediction_col=\"\"",
            "--",
            "--master"));
    csv.add("local[1]");
    try (JobProcess predict = JobProcess.start(elsewhere, "predict.sh", csv)) {
      assertEquals(0, predict.exitCode(), predict::errors);
    }

    assertTrue(shareOfRightRows(job.output().resolve("predictions")) > 0.98);
    try (JobProcess inspect =
        JobProcess.start(elsewhere, "inspect.sh", List.of(job.checkpoints().toString()))) {
      assertEquals(0, inspect.exitCode(), inspect::errors);
      assertTrue(inspect.lines().stream().anyMatch(each -> each.contains("300 steps; 25 epochs")));
    }
  }

  private static double shareOfRightRows(Path predictions) throws Exception {
    int rows = 0;
    int right = 0;
    for (Path part : FolderContent.files(predictions, ".csv")) {
      for (String line : Files.readAllLines(part)) {
        String[] cells = line.split(",");
        int best = 1;
        for (int i = 2; i <= 10; i++) {
          best = Double.parseDouble(cells[i]) > Double.parseDouble(cells[best]) ? i : best;
        }

        rows++;
        right += best - 1 == Integer.parseInt(cells[0]) ? 1 : 0;
      }
    }

    assertEquals(1797, rows);
    return (double) right / rows;
  }
}
