package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.layers.Dense;
import io.firesteel.ml.KerasRegressionModel;
import io.firesteel.ml.KerasRegressor;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
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

  /** A model of {@link TinyDatasets}; each fit has a pool of its own. */
  private static KerasRegressor estimator(Runnable afterFirstEpoch) {
    AtomicInteger fits = new AtomicInteger();
    SparkContext context = SparkSession.active().sparkContext();
    return new KerasRegressor()
        .setModel(
            new Sequential()
                .add(Dense.of(5).activation("tanh").inputShape(TinyTraining.FEATURES))
                .add(Dense.of(1)))
        .setOptimizer("sgd")
        .setFeaturesCol("x")
        .setLabelCol("y")
        .setWeightCol("w")
        .setEpochs(3)
        .setBatchSize(17)
        .setShards(3)
        .setSeed(1)
        .setVerbose(0)
        .setObservers(
            List.of(
                LambdaCallback.builder()
                    .onTrainBegin(
                        logs ->
                            context.setLocalProperty(
                                "spark.scheduler.pool", "fit" + fits.getAndIncrement()))
                    .onEpochEnd(
                        (epoch, logs) -> {
                          if (epoch == 0) {
                            afterFirstEpoch.run();
                          }
                        })
                    .build()));
  }

  private static Outcome validated(SparkSession spark, int parallelism, Runnable afterFirstEpoch) {
    KerasRegressor estimator = estimator(afterFirstEpoch);
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(estimator)
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(estimator.learningRate(), RATES).build())
            .setEvaluator(new RegressionEvaluator().setLabelCol("y").setMetricName("mse"))
            .setNumFolds(FOLDS)
            .setSeed(7)
            .setParallelism(parallelism)
            .setCollectSubModels(true)
            .fit(TinyDatasets.frame(spark, 61, 3, 4));
    Map<String, String> weights = new TreeMap<>(Map.of("best", sha(model.bestModel())));
    for (int fold = 0; fold < FOLDS; fold++) {
      for (int rate = 0; rate < RATES.length; rate++) {
        weights.put(RATES[rate] + " " + fold, sha(model.subModels()[fold][rate]));
      }
    }

    return new Outcome(weights, model.avgMetrics());
  }

  private static String sha(Model<?> model) {
    return ((KerasRegressionModel) (Transformer) model).kerasModel().weightsSha256();
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
    assertEquals(FOLDS * RATES.length, Set.copyOf(alone.weights().values()).size() - 1);
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
