package io.firesteel.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.schedules.CosineDecay;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a multilayer perceptron (784-256-128-100-10, batches of 256, Adam) on Fashion-MNIST by
 * Firesteel, MLlib, PyTorch and Keras, one after the other, and compares samples per second and the
 * time to an accuracy. Arguments: {@code --data FOLDER}, {@code --python PYTHON}, {@code
 * --mllib-iterations N} (0 leaves MLlib out), {@code --epochs N}.
 */
public final class MlpBenchmark {

  private static final int BATCH = 256;
  private static final int WARM_UP_EPOCHS = 2;
  private static final double GOAL = 0.85;
  private static final int ROUNDS = 3;
  private static final int TRAINING_ROWS = 60_000;

  private final Arguments arguments;
  private final Report report = new Report("what", "figure", "ratio");
  private final Dataset<Row> train;
  private final Dataset<Row> test;

  private MlpBenchmark(Arguments arguments, Dataset<Row> train, Dataset<Row> test) {
    this.arguments = arguments;
    this.train = train;
    this.test = test;
  }

  /** Runs everything and prints one table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments = new Arguments(args);
    FashionMnist images =
        new FashionMnist(Path.of(arguments.text("data", "/usr/share/datasets/fashion-mnist")));
    if (!images.exists()) {
      System.out.println(
          "Skipped: Fashion-MNIST's IDX files are not there. Give their folder by --data, or install Debian's dataset-fashion-mnist");
      return;
    }

    SparkSession spark = SparkSession.builder().appName("Firesteel benchmark").getOrCreate();
    Path scratch = Path.of(arguments.text("scratch", "target/benchmark/fashion-mnist"));
    Files.createDirectories(scratch);
    MlpBenchmark benchmark =
        new MlpBenchmark(
            arguments, images.read(spark, "train", scratch), images.read(spark, "t10k", scratch));
    benchmark.run();
    System.out.println(benchmark.report);
    spark.stop();
  }

  private void run() throws IOException, InterruptedException {
    timeToGoal("Adam, cold JVM", 1, () -> Adam.builder().build(), 50);
    double byAdam = timeToGoal("Adam", ROUNDS, () -> Adam.builder().build(), 50);
    String schedule = "Adam, its rate falling from 0.002 to 0 in 2 epochs";
    mllib(byAdam, timeToGoal(schedule, ROUNDS, MlpBenchmark::falling, 2));
    double byDefault = samplesPerSecond(null);
    double byTwo = samplesPerSecond(2);
    double best = Math.max(byDefault, byTwo);
    report.add(
        "Firesteel, %s, default shards: samples/s".formatted(source()),
        "%,.0f".formatted(byDefault),
        "1");
    report.add("Firesteel, 2 shards: samples/s", "%,.0f".formatted(byTwo), ratio(byTwo, byDefault));
    for (Map.Entry<String, Double> peer : peers().entrySet()) {
      report.add(
          peer.getKey() + ": samples/s",
          "%,.0f".formatted(peer.getValue()),
          "Firesteel %s".formatted(ratio(best, peer.getValue())));
    }
  }

  /** Returns the median seconds from the data set to the first epoch that reaches the accuracy. */
  private double timeToGoal(String how, int rounds, Supplier<Optimizer> optimizer, int mostEpochs) {
    List<Reached> reached = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      reached.add(reached(optimizer.get(), mostEpochs));
    }

