package io.firesteel.benchmark;

import io.firesteel.layers.Dense;
import io.firesteel.ml.KerasClassificationModel;
import io.firesteel.ml.KerasClassifier;
import io.firesteel.models.Sequential;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.FitOptions;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;

/**
 * What Spark ML's way costs: {@code fit} of an Estimator against that of its model, and {@code
 * transform} against MLlib's multilayer perceptron of the same layers (784-256-128-100-10), on
 * vectors of random numbers in memory. Arguments: {@code --rows N}, {@code --rounds N}.
 */
public final class EstimatorBenchmark {

  private static final int FEATURES = 784;
  private static final int CLASSES = 10;
  private static final int BATCH = 256;
  private static final int EPOCHS = 4;

  private final int rounds;
  private final Dataset<Row> rows;
  private final long count;

  private EstimatorBenchmark(int rounds, Dataset<Row> rows) {
    this.rounds = rounds;
    this.rows = rows;
    this.count = rows.count();
  }

  /** Runs everything and prints one table. */
  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate();
    Dataset<Row> rows = vectors(spark, arguments.integer("rows", 20_000)).cache();
    EstimatorBenchmark benchmark = new EstimatorBenchmark(arguments.integer("rounds", 5), rows);
    Report report = new Report("what", "figure", "ratio");
    benchmark.fit(report);
    benchmark.transform(report);
    System.out.println(report);
    spark.stop();
  }

  private static Dataset<Row> vectors(SparkSession spark, int count) {
    UDF1<Long, Vector> random =
        seed -> {
          java.util.Random numbers = new java.util.Random(seed);
          double[] values = new double[FEATURES];
          Arrays.setAll(values, i -> numbers.nextFloat());
          return Vectors.dense(values);
        };
    return spark
        .range(count)
        .select(
            functions
                .udf(random, SQLDataTypes.VectorType())
                .apply(functions.col("id"))
                .as("features"),
            functions.col("id").mod(CLASSES).cast("double").as("label"));
  }

  private static Sequential network() {
    return new Sequential("mlp")
        .add(Dense.of(256).activation("relu").inputShape(FEATURES))
        .add(Dense.of(128).activation("relu"))
        .add(Dense.of(100).activation("relu"))
        .add(Dense.of(CLASSES).activation("softmax"));
  }

  private static KerasClassifier estimator(int epochs) {
    return new KerasClassifier()
        .setModel(network())
        .setOptimizer("adam")
        .setEpochs(epochs)
        .setBatchSize(BATCH)
        .setVerbose(0);
  }

  private void fit(Report report) {
    double[] whole = new double[rounds];
    double[] plain = new double[rounds];
    for (int round = 0; round <= rounds; round++) {
      double ours = seconds(() -> estimator(EPOCHS).fit(rows).summary().seconds());
      double direct = seconds(this::direct);
      if (round > 0) {
        whole[round - 1] = ours;
        plain[round - 1] = direct;
      }
    }

    report.add(
        "KerasClassifier.fit, s",
        "%.2f".formatted(median(whole)),
        "%.3f".formatted(median(whole) / median(plain)));
    report.add("Sequential.fit, s", "%.2f".formatted(median(plain)), "1");
  }

  private double direct() {
    Sequential model = network();
    model.compile("adam", "sparse_categorical_crossentropy");
    model.fit(
        ShardedDataset.of(rows).features("features").label("label"),
        FitOptions.builder().epochs(EPOCHS).batchSize(BATCH).verbose(0).build());
    return 0;
  }

  private void transform(Report report) {
    KerasClassificationModel ours = estimator(1).fit(rows);
    PredictionModel<Vector, ?> theirs =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {FEATURES, 256, 128, 100, CLASSES})
            .setMaxIter(1)
            .fit(rows.limit(500));
    double[] fast = new double[rounds];
    double[] slow = new double[rounds];
    for (int round = 0; round <= rounds; round++) {
      double a = seconds(() -> written(ours.transform(rows)));
      double b = seconds(() -> written(theirs.transform(rows)));
      if (round > 0) {
        fast[round - 1] = a;
        slow[round - 1] = b;
      }
    }

    report.add(
        "transform, rows/s",
        "%.0f".formatted(count / median(fast)),
        "%.2f".formatted(median(slow) / median(fast)));
    report.add("MLlib's, rows/s", "%.0f".formatted(count / median(slow)), "1");
  }

  private static double written(Dataset<Row> rows) {
    rows.drop("features").write().format("noop").mode("overwrite").save();
    return 0;
  }

  private static double seconds(DoubleSupplier work) {
    long start = System.nanoTime();
    double unused = work.getAsDouble();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
