package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Map;

/**
 * Where a job's results go.
 *
 * @param path the folder, on any Hadoop file system
 * @param format how Predict writes, as {@code spark.write} knows it
 * @param options the format's options
 * @param columns the columns that Predict writes before the prediction, empty for all
 * @param mode what Predict does where predictions are already: {@code error} or {@code overwrite}
 */
record OutputSection(
    String path, String format, Map<String, String> options, List<String> columns, String mode) {

  OutputSection {
    options = Map.copyOf(options);
    columns = List.copyOf(columns);
  }

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if a field is unknown, missing or of a wrong type
   */
  static OutputSection parse(Config config) {
    ConfigReader reader =
        Fields.read("output", config, "path", "format", "options", "columns", "mode");
    return new OutputSection(
        reader.string("path"),
        reader.string("format", "parquet"),
        Fields.options("output.options", reader.nullableConfig("options")),
        Fields.stringOrList(reader, "columns"),
        Fields.oneOf(reader, "mode", "error", "error", "overwrite"));
  }
}