    reached.sort(Comparator.comparingDouble(Reached::seconds));
    Reached median = reached.get(rounds / 2);
    report.add(
        "Firesteel, %s: time to %.0f %% test accuracy, data preparation included, median of %d"
            .formatted(how, 100 * GOAL, rounds),
        median.epochs() == 0
            ? "not reached in %d epochs".formatted(mostEpochs)
            : "%.1f s, %d epochs".formatted(median.seconds(), median.epochs()),
        "");
    return median.seconds();
  }

  /** When a fit reached the accuracy; after 0 epochs if it did not. */
  private record Reached(double seconds, int epochs) {}

  private Reached reached(Optimizer optimizer, int mostEpochs) {
    long begin = System.nanoTime();
    Sequential model = model(optimizer);
    Reached[] reached = {new Reached(Double.POSITIVE_INFINITY, 0)};
    Callback watch =
        new Callback() {
          @Override
          public void onEpochEnd(int epoch, Map<String, Double> logs) {
            if (logs.get("val_accuracy") >= GOAL) {
              reached[0] = new Reached((System.nanoTime() - begin) / 1e9, epoch + 1);
              model().stopTraining();
            }
          }
        };
    model.fit(data(train), options(mostEpochs).validationData(data(test)).observers(watch).build());
    return reached[0];
  }

  /** Returns Adam with a schedule for two epochs. */
  private static Optimizer falling() {
    int steps = 2 * ((TRAINING_ROWS + BATCH - 1) / BATCH);
    return Adam.builder().learningRate(CosineDecay.builder(0.002, steps).build()).build();
  }

  private void mllib(double byAdam, double bySchedule) {
    int iterations = arguments.integer("mllib-iterations", 50);
    if (iterations == 0) {
      report.add("MLlib MultilayerPerceptronClassifier", "left out", "");
      return;
    }

    long begin = System.nanoTime();
    MultilayerPerceptronClassificationModel model =
        new MultilayerPerceptronClassifier()
            .setLayers(new int[] {FashionMnist.PIXELS, 256, 128, 100, 10})
            .setMaxIter(iterations)
            .setSeed(0)
            .fit(train);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(test));
    report.add(
        "MLlib MultilayerPerceptronClassifier, %d iterations".formatted(iterations),
        "%.1f s, accuracy %.1f %%".formatted(seconds, 100 * accuracy),
        "MLlib takes %s, %s".formatted(ratio(seconds, byAdam), ratio(seconds, bySchedule)));
  }

  private double samplesPerSecond(Integer shards) {
    EpochClock clock = new EpochClock();
    FitOptions.Builder options =
        options(WARM_UP_EPOCHS + arguments.integer("epochs", 7)).observers(clock);
    if (shards != null) {
      options.shards(shards);
    }

    Sequential model = model(Adam.builder().build());
    model.fit(data(train), options.build());
    return train.count() / clock.median(WARM_UP_EPOCHS);
  }

  private String source() {
    Sequential model = model(Adam.builder().build());
    model.fit(data(train.limit(BATCH)), options(1).build());
    TrainingSummary summary = Objects.requireNonNull(model.lastTraining());
    return summary.gradientSource() + " source";
  }

  private Map<String, Double> peers() throws IOException, InterruptedException {
    Map<String, Double> figures = new java.util.LinkedHashMap<>();
    String python = arguments.text("python", "");
    if (python.isEmpty()) {
      report.add("PyTorch, Keras", "left out: no --python", "");
      return figures;
    }

    for (String peer : List.of("torch", "keras-jax", "keras-torch", "keras-tensorflow")) {
      JsonNode answer = ask(python, peer);
      if (answer.has("samples_per_second")) {
        figures.put(answer.get("name").asText(), answer.get("samples_per_second").asDouble());
      } else {
        report.add(peer, "left out: " + answer.path("skipped").asText("no answer"), "");
      }
    }

    return figures;
  }

  private JsonNode ask(String python, String peer) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                python,
                arguments.text("script", "src/test/python/mlp_benchmark.py"),
                peer,
                arguments.text("data", "/usr/share/datasets/fashion-mnist")));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String last = "{}";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.startsWith("{") ? line : last;
      }
    }

    process.waitFor();
    return new ObjectMapper().readTree(last);
  }

  private static Sequential model(Optimizer optimizer) {
    Sequential model =
        new Sequential()
            .add(Dense.of(256).activation("relu").inputShape(FashionMnist.PIXELS))
            .add(Dense.of(128).activation("relu"))
            .add(Dense.of(100).activation("relu"))
            .add(Dense.of(10).activation("softmax"));
    model.compile(optimizer, "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static ShardedDataset data(Dataset<Row> rows) {
    return ShardedDataset.of(rows).features("features").label("label");
  }

  private static FitOptions.Builder options(int epochs) {
    return FitOptions.builder().epochs(epochs).batchSize(BATCH).verbose(0);
  }

  private static String ratio(double a, double b) {
    return "%.2fx".formatted(a / b);
  }
}
