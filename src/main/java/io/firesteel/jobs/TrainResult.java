package io.firesteel.jobs;

import io.firesteel.callbacks.History;
import io.firesteel.internal.files.LibraryVersion;
import io.firesteel.saving.Config;
import io.firesteel.training.TrainingSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a training went, as {@code result.json} and as one line. */
final class TrainResult {

  private static final String VALIDATION_PREFIX = "val_";
  private static final String LOSS = "loss";
  private static final String STEPS = "steps";
  private static final String METRICS = "metrics";
  private static final String VALIDATION = "validation";
  private static final String WEIGHTS = "weights_sha256";

  /** What the line shows besides the loss and the metrics, in order. */
  private static final List<String> SCALARS =
      List.of("seconds", "samples_per_second", "shards", "gradient_source", "resumed_from_step");

  private TrainResult() {}

  static Config of(
      Job job, TrainingSummary summary, String weights, String modelFile, String sparkVersion) {
    Map<String, Double> last = summary.history().last();
    Config.Builder metrics = Config.builder();
    Config.Builder validation = Config.builder();
    last.forEach(
        (name, value) -> {
          if (name.startsWith(VALIDATION_PREFIX)) {
            validation.put(name.substring(VALIDATION_PREFIX.length()), value);
          } else if (!name.equals(LOSS)) {
            metrics.put(name, value);
          }
        });
    return Config.builder()
        .put("job", job.name())
        .put(STEPS, summary.steps())
        .put("epochs", summary.epochs())
        .put("stopped", summary.stopped())
        .put(LOSS, last.get(LOSS))
        .put(METRICS, metrics.build())
        .put(VALIDATION, validation.build())
        .put("seconds", rounded(summary.seconds(), 3))
        .put("samples_per_second", rounded(summary.samplesPerSecond(), 1))
        .put("shards", summary.shards())
        .put("gradient_source", summary.gradientSource())
        .put("resumed_from_step", summary.resumedFromStep())
        .put(WEIGHTS, weights)
        .put("model", modelFile)
        .put("history", history(summary.history()))
        .put("versions", versions(sparkVersion))
        .build();
  }

  /** Tells whether an earlier result is about the same weights after the same steps. */
  static boolean isOfSameRun(Config earlier, Config result) {
    return List.of("job", STEPS, WEIGHTS, "model").stream()
        .allMatch(field -> field(earlier, field).equals(field(result, field)));
  }

  /** Returns the numbers of a result on one line, as they stand in it. */
  static String line(Config result) {
    List<String> parts = new ArrayList<>();
    parts.add("steps=" + field(result, STEPS));
    parts.add("epochs=" + field(result, "epochs"));
    parts.add("loss=" + field(result, LOSS));
    addAll(parts, "", result.get(METRICS));
    addAll(parts, VALIDATION_PREFIX, result.get(VALIDATION));
    SCALARS.forEach(name -> parts.add(name + "=" + field(result, name)));
    parts.add(WEIGHTS + "=" + field(result, WEIGHTS));
    return "Trained %s: %s".formatted(field(result, "job"), String.join(", ", parts));
  }

  private static void addAll(List<String> parts, String prefix, @Nullable Object values) {
    if (values instanceof Config config) {
      config.keys().forEach(name -> parts.add(prefix + name + "=" + field(config, name)));
    }
  }

  private static String field(Config config, String name) {
    Object value = config.get(name);
    return value == null ? "none" : value.toString();
  }

  private static Config history(History history) {
    Config.Builder config = Config.builder().put("epoch", history.epoch());
    history.history().forEach(config::put);
    return config.build();
  }

  static Config versions(String sparkVersion) {
    return Config.builder()
        .put("firesteel", LibraryVersion.current())
        .put("spark", sparkVersion)
        .put("java", System.getProperty("java.version"))
        .build();
  }

  static double rounded(double value, int digits) {
    return Double.parseDouble(String.format(Locale.ROOT, "%." + digits + "f", value));
  }
}
