package io.firesteel.spark.resident;

import io.firesteel.data.ShardBlock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** One Spark job whose tasks stay. It runs with the local properties of whoever submits it. */
final class ResidentJob {

  /** The local property that tells resident jobs from others: fit and incarnation. */
  static final String PROPERTY = "spark.firesteel.resident";

  private final SimpleFutureAction<BoxedUnit> action;
  private final CountDownLatch end = new CountDownLatch(1);

  private ResidentJob(SimpleFutureAction<BoxedUnit> action) {
    this.action = action;
  }

  /**
   * Submits a job of one task a partition.
   *
   * @param ended called when it has ended, with what failed it, or null
   */
  static ResidentJob submit(
      SparkContext context,
      RDD<ShardBlock> tasks,
      ResidentTask task,
      Consumer<@Nullable Throwable> ended) {
    List<Object> partitions =
        IntStream.range(0, tasks.getNumPartitions()).<Object>mapToObj(i -> i).toList();
    ResidentJob job =
        new ResidentJob(
            context.submitJob(
                tasks,
                task,
                CollectionConverters.asScala(partitions).toSeq(),
                new Ignore(),
                new Nothing()));
    job.action.onComplete(
        new AbstractFunction1<Try<BoxedUnit>, BoxedUnit>() {
          @Override
          public BoxedUnit apply(Try<BoxedUnit> result) {
            job.end.countDown();
            ended.accept(result.isFailure() ? result.failed().get() : null);
            return BoxedUnit.UNIT;
          }
        },
        ExecutionContext.fromExecutor(Runnable::run));
    return job;
  }

  void cancel(String reason) {
    action.cancel(Option.apply(reason));
  }

  /** Waits for the end of the job and tells whether it came. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return end.await(millis, TimeUnit.MILLISECONDS);
  }

  private static final class Ignore extends AbstractFunction2<Object, Integer, BoxedUnit> {
    @Override
    public BoxedUnit apply(Object partition, Integer result) {
      return BoxedUnit.UNIT;
    }
  }

  private static final class Nothing extends AbstractFunction0<BoxedUnit> {
    @Override
    public BoxedUnit apply() {
      return BoxedUnit.UNIT;
    }
  }
}
