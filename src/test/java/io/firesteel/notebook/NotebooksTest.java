package io.firesteel.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Scala paragraphs of all notebooks, one by one, and the one that registers a class twice, as
 * people do, with checkpoints on HDFS; NotebooksIT runs them in Zeppelin.
 */
@Tag("spark")
class NotebooksTest {

  /** What is not run here; the tests of the profile python read what is Python. */
  private static final Set<String> TEXTS = Set.of("%md", "%pyspark");

  @TempDir static Path folder;

  private static MiniDFSCluster cluster;

  static List<Notebook> notebooks() {
    return Notebook.all();
  }

  private static SparkSession spark() {
    return LocalSpark.session(
        "local[2]",
        ScalaSession.CLASSES + "=" + folder.resolve("classes"),
        "spark.hadoop.dfs.replication=1",
        "spark.notebooks.folder=" + cluster.getURI() + "/runs");
  }

  @BeforeAll
  static void startHdfs() throws IOException {
    Files.createDirectories(folder.resolve("classes"));
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopAll() {
    LocalSpark.stop();
    cluster.shutdown(true);
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void everyParagraphRuns(Notebook notebook) {
    try (ScalaSession session = new ScalaSession(spark())) {
      for (Notebook.Paragraph paragraph : notebook.paragraphs()) {
        if (paragraph.interpreter().equals("%spark")) {
          run(session, paragraph);
          if (paragraph.code().contains("Optimizers.register(")) {
            run(session, paragraph);
          }
        } else {
          assertTrue(TEXTS.contains(paragraph.interpreter()), paragraph.interpreter());
        }
      }
    }
  }

  private static void run(ScalaSession session, Notebook.Paragraph paragraph) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean success = session.run(paragraph.code(), bytes);
    String output = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(success, () -> paragraph.code() + "\n" + output);
    assertEquals(paragraph.isTable(), output.startsWith("%table "), output);
    assertEquals(
        paragraph.isTable() ? 1 : 0,
        output.lines().filter(line -> line.startsWith("%")).count(),
        output);
    if (paragraph.isTable()) {
      assertTrue(output.lines().count() > 2, output);
      assertChartFits(paragraph, output.lines().findFirst().get().substring(7).split("\t"));
    }
  }

  /** A chart names columns by their place, too. */
  private static void assertChartFits(Notebook.Paragraph paragraph, String[] columns) {
    ConfigReader graph =
        config(config(config(paragraph.json(), "config"), "results"), "0")
            .reader("0")
            .config("graph")
            .reader("graph");
    for (String part : List.of("keys", "groups", "values")) {
      for (Object column : graph.list(part)) {
        ConfigReader reader = ((Config) column).reader(part);
        assertEquals(reader.string("name"), columns[(int) reader.integer("index")]);
      }
    }
  }

  private static Config config(Config in, String key) {
    return in.reader(key).config(key);
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void nothingOfARunIsStored(Notebook notebook) {
    for (Notebook.Paragraph paragraph : notebook.paragraphs()) {
      assertFalse(paragraph.json().has("results"), paragraph.id());
      assertEquals("READY", paragraph.json().get("status"), paragraph.id());
    }
  }
}
