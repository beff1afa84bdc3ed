package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.spark.datasets.SyntheticClicks;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The format {@code synthetic-clicks} of a data section: {@link SyntheticClicks} instead of files.
 * Its options are {@code rows}, and where they are not the default, {@code numeric}, {@code
 * categorical}, {@code features}, {@code seed}, {@code first_row}.
 */
final class ClicksFormat {

  static final String NAME = "synthetic-clicks";

  private ClicksFormat() {}

  static Dataset<Row> load(DataSection section, SparkSession spark) {
    if (!section.paths().isEmpty() || section.schema() != null) {
      throw new IllegalArgumentException(
          "%s: the format %s has no path and no schema. Received: path=%s, schema=%s"
              .formatted(section.section(), NAME, section.paths(), section.schema()));
    }

    ConfigReader options = numbers(section).reader(section.section() + ".options");
    SyntheticClicks clicks =
        SyntheticClicks.of(options.integer("rows"))
            .numeric(Fields.int32(options, "numeric", 13))
            .categorical(
                Fields.int32(options, "categorical", 26), Fields.int32(options, "features", 10_000))
            .seed(options.integer("seed", 0))
            .firstRow(options.integer("first_row", 0));
    options.finish();
    return clicks.toDataset(spark);
  }

  /** The options of a section are texts. */
  private static Config numbers(DataSection section) {
    Config.Builder numbers = Config.builder();
    for (Map.Entry<String, String> option : section.options().entrySet()) {
      boolean integer = option.getValue().matches("-?[0-9]{1,18}");
      numbers.put(option.getKey(), integer ? Long.valueOf(option.getValue()) : option.getValue());
    }

    return numbers.build();
  }
}
