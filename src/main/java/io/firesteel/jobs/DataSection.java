package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a job works on: where they are read from, and what their columns mean.
 *
 * @param section its name in the job file
 * @param format a format of {@code spark.read}, {@code table}, or {@code synthetic-clicks}
 * @param paths what is loaded, empty for formats that need no path
 * @param options the format's options
 * @param schema the schema as DDL, or null for the format's own or an inferred one
 * @param where an SQL condition that rows must meet, or null
 * @param select SQL expressions that make the columns, empty for those that are read
 * @param features the columns of features; a name with {@code *} stands for all that match; empty
 *     for {@code features}
 * @param featureShape the shape of one row of features, empty for that of the columns
 * @param labels the columns of labels, which predictions do without
 * @param labelIndex whether the column of labels holds the names of classes
 * @param weight the column of sample weights, one a row or one for each sample of a row, or null
 * @param orderBy the columns that order the rows where they are not shuffled
 * @param inputs the columns of features of each input by its name, where {@code features} is an
 *     object
 * @param outputs the columns of labels of each output by its name, where {@code data.label} is an
 *     object
 */
record DataSection(
    String section,
    String format,
    List<String> paths,
    Map<String, String> options,
    @Nullable String schema,
    @Nullable String where,
    List<String> select,
    List<String> features,
    List<Integer> featureShape,
    List<String> labels,
    boolean labelIndex,
    @Nullable String weight,
    List<String> orderBy,
    Map<String, List<String>> inputs,
    Map<String, List<String>> outputs) {

  private static final String[] FIELDS = {
    "format",
    "path",
    "options",
    "schema",
    "where",
    "select",
    "features",
    "feature_shape",
    "label",
    "label_index",
    "weight",
    "order_by"
  };

  DataSection {
    paths = List.copyOf(paths);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    select = List.copyOf(select);
    features = List.copyOf(features);
    featureShape = List.copyOf(featureShape);
    labels = List.copyOf(labels);
    orderBy = List.copyOf(orderBy);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * Reads a section.
   *
   * @throws IllegalArgumentException if a field is unknown, missing or of a wrong type
   */
  static DataSection parse(String section, Config config) {
    ConfigReader reader = Fields.read(section, config, FIELDS);
    String format = reader.string("format");
    if (format.isBlank()) {
      throw reader.invalid("format", "a format of spark.read, table, or synthetic-clicks");
    }

    Map<String, List<String>> inputs = Fields.named(reader, section, "features");
    Map<String, List<String>> outputs = Fields.named(reader, section, "label");
    List<String> labels =
        outputs.isEmpty()
            ? Fields.stringOrList(reader, "label")
            : outputs.values().stream().flatMap(List::stream).toList();
    return new DataSection(
        section,
        format,
        Fields.stringOrList(reader, "path"),
        Fields.options(section + ".options", reader.nullableConfig("options")),
        reader.nullableString("schema"),
        reader.nullableString("where"),
        Fields.stringOrList(reader, "select"),
        inputs.isEmpty() ? Fields.stringOrList(reader, "features") : List.of(),
        shape(reader),
        labels.isEmpty() ? List.of("label") : labels,
        reader.bool("label_index", false),
        reader.nullableString("weight"),
        Fields.stringOrList(reader, "order_by"),
        inputs,
        outputs);
  }

  /** Tells whether the rows are those of a table by its name. */
  boolean isTable() {
    return format.equals("table");
  }

  /** Tells whether the columns of features are listed one by one. */
  boolean namesEachFeature() {
    return !features.isEmpty() && features.stream().noneMatch(name -> name.contains("*"));
  }

  private static List<Integer> shape(ConfigReader reader) {
    List<Integer> dims = new ArrayList<>();
    for (Object dim : reader.optionalList("feature_shape")) {
      if (!(dim instanceof Long number) || number < 1 || number > Integer.MAX_VALUE) {
        throw reader.invalid("feature_shape", "a list of integers of at least 1");
      }

      dims.add(number.intValue());
    }

    return dims;
  }
}
