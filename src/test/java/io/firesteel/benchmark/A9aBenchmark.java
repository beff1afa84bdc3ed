package io.firesteel.benchmark;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Nadam;
import io.firesteel.optimizers.schedules.CosineDecay;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.FitOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Logistic regression without regularisation on LIBSVM's a9a, a sparse input: the time of a whole
 * fit of as many epochs, and of as many iterations of MLlib, as bring the training log-loss within
 * 1e-3 of the optimum. Both read the same cached data set, in a warm JVM; the smallest numbers that
 * reach it are found first. Arguments: {@code --train FILE}, {@code --test FILE}, {@code --runs N},
 * {@code --batch N}, {@code --learning-rate X}.
 */
public final class A9aBenchmark {

  private static final int FEATURES = 123;
  private static final double GOAL = 0.32263 + 1e-3;
  private static final int MOST_EPOCHS = 40;
  private static final int MOST_ITERATIONS = 200;

  private final Arguments arguments;
  private final Dataset<Row> train;
  private final Dataset<Row> test;
  private final Report report = new Report("what", "Firesteel", "MLlib", "ratio");

  private A9aBenchmark(Arguments arguments, Dataset<Row> train, Dataset<Row> test) {
    this.arguments = arguments;
    this.train = train;
    this.test = test;
  }

  /** Runs everything and prints one table. */
  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    Path trainFile = Path.of(arguments.text("train", "a9a"));
    Path testFile = Path.of(arguments.text("test", trainFile + ".t"));
    if (!Files.exists(trainFile) || !Files.exists(testFile)) {
      System.out.println(
          "Skipped: LIBSVM's a9a is not there. Give its files by --train and --test. Received: %s, %s"
              .formatted(trainFile, testFile));
      return;
    }

    SparkSession spark = SparkSession.builder().appName("Firesteel benchmark").getOrCreate();
    A9aBenchmark benchmark =
        new A9aBenchmark(arguments, read(spark, trainFile), read(spark, testFile));
    benchmark.run();
    System.out.println(benchmark.report);
    spark.stop();
  }

  private static Dataset<Row> read(SparkSession spark, Path file) {
    Dataset<Row> rows =
        spark
            .read()
            .format("libsvm")
            .option("numFeatures", FEATURES)
            .load(file.toString())
            .selectExpr("features", "CAST(label > 0 AS DOUBLE) AS label")
            .cache();
    rows.count();
    return rows;
  }

  private void run() {
    int epochs = epochs();
    int iterations = iterations();
    double ours = median(() -> fit(epochs));
    double mllib = median(() -> regression(iterations));
    Sequential model = fit(epochs);
    Map<String, Double> trained = model.evaluate(data(train));
    Dataset<Row> scored =
        Predictions.of(model, "features").addTo(test).select("label", "rawPrediction");
    LogisticRegressionModel peer = regression(iterations);
    report.add(
        "time to the training log-loss %.5f".formatted(GOAL),
        "%.3f s, %d epochs".formatted(ours, epochs),
        "%.3f s, %d iterations".formatted(mllib, iterations),
        "%.2fx as fast".formatted(mllib / ours));
    double[] history = peer.binarySummary().objectiveHistory();
    report.add(
        "training log-loss",
        "%.5f".formatted(trained.get("loss")),
        "%.5f".formatted(history[history.length - 1]),
        "");
    report.add(
        "test AUC", "%.4f".formatted(auc(scored)), "%.4f".formatted(auc(peer.transform(test))), "");
  }

  /** Returns the smallest number of epochs whose end is at the goal. */
  private int epochs() {
    for (int epochs = 1; epochs <= MOST_EPOCHS; epochs++) {
      if (fit(epochs).evaluate(data(train)).get("loss") <= GOAL) {
        return epochs;
      }
    }

    throw new IllegalStateException("Not there after %d epochs".formatted(MOST_EPOCHS));
  }

  private int iterations() {
    double[] history = regression(MOST_ITERATIONS).binarySummary().objectiveHistory();
    for (int iteration = 0; iteration < history.length; iteration++) {
      if (history[iteration] <= GOAL) {
        return iteration;
      }
    }

    throw new IllegalStateException("Not there after %d iterations".formatted(history.length));
  }

  private Sequential fit(int epochs) {
    int batch = arguments.integer("batch", 2048);
    int steps = epochs * (int) ((train.count() + batch - 1) / batch);
    double rate = Double.parseDouble(arguments.text("learning-rate", "0.2"));
    Sequential model =
        new Sequential()
            .add(Input.sparse(FEATURES))
            .add(Dense.of(1).activation("sigmoid").kernelInitializer("zeros"));
    model.compile(
        Nadam.builder().learningRate(CosineDecay.builder(rate, steps).build()).build(),
        "binary_crossentropy");
    model.fit(
        data(train),
        FitOptions.builder().epochs(epochs).batchSize(batch).shards(2).verbose(0).build());
    return model;
  }

  private static ShardedDataset data(Dataset<Row> rows) {
    return ShardedDataset.of(rows).features("features").label("label");
  }

  private LogisticRegressionModel regression(int iterations) {
    return new LogisticRegression().setMaxIter(iterations).setTol(0).fit(train);
  }

  private static double auc(Dataset<Row> scored) {
    return new BinaryClassificationEvaluator().evaluate(scored);
  }

  /** Returns the median seconds of some runs after two that warm up. */
  private double median(Runnable work) {
    int runs = arguments.integer("runs", 5);
    double[] seconds = new double[runs];
    for (int i = -2; i < runs; i++) {
      long begin = System.nanoTime();
      work.run();
      seconds[Math.max(0, i)] = (System.nanoTime() - begin) / 1e9;
    }

    Arrays.sort(seconds);
    return seconds[runs / 2];
  }
}
