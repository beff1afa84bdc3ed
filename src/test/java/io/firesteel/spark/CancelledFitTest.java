package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fit that is cancelled as notebooks do it, by its job group or an interrupt: it ends at once,
 * its checkpoints are whole, and the same call goes on from the last one.
 */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class CancelledFitTest {

  private static final String PARAGRAPH = "zeppelin-paragraph";

  private static Sequential model() {
    Sequential model =
        new Sequential()
            .seed(3)
            .add(Dense.of(8).activation("relu").inputShape(2))
            .add(Dropout.of(0.2))
            .add(Dense.of(1));
    model.compile("adam", "mse");
    return model;
  }

  private static ShardedDataset data(SparkSession spark) {
    return ShardedDataset.of(spark.range(60).selectExpr("id / 60 AS a", "id % 7 AS b", "id AS y"))
        .features("a", "b")
        .label("y");
  }

  private static FitOptions.Builder options(Path folder) {
    return FitOptions.builder()
        .epochs(2)
        .batchSize(10)
        .verbose(0)
        .checkpoints(
            Checkpointing.in(HadoopCheckpointStore.at(folder.toString(), new Configuration(), 3))
                .everySteps(2));
  }

  /** Trains, and cancels that after a number of steps; after an even one a commit is due. */
  private static void cancelAfter(long steps, SparkSession spark, Path folder, Runnable cancel)
      throws Exception {
    int[] done = {0};
    LambdaCallback button =
        LambdaCallback.builder()
            .onTrainBatchEnd(
                (batch, logs) -> {
                  done[0]++;
                  if (done[0] == steps) {
                    cancel.run();
                  }
                })
            .build();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread paragraph =
        new Thread(
            () -> {
              SparkContext context = spark.sparkContext();
              context.setJobGroup(PARAGRAPH, "a paragraph", false);
              try {
                model().fit(data(spark), options(folder).observers(button).build());
                ended.complete(null);
              } catch (Throwable e) {
                ended.completeExceptionally(e);
              }
            });
    paragraph.start();
    assertThrows(CancellationException.class, () -> join(ended));
    paragraph.join();
  }

  private static void join(CompletableFuture<Void> ended) throws Throwable {
    try {
      ended.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static void assertGoesOn(SparkSession spark, Path folder, long atLeast) {
    List<CheckpointSummary> kept =
        HadoopCheckpointStore.read(folder.toString(), new Configuration()).list();
    assertTrue(kept.stream().allMatch(checkpoint -> checkpoint.problem() == null), kept + "");
    long last = kept.get(0).step();
    assertTrue(last >= atLeast, kept + "");

    Sequential resumed = model();
    resumed.fit(data(spark), options(folder).build());
    assertEquals(last, resumed.lastTraining().resumedFromStep());
    Sequential whole = model();
    whole.fit(data(spark), FitOptions.builder().epochs(2).batchSize(10).verbose(0).build());
    assertEquals(whole.weightsSha256(), resumed.weightsSha256());
  }

  private static void cancelGroup(SparkSession spark) {
    spark.sparkContext().cancelJobGroup(PARAGRAPH);
  }

  @Test
  void byItsJobGroup(SparkSession spark, @TempDir Path folder) throws Exception {
    cancelAfter(9, spark, folder, () -> cancelGroup(spark));
    assertGoesOn(spark, folder, 8);
  }

  @Test
  void byAnInterruptAlsoWhileACheckpointIsWritten(
      SparkSession spark, @TempDir Path folder, @TempDir Path other) throws Exception {
    cancelAfter(9, spark, folder, () -> Thread.currentThread().interrupt());
    assertGoesOn(spark, folder, 8);
    cancelAfter(10, spark, other, () -> Thread.currentThread().interrupt());
    assertGoesOn(spark, other, 8);
  }

  /** Between two jobs there is none to cancel, so the button is held down. */
  @Test
  void byItsJobGroupWhereEachStepIsAJob(@TempDir Path folder) throws Exception {
    SparkSession spark = LocalSpark.session("local[2]", "spark.firesteel.gradientSource=job");
    CompletableFuture<Void> released = new CompletableFuture<>();
    Thread button =
        new Thread(
            () -> {
              while (!released.isDone()) {
                cancelGroup(spark);
                LockSupport.parkNanos(5_000_000L);
              }
            });
    try {
      cancelAfter(5, spark, folder, button::start);
    } finally {
      released.complete(null);
      button.join();
    }

    assertGoesOn(spark, folder, 4);
  }
}
