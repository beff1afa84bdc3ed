package io.firesteel.spark;

import static io.firesteel.testing.Checkpointed.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.CheckpointException;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.internal.files.FileIO;
import io.firesteel.spark.internal.hadoop.HadoopFileIO;
import io.firesteel.testing.Checkpointed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class HdfsCheckpointTest {

  @TempDir static java.nio.file.Path folder;

  private static MiniDFSCluster cluster;

  @BeforeAll
  static void startCluster() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    conf.setInt("dfs.replication", 1);
    conf.setInt("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", 2);
    conf.setInt("dfs.client.block.write.locateFollowingBlock.retries", 12);
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  private static Configuration hdfs() {
    return new Configuration(cluster.getConfiguration(0));
  }

  private static Path path(String path) {
    return new Path(cluster.getURI().toString() + path);
  }

  @Nested
  class Store extends CheckpointStoreContract {

    @Override
    Configuration conf() {
      return hdfs();
    }

    @Override
    Path root() {
      return path("/stores");
    }
  }

  @Nested
  class Faults extends CheckpointFaultContract {

    @Override
    Configuration conf() {
      return hdfs();
    }

    @Override
    Path root() {
      return path("/faults");
    }
  }

  @Test
  void aPathWithoutASchemeBelongsToTheDefaultFileSystem() throws IOException {
    try (CheckpointStore store = HadoopCheckpointStore.open("/default", hdfs(), "run", 2)) {
      store.commit(Checkpointed.at(1));
    }

    assertTrue(cluster.getFileSystem().exists(new Path("/default/step-1/manifest.json")));
    assertFalse(Files.exists(java.nio.file.Path.of("/default")));
  }

  @Test
  void aRelativePathBelongsToTheHomeFolder() throws IOException {
    FileSystem fs = cluster.getFileSystem();
    try (CheckpointStore store = HadoopCheckpointStore.open("relative", hdfs(), "run", 2)) {
      store.commit(Checkpointed.at(1));
    }

    assertTrue(fs.exists(new Path(fs.getHomeDirectory(), "relative/step-1/manifest.json")));
  }

  @Test
  void aFolderOfSomebodyElseIsReportedAtOnce() throws Exception {
    cluster.getFileSystem().mkdirs(new Path("/private"));
    UserGroupInformation bob = UserGroupInformation.createRemoteUser("bob");
    CheckpointException error =
        bob.doAs(
            (PrivilegedExceptionAction<CheckpointException>)
                () ->
                    assertThrows(
                        CheckpointException.class,
                        () -> HadoopCheckpointStore.open("/private/here", hdfs(), "run", 2)));

    CheckpointStoreContract.assertMessage(
        error,
        "The checkpoint location /private/here can't be written: AccessControlException: Permission"
            + " denied: user=bob, access=WRITE");
    assertFalse(cluster.getFileSystem().exists(new Path("/private/here")));
  }

  @Test
  void aThreadThatIsInterruptedGivesItsClaimBack() {
    String location = path("/interrupted").toString();
    CheckpointStore store = HadoopCheckpointStore.open(location, hdfs(), "one", 2);
    Thread.currentThread().interrupt();
    store.close();
    assertTrue(Thread.interrupted());
    HadoopCheckpointStore.open(location, hdfs(), "two", 2).close();
  }

  @Test
  void singleFilesAreReadAndWritten() throws IOException {
    String file = path("/files/deep/model.keras").toString();
    FileIO files = FileIO.of(file);

    assertInstanceOf(HadoopFileIO.class, files);
    assertFalse(files.exists(file));
    Checkpointed.model(1).save(file);
    Checkpointed.model(2).save(file);
    assertTrue(files.exists(file));
    assertSame(Checkpointed.model(2), KerasArchive.load(file));
    assertEquals(
        1, cluster.getFileSystem().listStatus(new Path("/files/deep")).length, "temporary files");
  }

  @Test
  void aNewFileCanBeReadWhileItGrowsAndBeReplacedAfterItsWriterDied() throws IOException {
    String file = path("/logs/deep/events").toString();
    FileIO files = new HadoopFileIO(hdfs());
    OutputStream out = files.create(file);
    out.write("seen".getBytes(StandardCharsets.UTF_8));
    out.flush();
    assertEquals("seen", content(files, file));
    assertThrows(IOException.class, () -> files.create(file));

    files.write(file, stream -> stream.write("cut".getBytes(StandardCharsets.UTF_8)));
    assertEquals("cut", content(files, file));
    assertThrows(IOException.class, out::close);
  }

  private static String content(FileIO files, String file) throws IOException {
    try (InputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFileWhoseContentFailsLeavesTheOldOne() throws IOException {
    String file = path("/files/kept").toString();
    FileIO files = new HadoopFileIO(hdfs());
    files.write(file, out -> out.write("old".getBytes(StandardCharsets.UTF_8)));

    assertThrows(
        IOException.class,
        () ->
            files.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("no more");
                }));

    try (InputStream in = files.open(file)) {
      assertEquals("old", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
