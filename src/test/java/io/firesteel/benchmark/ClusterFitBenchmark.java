package io.firesteel.benchmark;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a step of a fit takes in executors: a perceptron of some hidden layers on random rows of 784
 * values, with Adam.
 *
 * <p>Arguments: {@code --master M --hidden N --layers N --batch N --shards N --steps N --epochs N}.
 * Prints the median milliseconds a step over epochs, without the first two, and the bytes of the
 * model. To compare several masters, run it for each in turn.
 */
public final class ClusterFitBenchmark {

  private static final int FEATURES = 784;
  private static final int CLASSES = 10;

  private ClusterFitBenchmark() {}

  /** Runs the fit. */
  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    String master = arguments.text("master", "local-cluster[2,1,2048]");
    int hidden = arguments.integer("hidden", 2048);
    int layers = arguments.integer("layers", 3);
    int batch = arguments.integer("batch", 1024);
    int shards = arguments.integer("shards", 16);
    int steps = arguments.integer("steps", 4);
    int epochs = arguments.integer("epochs", 7);
    SparkSession spark =
        LocalSpark.session(master, "spark.executor.extraJavaOptions=-XX:+UseParallelGC");
    Sequential model = new Sequential();
    model.add(Dense.of(hidden).activation("relu").inputShape(FEATURES));
    for (int layer = 1; layer < layers; layer++) {
      model.add(Dense.of(hidden).activation("relu"));
    }

    model.add(Dense.of(CLASSES).activation("softmax"));
    model.compile(Adam.builder().build(), "sparse_categorical_crossentropy", "accuracy");
    Clock clock = new Clock();
    model.fit(
        data(spark, steps * batch),
        FitOptions.builder()
            .epochs(epochs)
            .batchSize(batch)
            .shards(shards)
            .verbose(0)
            .observers(clock)
            .build());
    System.out.printf(
        "%s, %d layers of %d, batch %d, %d shards: %.2f ms a step; %,d bytes of variables%n",
        master, layers, hidden, batch, shards, clock.median() / steps, 4L * model.countParams());
    LocalSpark.stop();
  }

  private static ShardedDataset data(SparkSession spark, int rows) {
    RandomStream random = RandomStream.of(1);
    List<Row> list = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      double[] x = new double[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        x[i] = random.nextFloat();
      }

      list.add(RowFactory.create(Vectors.dense(x), row % CLASSES));
    }

    StructType schema =
        new StructType().add("x", SQLDataTypes.VectorType()).add("y", DataTypes.IntegerType);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return ShardedDataset.of(spark.createDataFrame(context.parallelize(list, 4), schema))
        .features("x")
        .label("y");
  }

  /** The milliseconds of every epoch. */
  private static final class Clock extends Callback {
    private final List<Double> millis = new ArrayList<>();
    private long start;

    @Override
    public void onEpochBegin(int epoch) {
      start = System.nanoTime();
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      millis.add((System.nanoTime() - start) / 1e6);
    }

    private double median() {
      double[] sorted =
          millis.subList(2, millis.size()).stream().mapToDouble(value -> value).sorted().toArray();
      return sorted[sorted.length / 2];
    }
  }
}
