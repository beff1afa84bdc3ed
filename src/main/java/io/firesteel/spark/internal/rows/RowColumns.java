package io.firesteel.spark.internal.rows;

import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.FeatureColumns;
import io.firesteel.layers.IdColumn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 * @param sparseEnd whether the last column of features holds vectors of which only the entries are
 *     kept
 * @param block what the columns of features are to a {@link FeatureBlock}, or null for numbers
 * @param classNames the names of the classes 0, 1, ... that the one column of labels holds as
 *     texts; empty for labels that are numbers
 */
public record RowColumns(
    List<String> features,
    List<String> labels,
    @Nullable String weight,
    boolean sparseEnd,
    @Nullable FeatureColumns block,
    List<String> classNames) {

  private static final Set<ColumnKind> NUMBERS = Set.of(ColumnKind.NUMBER);
  private static final Set<ColumnKind> VECTORS = Set.of(ColumnKind.VECTOR);
  private static final Set<ColumnKind> ALL = Set.of(ColumnKind.values());

  /** No columns, which are still to be named. */
  public static final RowColumns NONE =
      new RowColumns(List.of(), List.of(), null, false, null, List.of());

  public RowColumns {
    requireDistinct("features", features);
    requireDistinct("labels", labels);
  }

  public RowColumns withFeatures(List<String> names) {
    return new RowColumns(names, labels, weight, sparseEnd, null, classNames);
  }

  public RowColumns withFeatures(FeatureColumns columns) {
    return new RowColumns(columns.names(), labels, weight, sparseEnd, columns, classNames);
  }

  public RowColumns withLabels(List<String> names) {
    return new RowColumns(features, names, weight, sparseEnd, block, classNames);
  }

  /** Returns the columns with labels that are texts, of these classes. */
  public RowColumns withClassNames(List<String> names) {
    if (labels.size() != 1) {
      throw new IllegalArgumentException(
          "Names of classes need one column of labels. Received: " + labels);
    }

    return new RowColumns(features, labels, weight, sparseEnd, block, List.copyOf(names));
  }

  public RowColumns withWeight(String name) {
    return new RowColumns(features, labels, name, sparseEnd, block, classNames);
  }

  public RowColumns withSparseEnd() {
    return new RowColumns(features, labels, weight, true, block, classNames);
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
    if (block != null) {
      kinds.addAll(BlockColumns.kinds(block, lookup));
    } else if (sparseEnd) {
      int last = features.size() - 1;
      for (String name : features.subList(0, last)) {
        kinds.add(kind("features", name, lookup, "numbers before a sparse vector", NUMBERS));
      }

      String vectors = "vectors, as the model's input is sparse";
      kinds.add(kind("features", features.get(last), lookup, vectors, VECTORS));
    } else {
      kinds.addAll(kinds("features", features, lookup));
    }

    if (classNames.isEmpty()) {
      kinds.addAll(kinds("labels", labels, lookup));
    } else {
      kinds.add(ColumnKind.CLASS);
    }

    if (weight != null) {
      kinds.add(kind("weight", weight, lookup, "numbers", NUMBERS));
    }

    List<IdColumn> ids = block == null ? List.of() : block.ids();
    int firstId = block == null ? 0 : block.numeric().size();
    return new RowReader(
        names(),
        kinds,
        features.size(),
        labels.size(),
        weight != null,
        sparseEnd,
        new RowIds(firstId, ids),
        classNames);
  }

  private static List<ColumnKind> kinds(String role, List<String> names, ColumnLookup lookup) {
    return names.stream()
        .map(
            name ->
                names.size() > 1
                    ? kind(role, name, lookup, "numbers", NUMBERS)
                    : kind(role, name, lookup, "numbers, arrays of numbers or vectors", ALL))
        .toList();
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
          : ". Cast numbers with a query (double(%s)), index categories with Spark's StringIndexer, or hash them in a FeatureBlock"
              .formatted(name);
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
    /** An id, which is an integer or a string. */
    ID,
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
