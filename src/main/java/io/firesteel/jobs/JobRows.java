package io.firesteel.jobs;

import io.firesteel.internal.monitoring.Causes;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.datasets.SyntheticClicks;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads the rows of a data section with Spark. */
final class JobRows {

  private static final List<String> DEFAULT_FEATURES = List.of("features");

  private final DataSection section;
  private final Dataset<Row> dataset;

  private JobRows(DataSection section, Dataset<Row> dataset) {
    this.section = section;
    this.dataset = dataset;
  }

  /** Returns the rows, unread but for their schema. */
  static JobRows of(DataSection section, SparkSession spark) {
    Dataset<Row> rows = naming(section, "path", () -> load(section, spark));
    if (rows.columns().length == 0) {
      throw new IllegalArgumentException(
          "%s.path: what was read has no columns. Received: %s"
              .formatted(section.section(), section.paths()));
    }

    return of(section, rows);
  }

  /** Returns rows that are there as the section's queries make them. */
  static JobRows of(DataSection section, Dataset<Row> given) {
    Dataset<Row> rows = given;
    String where = section.where();
    if (where != null) {
      rows = naming(section, "where", () -> given.where(where));
    }

    if (!section.select().isEmpty()) {
      Dataset<Row> before = rows;
      String[] select = section.select().toArray(new String[0]);
      rows = naming(section, "select", () -> before.selectExpr(select));
    }

    return new JobRows(section, rows);
  }

  /** Says which field it is where Spark refuses something. */
  private static <T> T naming(DataSection section, String field, Callable<T> query) {
    try {
      return query.call();
    } catch (Exception e) {
      String text = Failure.text(e instanceof SparkThrowable ? e : Causes.first(e));
      if (e instanceof IllegalArgumentException refused && text.startsWith(section.section())) {
        throw refused;
      }

      String named = text.startsWith("[DATA_SOURCE_NOT_FOUND]") ? "format" : field;
      IllegalArgumentException failure =
          new IllegalArgumentException("%s.%s: %s".formatted(section.section(), named, text));
      failure.addSuppressed(e);
      throw failure;
    }
  }

  private static Dataset<Row> load(DataSection section, SparkSession spark) {
    if (section.format().equals(ClicksFormat.NAME)) {
      return ClicksFormat.load(section, spark);
    }

    DataFrameReader reader = spark.read().options(section.options());
    String schema = section.schema();
    if (schema != null) {
      naming(section, "schema", () -> reader.schema(schema));
    }

    if (section.isTable()) {
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

  /**
   * Returns why rows were refused: without any, the types of columns that Spark infers say nothing.
   */
  IllegalArgumentException refused(IllegalArgumentException problem) {
    String where = section.where() == null ? "" : " where " + section.where();
    return dataset.isEmpty()
        ? new IllegalArgumentException(
            "%s: there are no rows in %s%s. Columns: %s"
                .formatted(
                    section.section(), section.paths(), where, Arrays.toString(dataset.columns())))
        : problem;
  }

  /** Tells whether the columns of features may be others in another file. */
  boolean needModelsColumns() {
    return Stream.concat(
                section.features().stream(),
                section.inputs().values().stream().flatMap(List::stream))
            .anyMatch(name -> name.contains("*"))
        || section.labelIndex();
  }

  /** Returns the rows with features, labels and weights. */
  ShardedDataset labelled(Model model) {
    ShardedDataset rows = withLabels(withFeatures(ShardedDataset.of(dataset), model));
    List<String> classes = model.columns().classNames();
    if (section.labelIndex()) {
      rows =
          classes.isEmpty() ? rows.labelIndex() : rows.classNames(classes.toArray(new String[0]));
    }

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

  private ShardedDataset withFeatures(ShardedDataset plain, Model model) {
    if (!section.inputs().isEmpty()) {
      ShardedDataset rows = plain;
      for (Map.Entry<String, List<String>> input : inputs(model).entrySet()) {
        rows = rows.input(input.getKey(), input.getValue().toArray(new String[0]));
      }

      return rows;
    }

    String[] features = features(model);
    return features.length == 0 ? plain.featuresOf(model) : plain.features(features);
  }

  private ShardedDataset withLabels(ShardedDataset plain) {
    if (section.outputs().isEmpty()) {
      return plain.labels(section.labels().toArray(new String[0]));
    }

    ShardedDataset rows = plain;
    for (Map.Entry<String, List<String>> output : section.outputs().entrySet()) {
      rows = rows.output(output.getKey(), output.getValue().toArray(new String[0]));
    }

    return rows;
  }

  /**
   * Returns the columns of each input; empty if the section does not name them so. Those that a
   * name with {@code *} stands for are, for a model that was trained, the ones that it was trained
   * on.
   *
   * @throws IllegalArgumentException if a name with {@code *} matches nothing
   */
  Map<String, List<String>> inputs(Model model) {
    Set<String> taken = new LinkedHashSet<>(section.labels());
    section.inputs().values().forEach(taken::addAll);
    if (section.weight() != null) {
      taken.add(section.weight());
    }

    Map<String, List<String>> inputs = new LinkedHashMap<>();
    section
        .inputs()
        .forEach(
            (input, names) -> {
              List<String> expanded = expanded(names, taken);
              List<String> known = model.columns().inputs().get(input);
              inputs.put(input, known == null || expanded.equals(names) ? expanded : known);
            });
    return inputs;
  }

  /**
   * Returns the columns of features; none for a model that names them itself, because it was
   * trained and the section lists no columns one by one.
   */
  String[] features(Model model) {
    if (model.columns().features().isEmpty() || section.namesEachFeature()) {
      return features().toArray(new String[0]);
    }

    if (!section.features().isEmpty()) {
      features();
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
    List<String> wanted = section.features().isEmpty() ? DEFAULT_FEATURES : section.features();
    Set<String> taken = new LinkedHashSet<>(wanted);
    taken.addAll(section.labels());
    if (section.weight() != null) {
      taken.add(section.weight());
    }

    return expanded(wanted, taken);
  }

  private List<String> expanded(List<String> wanted, Set<String> taken) {
    List<String> columns = Arrays.asList(dataset.columns());
    ColumnLookup lookup = ColumnLookup.of(dataset);
    List<String> names = new ArrayList<>();
    for (String name : wanted) {
      boolean glob = name.contains("*") && !lookup.has(name);
      names.addAll(glob ? matching(name, columns, taken, lookup) : List.of(name));
    }

    return names;
  }

  private List<String> matching(
      String glob, List<String> columns, Set<String> taken, ColumnLookup lookup) {
    int flags = lookup.caseSensitive() ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    Predicate<String> pattern = Pattern.compile(regex(glob), flags).asMatchPredicate();
    List<String> matching =
        columns.stream()
            .filter(pattern)
            .filter(name -> taken.stream().noneMatch(other -> lookup.same(name, other)))
            .toList();
    taken.addAll(matching);
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

  /**
   * The format {@code synthetic-clicks} of a data section: {@link SyntheticClicks} instead of
   * files. Its options are {@code rows}, and where they are not the default, {@code numeric},
   * {@code categorical}, {@code features}, {@code seed}, {@code first_row}.
   */
  static final class ClicksFormat {

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
              .numeric(options.int32("numeric", 13))
              .categorical(options.int32("categorical", 26), options.int32("features", 10_000))
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
}
