package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Sequential;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Estimators and their models on HDFS: saved, opened, killed and run again. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class EstimatorHdfsTest {

  private static final int KILLED = 137;
  private static final int ALL_STEPS = 45;

  @TempDir static Path folder;

  private static MiniDFSCluster cluster;

  @BeforeAll
  static void startCluster() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    conf.setInt("dfs.replication", 1);
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  private static String path(String name) {
    return cluster.getURI() + "/" + name;
  }

  @Test
  void estimatorModelAndPipelineAreSavedAndOpened(SparkSession spark) throws IOException {
    Dataset<Row> rows = DigitsFrame.of(spark);
    Dataset<Row> vectors = DigitsFrame.vectors(spark);
    KerasClassifier estimator = EstimatorRun.estimator().setEpochs(1);
    estimator.save(path("estimator"));
    KerasClassifier opened = KerasClassifier.load(path("estimator"));
    assertEquals(estimator.uid(), opened.uid());
    assertEquals(estimator.explainParams(), opened.explainParams());

    KerasClassificationModel model = opened.fit(vectors);
    String weights = model.kerasModel().weightsSha256();
    assertEquals(weights, estimator.fit(vectors).kerasModel().weightsSha256());
    model.save(path("model"));
    model.write().overwrite().save(path("model"));
    KerasClassificationModel again = KerasClassificationModel.load(path("model"));
    assertEquals(weights, again.kerasModel().weightsSha256());
    assertArrayEquals(model.summary().objectiveHistory(), again.summary().objectiveHistory());
    List<Row> predictions = model.transform(vectors).select("prediction").collectAsList();
    assertEquals(predictions, again.transform(vectors).select("prediction").collectAsList());

    PipelineModel pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {DigitsFrame.assembler(), estimator})
            .fit(rows);
    pipeline.save(path("pipeline"));
    assertEquals(
        predictions,
        PipelineModel.load(path("pipeline")).transform(rows).select("prediction").collectAsList());
  }

  @Test
  void theModelsDataIsAFileOfKeras(SparkSession spark) throws IOException {
    KerasClassificationModel model =
        EstimatorRun.estimator().setEpochs(1).fit(DigitsFrame.vectors(spark));
    model.save(path("data"));
    Path copy = folder.resolve("copy.keras");
    FileSystem hdfs = cluster.getFileSystem();
    hdfs.copyToLocalFile(
        new org.apache.hadoop.fs.Path(path("data/model.keras")),
        new org.apache.hadoop.fs.Path(copy.toUri()));
    assertEquals(
        model.kerasModel().weightsSha256(), Sequential.load(copy.toString()).weightsSha256());
  }

  @Test
  void aFitThatIsKilledAndRunAgainHasTheBitsOfOneThatIsNot(SparkSession spark) throws Exception {
    String expected =
        EstimatorRun.estimator().fit(DigitsFrame.vectors(spark)).kerasModel().weightsSha256();
    String checkpoints = path("checkpoints");
    assertEquals(KILLED, run(checkpoints, 22).exitValue());
    assertTrue(
        cluster.getFileSystem().listStatus(new org.apache.hadoop.fs.Path(checkpoints)).length > 0);
    assertEquals(0, run(checkpoints, 0).exitValue());
    String[] words = resultLine().split(" ");
    assertEquals(expected, words[1]);
    int steps = Integer.parseInt(words[3]);
    assertTrue(steps < ALL_STEPS, "a run that resumes takes the steps that are left: " + steps);
  }

  private static Process run(String checkpoints, int steps)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-D"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx700m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", LocalSpark.classPath(), EstimatorRun.class.getName()));
    command.addAll(List.of(checkpoints, Integer.toString(steps)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    assertTrue(process.waitFor(180, TimeUnit.SECONDS));
    return process;
  }

  private static String resultLine() throws IOException {
    List<String> lines =
        Files.readAllLines(folder.resolve("output"), StandardCharsets.UTF_8).stream()
            .filter(line -> line.startsWith("weights "))
            .toList();
    return lines.isEmpty() ? "" : lines.get(0);
  }
}
