package io.firesteel.jobs;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.FitOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code fit}, under Keras's names and with Keras's defaults.
 *
 * @param config the section as it stands
 * @param validationSplit the fraction of the rows to validate on, 0 for none
 */
record FitSection(Config config, double validationSplit) {

  private static final String[] FIELDS = {
    "epochs",
    "initial_epoch",
    "steps_per_epoch",
    "batch_size",
    "shuffle",
    "shards",
    "validation_split",
    "validation_freq",
    "validation_steps",
    "validation_batch_size",
    "class_weight",
    "callbacks",
    "on_nan",
    "verbose",
    "progress_interval"
  };

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if a field is unknown, of a wrong type or out of range
   */
  static FitSection parse(Config config) {
    ConfigReader reader = Fields.read("fit", config, FIELDS);
    return new FitSection(config, reader.number("validation_split", 0));
  }

  /** Tells whether rows are shuffled. */
  boolean shuffle() {
    return config.reader("fit").bool("shuffle", true);
  }

  /**
   * Returns the options, with new callbacks.
   *
   * @throws IllegalArgumentException if a field is of a wrong type or out of range
   */
  FitOptions.Builder options(long seed) {
    ConfigReader reader = config.reader("fit");
    FitOptions.Builder options =
        FitOptions.builder()
            .seed(seed)
            .epochs(reader.int32("epochs", 1))
            .initialEpoch(reader.int32("initial_epoch", 0))
            .batchSize(reader.int32("batch_size", 32))
            .shuffle(reader.bool("shuffle", true))
            .validationSplit(validationSplit)
            .classWeight(classWeight(reader.nullableConfig("class_weight")))
            .callbacks(callbacks(reader))
            .onNan(
                Fields.oneOf(reader, "on_nan", "fail", "warn", "fail").equals("fail")
                    ? FitOptions.OnNan.FAIL
                    : FitOptions.OnNan.WARN);
    if (reader.any("shards") != null) {
      options.shards(reader.int32("shards", 0));
    }

    if (reader.any("steps_per_epoch") != null) {
      options.stepsPerEpoch(reader.int32("steps_per_epoch", 0));
    }

    if (reader.any("validation_freq") instanceof List<?>) {
      options.validationFreq(epochs(reader));
    } else {
      options.validationFreq(reader.int32("validation_freq", 1));
    }

    if (reader.any("validation_steps") != null) {
      options.validationSteps(reader.int32("validation_steps", 0));
    }

    if (reader.any("validation_batch_size") != null) {
      options.validationBatchSize(reader.int32("validation_batch_size", 0));
    }

    if (reader.any("verbose") != null && !"auto".equals(reader.any("verbose"))) {
      options.verbose(reader.int32("verbose", 0));
    }

    if (reader.any("progress_interval") != null) {
      options.progressInterval(Duration.ofMillis((long) (1000 * interval(reader))));
    }

    return options;
  }

  private static List<Integer> epochs(ConfigReader reader) {
    List<Integer> epochs = new ArrayList<>();
    for (Object epoch : reader.optionalList("validation_freq")) {
      if (!(epoch instanceof Long number) || number < 1 || number > Integer.MAX_VALUE) {
        throw reader.invalid("validation_freq", "an integer of at least 1, or a list of them");
      }

      epochs.add(number.intValue());
    }

    return epochs;
  }

  private static double interval(ConfigReader reader) {
    double seconds = reader.number("progress_interval");
    if (!(seconds >= 0 && seconds <= Integer.MAX_VALUE)) {
      throw reader.invalid("progress_interval", "a number of seconds, 0 or more");
    }

    return seconds;
  }

  private static Map<Integer, Double> classWeight(@Nullable Config section) {
    Map<Integer, Double> weights = new TreeMap<>();
    if (section == null) {
      return weights;
    }

    ConfigReader reader = section.reader("fit.class_weight");
    for (String label : section.keys()) {
      if (!label.matches("-?\\d{1,9}")) {
        throw new IllegalArgumentException(
            "fit.class_weight: the fields must be class indices. Received: '%s'".formatted(label));
      }

      weights.put(Integer.valueOf(label), reader.number(label));
    }

    return weights;
  }

  private static Callback[] callbacks(ConfigReader reader) {
    List<?> identifiers = reader.optionalList("callbacks");
    return identifiers.stream()
        .map(identifier -> Callbacks.get(Objects.requireNonNullElse(identifier, "null")))
        .toArray(Callback[]::new);
  }
}
