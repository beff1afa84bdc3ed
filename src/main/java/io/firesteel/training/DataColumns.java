package io.firesteel.training;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The columns that a model was trained on. They belong to it and are saved with it, so that the
 * same columns are found by their names wherever it is used, in whatever order a file has them.
 *
 * @param features the columns of features in the order of an input row; empty for arrays
 * @param classNames the names of the classes 0, 1, ... where labels are texts; else empty
 * @param inputs the columns of each input of a model by the input's name, where they were named so;
 *     else empty
 */
public record DataColumns(
    List<String> features, List<String> classNames, Map<String, List<String>> inputs) {

  /** Nothing is known. */
  public static final DataColumns NONE = new DataColumns(List.of(), List.of(), Map.of());

  /** Creates the columns. */
  public DataColumns {
    features = List.copyOf(features);
    classNames = List.copyOf(classNames);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  /** Creates the columns of a model of one input. */
  public DataColumns(List<String> features, List<String> classNames) {
    this(features, classNames, Map.of());
  }

  /** Tells whether nothing is known. */
  public boolean isEmpty() {
    return features.isEmpty() && classNames.isEmpty();
  }

  /**
   * Returns the columns to read where others are named: the same ones in this order. A single
   * column of vectors or arrays may have any name.
   *
   * @param same tells whether two names are the same
   * @throws IllegalArgumentException if one of these columns is not among those named, by its name
   */
  public List<String> inOrder(List<String> named, BiPredicate<String, String> same) {
    if (features.size() < 2 || named.size() < 2) {
      return named;
    }

    List<String> missing = new ArrayList<>(features);
    missing.removeIf(name -> named.stream().anyMatch(other -> same.test(name, other)));
    if (!missing.isEmpty() || named.size() != features.size()) {
      throw new IllegalArgumentException(
          "The model was trained on the columns %s. Received: %s%s"
              .formatted(
                  String.join(", ", features),
                  String.join(", ", named),
                  missing.isEmpty() ? "" : "; missing: " + String.join(", ", missing)));
    }

    return features;
  }

  /** Returns the columns as JSON. */
  public Config toConfig() {
    Config.Builder config =
        Config.builder().put("features", features).put("class_names", classNames);
    if (!inputs.isEmpty()) {
      Config.Builder named = Config.builder();
      inputs.forEach(named::put);
      config.put("inputs", named.build());
    }

    return config.build();
  }

  /** Reads what {@link #toConfig} returns. */
  public static DataColumns fromConfig(Config config) {
    ConfigReader reader = config.reader("columns");
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    Config named = reader.nullableConfig("inputs");
    if (named != null) {
      ConfigReader each = named.reader("columns.inputs");
      named.keys().forEach(input -> inputs.put(input, each.strings(input)));
      each.finish();
    }

    DataColumns columns =
        new DataColumns(reader.strings("features"), reader.strings("class_names"), inputs);
    reader.finish();
    return columns;
  }
}
