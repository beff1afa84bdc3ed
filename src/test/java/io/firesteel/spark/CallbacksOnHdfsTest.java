package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.CSVLogger;
import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.ModelCheckpoint;
import io.firesteel.callbacks.TensorBoard;
import io.firesteel.layers.Dense;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.EventFiles;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callbacks write to HDFS, while it is there and while its only data node is away. */
@Tag("spark")
@Timeout(180)
class CallbacksOnHdfsTest {

  private static final String OUTPUT = "io.firesteel.callbacks.LateOutput";
  private static final int MOST_EPOCHS = 20_000;
  private static final float[][] X = {{1}, {2}, {3}, {4}};

  @TempDir java.nio.file.Path folder;

  private MiniDFSCluster cluster;
  private int epochs;

  @BeforeEach
  void startCluster() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    conf.setInt("dfs.replication", 1);
    conf.setInt("dfs.heartbeat.interval", 1);
    conf.setInt("dfs.namenode.heartbeat.recheck-interval", 500);
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterEach
  void stopCluster() {
    cluster.shutdown(true);
  }

  private void fit(int most, String place, Callback script) {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1)).seed(3);
    model.compile("sgd", "mse");
    List<Callback> callbacks =
        new ArrayList<>(
            List.of(
                CSVLogger.builder(place + "/log.csv").build(),
                TensorBoard.builder(place + "/board").updateFreq(1).build(),
                ModelCheckpoint.builder(place + "/best.keras").build()));
    if (script != null) {
      callbacks.add(script);
    }

    model.fit(
        LocalData.of(X, X),
        FitOptions.builder()
            .epochs(most)
            .batchSize(2)
            .verbose(0)
            .callbacks(callbacks.toArray(new Callback[0]))
            .build());
  }

  private String place() {
    return cluster.getURI() + "/run";
  }

  private byte[] read(Path file) throws IOException {
    try (var in = cluster.getFileSystem().open(file)) {
      return in.readAllBytes();
    }
  }

  private String csv() throws IOException {
    return new String(read(new Path("/run/log.csv")), StandardCharsets.UTF_8);
  }

  /** Returns the steps of a tag's values, of all files in the order of their names. */
  private List<Long> steps(String tag) throws Exception {
    DistributedFileSystem files = cluster.getFileSystem();
    List<Long> steps = new ArrayList<>();
    for (FileStatus file : files.listStatus(new Path("/run/board/train"))) {
      // A file whose writing failed is still open for HDFS.
      while (!files.isFileClosed(file.getPath()) && !files.recoverLease(file.getPath())) {
        sleep();
      }

      for (String scalar : EventFiles.scalars(read(file.getPath()))) {
        String[] parts = scalar.split(" ");
        if (parts[1].equals(tag)) {
          steps.add(Long.parseLong(parts[0]));
        }
      }
    }

    return steps;
  }

  private static List<Long> range(int from, int count) {
    return IntStream.range(from, from + count).asLongStream().boxed().toList();
  }

  @Test
  void theyAreTheFilesOfALocalDisk() throws Exception {
    fit(5, place(), null);
    fit(5, folder.resolve("local").toString(), null);
    assertEquals(java.nio.file.Files.readString(folder.resolve("local/log.csv")), csv());
    assertEquals(range(0, 5), steps("epoch_loss"));
    assertEquals(range(1, 10), steps("batch_loss"));
    assertEquals(
        Model.load(folder.resolve("local/best.keras").toString()).weightsSha256(),
        Model.load(place() + "/best.keras").weightsSha256());
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenOnceTheFileSystemIsBack() throws Exception {
    List<DataNodeProperties> stopped = new ArrayList<>();
    try (CapturedLog log = CapturedLog.of(Class.forName(OUTPUT), Level.INFO)) {
      Callback script =
          new Callback() {
            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
              String text = log.text();
              if (epoch == 3) {
                stopped.add(cluster.stopDataNode(0));
              } else if (stopped.size() == 1 && areBoth(text, "(try 1)")) {
                restart(stopped);
              } else if (areBoth(text, "that is over")) {
                epochs = epoch + 1;
                model().stopTraining();
              }

              sleep();
            }
          };
      fit(MOST_EPOCHS, place(), script);
      assertTrue(epochs > 4, log::text);
      assertTrue(log.text().contains("Training goes on; it is tried again in 1 s"), log::text);
    }

    List<String> lines = csv().lines().skip(1).toList();
    assertEquals(
        range(0, epochs), lines.stream().map(line -> Long.parseLong(line.split(",")[0])).toList());
    assertEquals(range(0, epochs), steps("epoch_loss").stream().distinct().toList());
    assertEquals(range(1, 2 * epochs), steps("batch_loss").stream().distinct().toList());
    assertTrue(Model.load(place() + "/best.keras").isBuilt());
    assertEquals(
        List.of("best.keras", "board", "log.csv"),
        Arrays.stream(cluster.getFileSystem().listStatus(new Path("/run")))
            .map(file -> file.getPath().getName())
            .toList());
  }

  private static boolean areBoth(String log, String words) {
    return List.of("CSVLogger", "TensorBoard").stream()
        .allMatch(
            name -> log.lines().anyMatch(line -> line.startsWith(name) && line.contains(words)));
  }

  private void restart(List<DataNodeProperties> stopped) {
    try {
      cluster.restartDataNode(stopped.get(0), true);
      cluster.waitActive();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }

    stopped.clear();
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
