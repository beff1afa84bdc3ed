package io.firesteel.testing;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/** A job on 40 rows of a CSV file with a header: columns {@code a, b, c, name, w, digit}. */
public final class TinyJob {

  /** The number of rows. */
  public static final int ROWS = 40;

  /** The steps of its three epochs. */
  public static final long STEPS = 15;

  private final Path folder;

  private TinyJob(Path folder) {
    this.folder = folder;
  }

  /** Writes the data into a folder and returns the job. */
  public static TinyJob in(Path folder) throws IOException {
    Files.createDirectories(folder);
    TinyJob job = new TinyJob(folder);
    Files.writeString(job.data(), csv(ROWS));
    return job;
  }

  /** Returns rows with a header. */
  public static String csv(int rows) {
    Random random = new Random(7);
    StringBuilder csv = new StringBuilder("a,b,c,name,w,digit\n");
    for (int i = 0; i < rows; i++) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%d,n%d,%.1f,%d%n",
              random.nextGaussian(),
              random.nextGaussian(),
              random.nextInt(5),
              i,
              1 + random.nextInt(3) / 2.0,
              i % 3));
    }

    return csv.toString();
  }

  /** Returns the data file. */
  public Path data() {
    return folder.resolve("rows.csv");
  }

  /** Returns the output folder. */
  public Path output() {
    return folder.resolve("output");
  }

  /** Returns the folder of checkpoints. */
  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Returns the job's JSON. */
  public Config config() {
    return Config.parse(
        """
        {
          "name": "tiny",
          "seed": 3,
          "data": {
            "format": "csv",
            "path": "%s",
            "options": {"header": true, "inferSchema": true},
            "features": ["a", "b", "c"],
            "label": "digit"
          },
          "model": {
            "class_name": "Sequential",
            "config": {
              "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [null, 3]}},
                {"class_name": "Dense", "config": {"units": 4, "activation": "tanh"}},
                {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}
              ]
            }
          },
          "compile": {
            "optimizer": "adam",
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"]
          },
          "fit": {"epochs": 3, "batch_size": 8, "verbose": 0},
          "checkpoint": {"path": "%s", "every_steps": 2},
          "output": {"path": "%s"}
        }
        """
            .formatted(data(), checkpoints(), output()));
  }
}
