package io.firesteel.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.FitOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Trains the convolutional net of {@code conf/fashion-cnn.json} on Fashion-MNIST by Firesteel and
 * PyTorch and compares samples per second. Arguments: {@code --csv FILE} with the columns {@code
 * label, pixel1, ..., pixel784}, {@code --rows N} (the first ones), {@code --python PYTHON}, {@code
 * --epochs N}, {@code --batch N}.
 */
public final class CnnBenchmark {

  private static final int PIXELS = 784;
  private static final int WARM_UP_EPOCHS = 1;

  private final Arguments arguments;

  private CnnBenchmark(Arguments arguments) {
    this.arguments = arguments;
  }

  /** Runs everything and prints one table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    CnnBenchmark benchmark = new CnnBenchmark(new Arguments(args));
    if (!Files.exists(Path.of(benchmark.csv()))) {
      System.out.println(
          "Skipped: Fashion-MNIST as CSV is not there. Give the file by --csv. Received: "
              + benchmark.csv());
      return;
    }

    SparkSession spark = SparkSession.builder().appName("Firesteel benchmark").getOrCreate();
    Report report = new Report("what", "samples/s", "ratio");
    double ours = benchmark.samplesPerSecond(spark);
    report.add("Firesteel", "%,.0f".formatted(ours), "1");
    spark.stop();
    JsonNode peer = benchmark.torch();
    if (peer.has("samples_per_second")) {
      double theirs = peer.get("samples_per_second").asDouble();
      report.add(
          peer.get("name").asText(),
          "%,.0f".formatted(theirs),
          "Firesteel %.2fx".formatted(ours / theirs));
    } else {
      report.add("PyTorch", "left out: " + peer.path("skipped").asText("no answer"), "");
    }

    System.out.println(report);
  }

  private String csv() {
    return arguments.text("csv", "fashion-mnist_train.csv");
  }

  private double samplesPerSecond(SparkSession spark) throws IOException {
    StructType schema = new StructType().add("label", DataTypes.IntegerType);
    for (int i = 1; i <= PIXELS; i++) {
      schema = schema.add("pixel" + i, DataTypes.IntegerType);
    }

    Column[] pixels =
        IntStream.rangeClosed(1, PIXELS)
            .mapToObj(i -> functions.col("pixel" + i))
            .toArray(Column[]::new);
    Dataset<Row> rows =
        spark
            .read()
            .schema(schema)
            .option("header", true)
            .csv(csv())
            .limit(arguments.integer("rows", 60_000))
            .select(functions.array(pixels).as("pixels"), functions.col("label"));
    Config job = Config.parse(Files.readString(Path.of("conf/fashion-cnn.json")));
    Sequential model = Sequential.fromJson(String.valueOf(job.get("model")));
    model.compile("adam", "sparse_categorical_crossentropy");
    EpochClock clock = new EpochClock();
    ShardedDataset data =
        ShardedDataset.of(rows).features("pixels").label("label").featureShape(28, 28, 1);
    model.fit(
        data,
        FitOptions.builder()
            .epochs(WARM_UP_EPOCHS + arguments.integer("epochs", 3))
            .batchSize(arguments.integer("batch", 256))
            .verbose(0)
            .observers(clock)
            .build());
    return data.rows() / clock.median(WARM_UP_EPOCHS);
  }

  private JsonNode torch() throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    String python = arguments.text("python", "");
    if (python.isEmpty()) {
      return json.createObjectNode().put("skipped", "no --python");
    }

    List<String> command =
        List.of(
            python,
            arguments.text("script", "src/test/python/cnn_benchmark.py"),
            csv(),
            arguments.text("rows", "60000"),
            arguments.text("batch", "256"),
            arguments.text("epochs", "3"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String last = "{}";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.startsWith("{") ? line : last;
      }
    }

    process.waitFor();
    return json.readTree(last);
  }
}
