package io.firesteel.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at random moments, of every kind of process: {@code mvn -Pcampaign test
 * [-Dfiresteel.kills=200] [-Dfiresteel.kills.seed=1]}.
 *
 * <p>A job trains on executor processes and writes checkpoints to an HDFS of processes, both on
 * this machine. Drivers, executors, the name node and data nodes are killed with {@code kill -9}; a
 * killed driver is started again by the same command, what was killed of HDFS after a while. When a
 * fit has ended, another one begins, until the kills are done. Each fit must end with the weights
 * of one that was left alone, and no checkpoint that was once there may be lost.
 */
@EnabledIfSystemProperty(named = "firesteel.kills", matches = "\\d+")
class KillCampaignTest {

  private static final int ROWS = 6_000;

  /**
   * So many that the variables and the gradients of a step travel in several parts, of which the
   * last one has layers of its own: they are updated before the others' gradients are there.
   */
  private static final int UNITS = Integer.getInteger("firesteel.kills.units", 9_000);

  private static final int SHARDS = Integer.getInteger("firesteel.kills.shards", 4);

  private static final int EPOCHS = Integer.getInteger("firesteel.kills.epochs", 60);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** What is killed, and how often of a hundred times. */
  private enum Victim {
    EXECUTOR(45),
    DRIVER(12),
    NAME_NODE(18),
    DATA_NODE(12),
    ALL_DATA_NODES(13);

    private final int share;

    Victim(int share) {
      this.share = share;
    }

    static Victim drawn(Random random) {
      int left = random.nextInt(100);
      for (Victim victim : values()) {
        left -= victim.share;
        if (left < 0) {
          return victim;
        }
      }

      throw new IllegalStateException("The shares are not 100");
    }

    boolean isOutage() {
      return this == NAME_NODE || this == ALL_DATA_NODES;
    }
  }

  /** What became of the victims of one kind. */
  private static final class Tally {
    private int kills;
    private int riddenOut;
    private double longest;
  }

  @TempDir Path folder;

  private final Random random = new Random(Long.getLong("firesteel.kills.seed", 1));
  private final Tally[] tallies = new Tally[Victim.values().length];
  private final List<String> failures = new ArrayList<>();
  private HdfsProcesses hdfs;
  private TrainProcess driver;
  private Path job;
  private int fits;
  private int starts;
  private int lost;

  @Test
  void everyFitEndsWithTheSameWeights() throws Exception {
    int kills = Integer.getInteger("firesteel.kills");
    for (Victim victim : Victim.values()) {
      tallies[victim.ordinal()] = new Tally();
    }

    try (HdfsProcesses started = HdfsProcesses.start(folder)) {
      hdfs = started;
      job = writeJob();
      long begin = System.nanoTime();
      startDriver();
      String expected = driver.sha().orElse("");
      assertTrue(!expected.isEmpty(), driver.lastWords());
      System.out.printf(
          "A fit that is left alone: %s, %.0f s%n", expected.substring(0, 12), seconds(begin));
      int killed = 0;
      while (killed < kills || driver.isAlive()) {
        if (!driver.isAlive()) {
          fits++;
          startDriver();
        }

        killed += killed < kills ? fitWithKills(killed, kills) : 0;
        requireSame(expected);
      }

      printTable(seconds(begin));
    } finally {
      if (driver != null) {
        driver.close();
      }
    }

    assertEquals(List.of(), failures);
    assertEquals(0, lost, "checkpoints that were lost");
    Tally names = tallies[Victim.NAME_NODE.ordinal()];
    Tally data = tallies[Victim.ALL_DATA_NODES.ordinal()];
    int outages = names.kills + data.kills;
    assertTrue(10 * (names.riddenOut + data.riddenOut) >= 9 * outages, "outages ridden out");
  }

  /** Kills until the fit has ended or enough was killed; returns how many were. */
  private int fitWithKills(int before, int kills) throws Exception {
    int count = 0;
    while (before + count < kills && awaitProgress()) {
      Thread.sleep(200 + random.nextInt(3000));
      if (driver.isAlive()) {
        count++;
        kill(before + count, Victim.drawn(random));
      }
    }

    return count;
  }

  private void requireSame(String expected) throws Exception {
    String sha = driver.sha().orElse("");
    if (!sha.equals(expected)) {
      failures.add("fit " + fits + ": " + (sha.isEmpty() ? driver.lastWords() : sha));
    }

    System.out.printf(
        "Fit %d ended: %s%n", fits, sha.equals(expected) ? "the same weights" : "FAILED " + sha);
  }

  private void kill(int number, Victim victim) throws Exception {
    long newest = hdfs.newestStep(checkpoints());
    int epoch = driver.epoch();
    double away = 0;
    long begin = System.nanoTime();
    switch (victim) {
      case EXECUTOR -> killExecutors();
      case DRIVER -> driver.kill();
      default -> away = outage(victim);
    }

    String end = victim == Victim.DRIVER ? restarted(newest) : wentOn(victim, newest);
    Tally tally = tallies[victim.ordinal()];
    tally.kills++;
    boolean good = !end.startsWith("ENDED") && !end.startsWith("LOST");
    tally.riddenOut += good ? 1 : 0;
    tally.longest = Math.max(tally.longest, away);
    System.out.printf(
        Locale.ROOT,
        "%3d fit %d epoch %d: %s%s; %s, %.1f s%n",
        number,
        fits,
        epoch,
        victim.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        away == 0 ? "" : String.format(Locale.ROOT, " away for %.1f s", away),
        end,
        seconds(begin));
  }

