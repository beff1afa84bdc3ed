package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.ShardBlock;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.spark.internal.seam.SparkLine;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
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

  /** Is told about a job, on the thread of Spark's scheduler. */
  interface Listener {

    /** A task could not take part, as its process lacks some of Spark's internals. */
    void unavailable(String what);

    /** The job has ended, with what failed it, or null. */
    void ended(@Nullable Throwable failure);
  }

  /** Submits a job of one task a partition. */
  static ResidentJob submit(
      SparkContext context, RDD<ShardBlock> tasks, ResidentTask task, Listener listener) {
    List<Object> partitions =
        IntStream.range(0, tasks.getNumPartitions()).<Object>mapToObj(i -> i).toList();
    ResidentJob job =
        new ResidentJob(
            context.submitJob(
                tasks, task, ScalaLists.of(partitions), new Results(listener), new Nothing()));
    job.action.onComplete(
        new AbstractFunction1<Try<BoxedUnit>, BoxedUnit>() {
          @Override
          public BoxedUnit apply(Try<BoxedUnit> result) {
            job.end.countDown();
            listener.ended(result.isFailure() ? result.failed().get() : null);
            return BoxedUnit.UNIT;
          }
        },
        ExecutionContext.fromExecutor(Runnable::run));
    return job;
  }

  void cancel(String reason) {
    SparkLine.cancel(action, reason);
  }

  /** Waits for the end of the job and tells whether it came. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return end.await(millis, TimeUnit.MILLISECONDS);
  }

  private static final class Results extends AbstractFunction2<Object, String, BoxedUnit> {
    private final Listener listener;

    private Results(Listener listener) {
      this.listener = listener;
    }

    @Override
    public BoxedUnit apply(Object partition, String result) {
      if (!result.isEmpty()) {
        listener.unavailable(result);
      }

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
