package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.testing.FitEstimator;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fits that Spark ML's cross-validation runs, two at a time. */
@Tag("spark")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CrossValidatorTest {

  private static final double[] RATES = {0.01, 0.1};
  private static final int FOLDS = 2;

  private record Outcome(Map<String, String> weights, double[] metrics) {}

  private static Outcome validated(SparkSession spark, int parallelism, Runnable afterFirstStep) {
    Map<String, String> weights = new ConcurrentSkipListMap<>();
    FitEstimator estimator = new FitEstimator(weights, afterFirstStep);
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(estimator)
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(estimator.learningRate(), RATES).build())
            .setEvaluator(new FitEstimator.SquaredError())
            .setNumFolds(FOLDS)
            .setSeed(7)
            .setParallelism(parallelism)
            .fit(TinyDatasets.frame(spark, 61, 3, 4));
    return new Outcome(weights, model.avgMetrics());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FIFO", "FAIR"})
  void twoFitsAtOnceGiveWhatOneAfterTheOtherGives(String mode) {
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.scheduler.mode=" + mode,
            "spark.firesteel.resident.yieldAfter=300ms");
    Pairs pairs = new Pairs(FOLDS * RATES.length);
    Outcome together = validated(spark, 2, pairs::meet);
    Outcome alone = validated(spark, 1, () -> {});

    assertEquals(FOLDS, pairs.met.get(), "fits that ran at the same time");
    assertEquals(FOLDS * RATES.length + 1, alone.weights().size());
    assertEquals(alone.weights(), together.weights());
    assertArrayEquals(alone.metrics(), together.metrics(), 1e-12);
  }

  /** Has the first fits go on two by two, those behind them alone. */
  private static final class Pairs {
    private final AtomicInteger met = new AtomicInteger();
    private final AtomicInteger left;
    private final CyclicBarrier barrier = new CyclicBarrier(2, met::incrementAndGet);

    private Pairs(int fits) {
      left = new AtomicInteger(fits);
    }

    private void meet() {
      if (left.getAndDecrement() > 0) {
        try {
          barrier.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
          throw new AssertionError(e);
        }
      }
    }
  }
}