  private void killExecutors() {
    List<ProcessHandle> executors = driver.executors();
    int first = executors.isEmpty() ? 0 : random.nextInt(executors.size());
    boolean all = random.nextInt(4) == 0;
    for (int i = 0; i < executors.size(); i++) {
      if (all || i == first) {
        executors.get(i).destroyForcibly();
      }
    }
  }

  /** Kills what is to be away, starts it again, and returns for how many seconds it was away. */
  private double outage(Victim victim) throws Exception {
    List<String> gone =
        switch (victim) {
          case NAME_NODE -> List.of(HdfsProcesses.NAME_NODE);
          case DATA_NODE -> List.of(HdfsProcesses.DATA_NODES.get(random.nextInt(2)));
          default -> HdfsProcesses.DATA_NODES;
        };
    long begin = System.nanoTime();
    for (String process : gone) {
      hdfs.kill(process);
    }

    boolean isLong = victim.isOutage() && random.nextInt(8) == 0;
    Thread.sleep(isLong ? 20_000 + random.nextInt(30_000) : 500 + random.nextInt(5_500));
    for (String process : gone) {
      hdfs.start(process);
    }

    hdfs.awaitReady();
    return seconds(begin);
  }

  /** A fit goes on if it ends well, or a checkpoint comes that is newer than all before. */
  private String wentOn(Victim victim, long newest) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (driver.isAlive() && System.nanoTime() < deadline) {
      if (hdfs.awaitNewer(checkpoints(), newest, Duration.ofSeconds(1))) {
        return "went on";
      }
    }

    if (driver.isAlive()) {
      failures.add("fit " + fits + " stands still after " + victim + "\n" + driver.lastWords());
      driver.close();
      return "ENDED: no checkpoint after " + PATIENCE;
    }

    if (driver.sha().isPresent()) {
      return "went on to its end";
    }

    String words = driver.lastWords();
    startDriver();
    return "ENDED the fit: " + words;
  }

  /** A driver that is started again must find what was committed. */
  private String restarted(long newest) throws Exception {
    startDriver();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (driver.isAlive() && driver.resumedFrom().isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }

    long from = driver.resumedFrom().orElse(-1);
    if (from < newest) {
      lost++;
      return "LOST step %d, resumed from %d: %s".formatted(newest, from, driver.lastWords());
    }

    return "resumed from step " + from;
  }

  private void startDriver() throws IOException {
    String run = hdfs.uri() + run();
    driver =
        TrainProcess.start(
            folder,
            starts++,
            job,
            List.of(
                "output.path=" + run + "/output", "checkpoint.path=" + hdfs.uri() + checkpoints()));
  }

  /** Waits until a fit takes steps; tells whether it does, false if it has ended. */
  private boolean awaitProgress() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (driver.isAlive() && driver.epoch() == 0 && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }

    return driver.isAlive();
  }

  private String run() {
    return "/fit-" + fits;
  }

  private String checkpoints() {
    return run() + "/checkpoints";
  }

  private void printTable(double seconds) {
    System.out.printf(
        "%n| killed | kills | ridden out or resumed | longest away |%n|---|---|---|---|%n");
    int kills = 0;
    int good = 0;
    for (Victim victim : Victim.values()) {
      Tally tally = tallies[victim.ordinal()];
      kills += tally.kills;
      good += tally.riddenOut;
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %d | %s |%n",
          victim.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          tally.kills,
          tally.riddenOut,
          tally.longest == 0 ? "" : String.format(Locale.ROOT, "%.0f s", tally.longest));
    }

    System.out.printf(
        Locale.ROOT,
        "| all | %d | %d | |%n%n%d fits, %d starts of a driver, %d with other weights or none, %d"
            + " checkpoints lost, %.0f s%n",
        kills,
        good,
        fits,
        starts,
        failures.size(),
        lost,
        seconds);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private Path writeJob() throws IOException {
    Path rows = folder.resolve("rows.csv");
    Random values = new Random(7);
    StringBuilder csv = new StringBuilder("a,b,c,d,digit\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%.3f,%d,%d%n",
              values.nextGaussian(),
              values.nextGaussian(),
              values.nextGaussian(),
              values.nextInt(5),
              i % 3));
    }

    Files.writeString(rows, csv);
    return Files.writeString(
        folder.resolve("job.json"),
        """
        {
          "name": "campaign",
          "seed": 3,
          "data": {
            "format": "csv",
            "path": "%s",
            "options": {"header": true, "inferSchema": true},
            "features": ["a", "b", "c", "d"],
            "label": "digit"
          },
          "model": {
            "class_name": "Sequential",
            "config": {
              "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [null, 4]}},
                {"class_name": "Dense", "config": {"units": %d, "activation": "tanh"}},
                {"class_name": "Dropout", "config": {"rate": 0.1}},
                {"class_name": "Dense", "config": {"units": 8, "activation": "tanh"}},
                {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}
              ]
            }
          },
          "compile": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
          "fit": {"epochs": %d, "batch_size": 32, "shards": %d, "verbose": 2, "validation_split": 0.1},
          "checkpoint": {"path": "-", "every_steps": 50, "every_seconds": 0},
          "output": {"path": "-"}
        }
        """
            .formatted(rows.toUri(), UNITS, EPOCHS, SHARDS));
  }
}
