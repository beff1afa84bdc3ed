package io.firesteel.spark.internal.rows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a data set are features, labels and weight.
 *
 * @param features the columns of features
 * @param labels the columns of labels, empty where only predictions are wanted
 * @param weight the column of weights, or null
 * @param sparse the number of the last columns of features that hold vectors of which only the
 *     entries are kept
 * @param classNames the names of the classes 0, 1, ... that the one column of labels holds as
 *     texts; empty for labels that are numbers
 * @param inputs the columns of features of each input by its name; empty where they are not named
 *     so
 * @param outputs the columns of labels of each output by its name; empty where they are not named
 *     so
 */
public record RowColumns(
    List<String> features,
    List<String> labels,
    @Nullable String weight,
    int sparse,
    List<String> classNames,
    Map<String, List<String>> inputs,
    Map<String, List<String>> outputs) {

  private static final Set<ColumnKind> NUMBERS = Set.of(ColumnKind.NUMBER);
  private static final Set<ColumnKind> VECTORS = Set.of(ColumnKind.VECTOR);
  private static final Set<ColumnKind> ALL = Set.of(ColumnKind.values());

  /** No columns, which are still to be named. */
  public static final RowColumns NONE =
      new RowColumns(List.of(), List.of(), null, 0, List.of(), Map.of(), Map.of());

  public RowColumns {
    groups(features, inputs).forEach(names -> requireDistinct("features", names));
    groups(labels, outputs).forEach(names -> requireDistinct("labels", names));
  }

  public RowColumns withFeatures(List<String> names) {
    return new RowColumns(names, labels, weight, 0, classNames, Map.of(), outputs);
  }

  public RowColumns withLabels(List<String> names) {
    return new RowColumns(features, names, weight, sparse, classNames, inputs, Map.of());
  }

  /** Returns the columns with labels that are texts, of these classes. */
  public RowColumns withClassNames(List<String> names) {
    if (labels.size() != 1) {
      throw new IllegalArgumentException(
          "Names of classes need one column of labels. Received: " + labels);
    }

    return new RowColumns(features, labels, weight, sparse, List.copyOf(names), inputs, outputs);
  }

  public RowColumns withWeight(String name) {
    return new RowColumns(features, labels, name, sparse, classNames, inputs, outputs);
  }

  /** Returns the columns with the last so many of features as sparse vectors. */
  public RowColumns withSparse(int count) {
    return new RowColumns(features, labels, weight, count, classNames, inputs, outputs);
  }

  /** Returns the columns with those of features by the input that they are for, in order. */
  public RowColumns withInputs(Map<String, List<String>> named) {
    return new RowColumns(flat(named), labels, weight, 0, classNames, ordered(named), outputs);
  }

  /** Returns the columns with those of labels by the output that they are for, in order. */
  public RowColumns withOutputs(Map<String, List<String>> named) {
    return new RowColumns(
        features, flat(named), weight, sparse, classNames, inputs, ordered(named));
  }

  private static List<String> flat(Map<String, List<String>> named) {
    return named.values().stream().flatMap(List::stream).toList();
  }

  private static Map<String, List<String>> ordered(Map<String, List<String>> named) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(named));
  }

  /** Returns all columns: features, labels, weight. */
  List<String> names() {
    List<String> names = new ArrayList<>(features);
    names.addAll(labels);
    if (weight != null) {
      names.add(weight);
    }

    return names;
  }

  /** Returns the columns to select, in the order of {@link #names}; truth as 0 and 1. */
  public Column[] select(ColumnLookup lookup) {
    List<Column> selected = new ArrayList<>();
    for (String name : features) {
      selected.add(numbers(lookup.find("features", name)));
    }

    for (String name : labels) {
      ColumnLookup.Found found = lookup.find("labels", name);
      selected.add(
          classNames.isEmpty() ? numbers(found) : found.column().cast(DataTypes.StringType));
    }

    if (weight != null) {
      selected.add(numbers(lookup.find("weight", weight)));
    }

    return selected.toArray(new Column[0]);
  }

  private static Column numbers(ColumnLookup.Found found) {
    if (found.type() instanceof BooleanType) {
      return found.column().cast(DataTypes.ByteType);
    }

    return found.type() instanceof ArrayType array && array.elementType() instanceof BooleanType
        ? found.column().cast(DataTypes.createArrayType(DataTypes.ByteType, array.containsNull()))
        : found.column();
  }

  /** Returns a column by its exact name, be there dots in it or not. */
  public static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /**
   * Returns a reader of the rows of {@link #select}.
   *
   * @throws IllegalArgumentException if a column is missing, is there twice or holds no numbers
   */
  public RowReader reader(ColumnLookup lookup) {
    List<ColumnKind> kinds = new ArrayList<>();
    if (sparse > 0) {
      int dense = features.size() - sparse;
      kinds.addAll(
          inputs.isEmpty()
              ? denseBefore(features.subList(0, dense), lookup)
              : kinds("features", groups(features, inputs), lookup).subList(0, dense));
      String vectors = "vectors, as the model's input is sparse";
      for (String name : features.subList(dense, features.size())) {
        kinds.add(kind("features", name, lookup, vectors, VECTORS));
      }
    } else {
      kinds.addAll(kinds("features", groups(features, inputs), lookup));
    }

    if (classNames.isEmpty()) {
      kinds.addAll(kinds("labels", groups(labels, outputs), lookup));
    } else {
      kinds.add(ColumnKind.CLASS);
    }

    if (weight != null) {
      kinds.addAll(kinds("weight", List.of(List.of(weight)), lookup));
    }

    return new RowReader(
        names(), kinds, features.size(), labels.size(), weight != null, sparse, classNames);
  }

  private static List<ColumnKind> denseBefore(List<String> names, ColumnLookup lookup) {
    return names.stream()
        .map(name -> kind("features", name, lookup, "numbers before a sparse vector", NUMBERS))
        .toList();
  }

  /** Several columns of a group hold a number each, one alone may hold all its values. */
  private static Collection<List<String>> groups(
      List<String> all, Map<String, List<String>> named) {
    return named.isEmpty() ? List.of(all) : named.values();
  }

  private static List<ColumnKind> kinds(
      String role, Collection<List<String>> groups, ColumnLookup lookup) {
    List<ColumnKind> kinds = new ArrayList<>();
    for (List<String> names : groups) {
      for (String name : names) {
        kinds.add(
            names.size() > 1
                ? kind(role, name, lookup, "numbers", NUMBERS)
                : kind(role, name, lookup, "numbers, arrays of numbers or vectors", ALL));
      }
    }

    return kinds;
  }

  private static ColumnKind kind(
      String role, String name, ColumnLookup lookup, String expected, Set<ColumnKind> allowed) {
    DataType type = lookup.find(role, name).type();
    ColumnKind kind = ColumnKind.of(type);
    if (kind == null || !allowed.contains(kind)) {
      throw new IllegalArgumentException(
          "The column '%s' of %s must hold %s. Received: %s%s"
              .formatted(name, role, expected, type.catalogString(), remedy(role, name, type)));
    }

    return kind;
  }

  /** Returns how a column of another type becomes one of numbers. */
  private static String remedy(String role, String name, DataType type) {
    if (type instanceof DateType || type instanceof TimestampType) {
      return ". Make a number of it with a query, e.g. %s"
          .formatted(
              type instanceof DateType
                  ? "unix_date(%s)".formatted(name)
                  : "unix_timestamp(%s)".formatted(name));
    }

    if (type instanceof StringType) {
      return role.equals("labels")
          ? ". Index the classes: labelIndex(), in a job file data.label_index=true, or Spark's"
              + " StringIndexer"
          : ". Cast numbers with a query (double(%s)), index categories with Spark's StringIndexer, or hash them (pmod(hash(%s), 1000))"
              .formatted(name, name);
    }

    return "";
  }

  private static void requireDistinct(String role, List<String> names) {
    for (String name : names) {
      if (Collections.frequency(names, name) > 1) {
        throw new IllegalArgumentException(
            "The column '%s' stands twice among the %s".formatted(name, role));
      }
    }
  }

  /** How a column holds numbers. */
  enum ColumnKind {
    /** One number of any numeric type. */
    NUMBER,
    /** An array of numbers. */
    ARRAY,
    /** A vector of {@code spark.ml} or {@code spark.mllib}, dense or sparse. */
    VECTOR,
    /** The name of a class. */
    CLASS;

    static @Nullable ColumnKind of(DataType type) {
      if (type instanceof NumericType || type instanceof BooleanType) {
        return NUMBER;
      }

      if (type instanceof ArrayType array
          && (array.elementType() instanceof NumericType
              || array.elementType() instanceof BooleanType)) {
        return ARRAY;
      }

      boolean vector = type.equals(SQLDataTypes.VectorType()) || type instanceof VectorUDT;
      return vector ? VECTOR : null;
    }
  }
}
