package io.firesteel.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many files a reader has to open who follows what runs: those whose types a process loads that
 * does nothing else.
 */
class WaysTest {

  private static final Pattern LOADED =
      Pattern.compile("\\] (io\\.firesteel\\.[\\w.]+)\\S* source:");

  /** What a model is made of; a reader who follows a row needs none of it. */
  private static final Set<String> PARTS =
      Set.of(
          "activations",
          "architecture",
          "callbacks",
          "constraints",
          "initializers",
          "internal.saving",
          "layers",
          "losses",
          "metrics",
          "optimizers",
          "optimizers.schedules",
          "regularizers",
          "saving",
          "tensor",
          "testing",
          "variables");

  /** Makes a step of Adam. */
  public static final class StepOfAdam {

    private StepOfAdam() {}

    /** Makes it. */
    public static void main(String[] args) {
      Variable w = Variable.zeros("w", "w", Shape.of(2));
      Tensor gradient = Tensor.of(1, 2);
      Adam adam = Adam.builder().learningRate(0.1).build();
      adam.applyGradients(List.of(new GradAndVar(gradient, w)));
      assertEquals(-0.1, w.values()[1], 1e-6);
    }
  }

  /** Trains on a data frame by resident tasks, with a checkpoint. */
  public static final class FitOfRows {

    private FitOfRows() {}

    /** Trains, and writes into a folder. */
    public static void main(String[] args) {
      SparkSession spark = LocalSpark.session("local[2]");
      TrainingData data =
          ShardedDataset.of(spark.range(40).selectExpr("id / 40.0 as x", "id % 2 as y"))
              .features("x")
              .label("y");
      Sequential model = new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(1));
      model.compile("sgd", "binary_crossentropy");
      model.fit(
          data,
          FitOptions.builder()
              .epochs(2)
              .batchSize(8)
              .checkpoints(
                  Checkpointing.in(HadoopCheckpointStore.at(args[0], new Configuration(), 2)))
              .verbose(0)
              .build());
      LocalSpark.stop();
    }
  }

  @Test
  void aStepOfAdamMeetsAtMostTwelveFilesOfOptimizers(@TempDir Path folder) throws Exception {
    List<String> met =
        met(StepOfAdam.class, folder).stream()
            .filter(type -> packageOf(type).equals("optimizers"))
            .toList();
    assertTrue(met.contains("io.firesteel.optimizers.Adam"), met::toString);
    assertTrue(met.size() <= 12, () -> met.size() + ": " + met);
  }

  /**
   * Prints how many files a row meets from a data frame to a checkpoint, by package: {@code java
   * -cp ... io.firesteel.architecture.WaysTest FOLDER}.
   */
  public static void main(String[] args) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    for (String type : met(FitOfRows.class, Path.of(args[0]))) {
      if (!PARTS.contains(packageOf(type))) {
        counts.merge(packageOf(type), 1, Integer::sum);
      }
    }

    System.out.println(counts);
    System.out.println(counts.values().stream().mapToInt(Integer::intValue).sum());
  }

  private static String packageOf(String type) {
    return type.substring("io.firesteel.".length(), type.lastIndexOf('.'));
  }

  /** Runs a main class in a process of its own; returns the files of ours that it loads. */
  private static Set<String> met(Class<?> main, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("loaded.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xlog:class+load:file=" + log + "::filecount=0",
            "-cp",
            LocalSpark.classPath(),
            main.getName(),
            folder.resolve("checkpoints").toString()));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(output));
    Set<String> met = new TreeSet<>();
    Matcher loaded = LOADED.matcher(Files.readString(log));
    while (loaded.find()) {
      met.add(loaded.group(1));
    }

    return met;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
