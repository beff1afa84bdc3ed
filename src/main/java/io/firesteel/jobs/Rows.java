package io.firesteel.jobs;

import io.firesteel.layers.FeatureColumns;
import io.firesteel.models.Model;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads the rows of a data section with Spark. */
final class Rows {

  private static final String TABLE = "table";
  private static final List<String> DEFAULT_FEATURES = List.of("features");

  private final DataSection section;
  private final Dataset<Row> dataset;

  private Rows(DataSection section, Dataset<Row> dataset) {
    this.section = section;
    this.dataset = dataset;
  }

  /** Returns the rows, unread but for their schema. */
  static Rows of(DataSection section, SparkSession spark) {
    Dataset<Row> rows = load(section, spark);
    if (section.where() != null) {
      rows = rows.where(section.where());
    }

    if (!section.select().isEmpty()) {
      rows = rows.selectExpr(section.select().toArray(new String[0]));
    }

    return new Rows(section, rows);
  }

  private static Dataset<Row> load(DataSection section, SparkSession spark) {
    if (section.format().equals(ClicksFormat.NAME)) {
      return ClicksFormat.load(section, spark);
    }

    DataFrameReader reader = spark.read().options(section.options());
    if (section.schema() != null) {
      reader = reader.schema(section.schema());
    }

    if (section.format().equals(TABLE)) {
      if (section.paths().size() != 1) {
        throw new IllegalArgumentException(
            "%s.path must be one table's name for the format table. Received: %s"
                .formatted(section.section(), section.paths()));
      }

      return reader.table(section.paths().get(0));
    }

    return reader.format(section.format()).load(section.paths().toArray(new String[0]));
  }

  Dataset<Row> dataset() {
    return dataset;
  }

  /** Returns the rows with features, labels and weights. */
  ShardedDataset labelled(Model model) {
    ShardedDataset plain = ShardedDataset.of(dataset);
    String[] features = features(model);
    ShardedDataset rows =
        (features.length == 0 ? plain.featuresOf(model) : plain.features(features))
            .labels(section.labels().toArray(new String[0]));
    if (section.weight() != null) {
      rows = rows.weight(section.weight());
    }

    if (!section.featureShape().isEmpty()) {
      rows = rows.featureShape(Shape.of(section.featureShape()).dims());
    }

    return section.orderBy().isEmpty()
        ? rows
        : rows.orderBy(section.orderBy().toArray(new String[0]));
  }

  /**
   * Returns the columns of features; none for a model that names them itself.
   *
   * @throws IllegalArgumentException if both it and the section do
   */
  String[] features(Model model) {
    if (FeatureColumns.of(model.layers()) == null) {
      return features().toArray(new String[0]);
    }

    if (!section.features().isEmpty()) {
      throw new IllegalArgumentException(
          "%s.features can't be given for a model that begins with a FeatureBlock, which names its columns. Received: %s"
              .formatted(section.section(), section.features()));
    }

    return new String[0];
  }

  /**
   * Returns the columns of features. A name with {@code *} that is no column stands for all columns
   * that match, in their order, but labels, weight, and those that stand elsewhere in the list.
   *
   * @throws IllegalArgumentException if it matches none
   */
  List<String> features() {
    List<String> columns = Arrays.asList(dataset.columns());
    List<String> wanted = section.features().isEmpty() ? DEFAULT_FEATURES : section.features();
    Set<String> taken = new LinkedHashSet<>(wanted);
    taken.addAll(section.labels());
    if (section.weight() != null) {
      taken.add(section.weight());
    }

    List<String> names = new ArrayList<>();
    for (String name : wanted) {
      boolean glob = name.contains("*") && !columns.contains(name);
      names.addAll(glob ? matching(name, columns, taken) : List.of(name));
    }

    return names;
  }

  private List<String> matching(String glob, List<String> columns, Set<String> taken) {
    Predicate<String> pattern = Pattern.compile(regex(glob)).asMatchPredicate();
    List<String> matching = columns.stream().filter(pattern).filter(taken::add).toList();
    if (matching.isEmpty()) {
      throw new IllegalArgumentException(
          "%s.features: '%s' matches no column. Columns: %s"
              .formatted(section.section(), glob, String.join(", ", columns)));
    }

    return matching;
  }

  private static String regex(String glob) {
    return Arrays.stream(glob.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }
}
