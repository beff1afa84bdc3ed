package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.CallbackModel;
import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.CapturedLog;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fits whose checkpoints lie on an HDFS that fails for a while, in each of the ways it can. */
@Tag("spark")
@Timeout(180)
class HdfsOutageTest {

  private static final String WRITER = "io.firesteel.training.CheckpointWriter";
  private static final int MOST_EPOCHS = 20_000;
  private static final float[][] X = new float[64][1];

  static {
    for (int i = 0; i < X.length; i++) {
      X[i][0] = i / 64f;
    }
  }

  @TempDir java.nio.file.Path folder;

  private MiniDFSCluster cluster;
  private int epochs;

  /** Breaks the store, or repairs it. */
  @FunctionalInterface
  private interface Change {
    void make() throws Exception;
  }

  @BeforeEach
  void startCluster() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    conf.setInt("dfs.replication", 2);
    conf.setInt("dfs.namenode.safemode.extension", 0);
    conf.setInt("dfs.heartbeat.interval", 1);
    conf.setInt("dfs.namenode.heartbeat.recheck-interval", 500);
    // The client's own patience, of 10 s, is to be over before the outage is.
    conf.setInt("ipc.client.connect.max.retries", 1);
    conf.setInt("ipc.client.connect.retry.interval", 100);
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(2).build();
    cluster.waitActive();
  }

  @AfterEach
  void stopCluster() {
    cluster.shutdown(true);
  }

  private CheckpointLocation location() {
    return HadoopCheckpointStore.at(
        cluster.getURI() + "/run", new Configuration(cluster.getConfiguration(0)), 3);
  }

  private static Sequential model() {
    Sequential model = new Sequential().add(Dense.of(4).inputShape(1)).add(Dense.of(1)).seed(3);
    model.compile("adam", "mse");
    return model;
  }

  private static void fit(
      Sequential model, int epochs, Checkpointing checkpointing, Callback... callbacks) {
    FitOptions.Builder options =
        FitOptions.builder().epochs(epochs).verbose(0).seed(5).callbacks(callbacks);
    if (checkpointing != null) {
      options.checkpoints(checkpointing);
    }

    model.fit(LocalData.of(X, X), options.build());
  }

  /**
   * Breaks the store in the fit, repairs it once so many writes have failed, and ends the fit after
   * a checkpoint was written again.
   */
  private void requireRiddenOut(int failures, Change breaks, Change repairs) throws Exception {
    Sequential model = model();
    List<String> phases = new ArrayList<>();
    try (CapturedLog log = CapturedLog.of(Class.forName(WRITER), Level.INFO)) {
      Callback script =
          atEpochEnds(
              (self, epoch) -> {
                if (phases.isEmpty() && epoch == 3) {
                  change(phases, "broken", breaks);
                } else if (phases.size() == 1 && log.text().contains("(try " + failures)) {
                  change(phases, "repaired", repairs);
                } else if (phases.size() == 2 && log.text().contains("are written to")) {
                  phases.add("over");
                  epochs = epoch + 1;
                  self.stopTraining();
                }
              });
      fit(model, MOST_EPOCHS, Checkpointing.in(location()).everySeconds(0), script);
      assertEquals(List.of("broken", "repaired", "over"), phases, log::text);
      assertTrue(
          log.text().contains("Training goes on; the last one there is of step "), log::text);
    }

    Sequential undisturbed = model();
    fit(undisturbed, epochs, null);
    assertEquals(undisturbed.weightsSha256(), model.weightsSha256());
    assertArrayEquals(
        model.variables().get(0).values(),
        location()
            .read()
            .latest()
            .orElseThrow()
            .model()
            .layers()
            .get(0)
            .variables()
            .get(0)
            .values());
    assertEquals(List.of(), names("_"), "what is left of failed writes, and the claim");
  }

  private static Callback atEpochEnds(ObjIntConsumer<CallbackModel> action) {
    return new Callback() {
      @Override
      public void onEpochEnd(int epoch, Map<String, Double> logs) {
        pause();
        action.accept(model(), epoch);
      }
    };
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void change(List<String> phases, String phase, Change change) {
    try {
      change.make();
    } catch (Exception e) {
      throw new IllegalStateException(phase, e);
    }

    phases.add(phase);
  }

  private List<String> names(String prefix) throws IOException {
    return Arrays.stream(files().listStatus(new Path("/run")))
        .map(FileStatus::getPath)
        .map(Path::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  private DistributedFileSystem files() throws IOException {
    return cluster.getFileSystem();
  }

  @Test
  void aNameNodeThatIsAway() throws Exception {
    requireRiddenOut(3, () -> cluster.shutdownNameNode(0), () -> cluster.restartNameNode(0, true));
  }

  @Test
  void bothDataNodesAway() throws Exception {
    List<DataNodeProperties> stopped = new ArrayList<>();
    requireRiddenOut(
        2,
        () -> {
          stopped.add(cluster.stopDataNode(0));
          stopped.add(cluster.stopDataNode(0));
        },
        () -> {
          for (DataNodeProperties node : stopped) {
            cluster.restartDataNode(node, true);
          }

          cluster.waitActive();
        });
  }

  /** A quota of bytes is what a full disk is to HDFS: some files of a checkpoint fit, not all. */
  @Test
  void aQuotaOfBytesThatIsReached() throws Exception {
    requireRiddenOut(
        2,
        () -> files().setQuota(new Path("/run"), HdfsConstants.QUOTA_DONT_SET, 2_000_000),
        () ->
            files()
                .setQuota(
                    new Path("/run"), HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET));
  }

  @Test
  void aQuotaOfFilesThatIsReached() throws Exception {
    requireRiddenOut(
        2,
        () -> files().setQuota(new Path("/run"), 4, HdfsConstants.QUOTA_DONT_SET),
        () ->
            files()
                .setQuota(
                    new Path("/run"), HdfsConstants.QUOTA_RESET, HdfsConstants.QUOTA_DONT_SET));
  }

  @Test
  void aPermissionThatIsTakenAway() throws Exception {
    Path run = new Path("/run");
    files().mkdirs(run);
    files().setOwner(run, "bob", "users");
    UserGroupInformation.createRemoteUser("bob")
        .doAs(
            (PrivilegedExceptionAction<Void>)
                () -> {
                  requireRiddenOut(
                      2,
                      () -> files().setPermission(run, new FsPermission((short) 0500)),
                      () -> files().setPermission(run, new FsPermission((short) 0700)));
                  return null;
                });
  }

  @Test
  void aFitWhoseStoreStaysAwayEndsClearlyAndItsFolderIsFreeForTheNext() throws Exception {
    Sequential model = model();
    Callback breaks =
        atEpochEnds(
            (self, epoch) -> {
              if (epoch == 3) {
                cluster.shutdownNameNode(0);
              }
            });
    Checkpointing impatient =
        Checkpointing.in(location()).everySeconds(0).giveUpAfter(Duration.ofSeconds(3));
    String message =
        assertThrows(CheckpointException.class, () -> fit(model, MOST_EPOCHS, impatient, breaks))
            .getMessage();
    assertTrue(
        message.matches(
            "(?s)No checkpoint could be written to hdfs://\\S+/run for \\d+ s"
                + " \\(checkpoint.give_up_after\\); the last one there is of step \\d+, \\d+ s"
                + " old. Training ends at step \\d+. The last reason: .*Connection refused.*"),
        message);
    cluster.restartNameNode(0, true);
    Sequential next = model();
    long before = location().read().latest().orElseThrow().step();
    fit(next, 10 + (int) before, Checkpointing.in(location()), atEpochEnds((self, epoch) -> {}));
    Sequential undisturbed = model();
    fit(undisturbed, 10 + (int) before, null);
    assertEquals(undisturbed.weightsSha256(), next.weightsSha256());
  }
}
