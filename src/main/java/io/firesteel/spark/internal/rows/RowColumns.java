package io.firesteel.spark.internal.rows;

import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.FeatureColumns;
import io.firesteel.layers.IdColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
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
 */
public record RowColumns(
    List<String> features,
    List<String> labels,
    @Nullable String weight,
    boolean sparseEnd,
    @Nullable FeatureColumns block) {

  private static final Set<ColumnKind> NUMBERS = Set.of(ColumnKind.NUMBER);
  private static final Set<ColumnKind> VECTORS = Set.of(ColumnKind.VECTOR);
  private static final Set<ColumnKind> ALL = Set.of(ColumnKind.values());

  /** No columns, which are still to be named. */
  public static final RowColumns NONE = new RowColumns(List.of(), List.of(), null, false, null);

  public RowColumns {
    requireDistinct("features", features);
    requireDistinct("labels", labels);
  }

  public RowColumns withFeatures(List<String> names) {
    return new RowColumns(names, labels, weight, sparseEnd, null);
  }

  public RowColumns withFeatures(FeatureColumns columns) {
    return new RowColumns(columns.names(), labels, weight, sparseEnd, columns);
  }

  public RowColumns withLabels(List<String> names) {
    return new RowColumns(features, names, weight, sparseEnd, block);
  }

  public RowColumns withWeight(String name) {
    return new RowColumns(features, labels, name, sparseEnd, block);
  }

  public RowColumns withSparseEnd() {
    return new RowColumns(features, labels, weight, true, block);
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

  /** Returns the columns to select, in the order of {@link #names}. */
  public Column[] select() {
    return names().stream().map(RowColumns::column).toArray(Column[]::new);
  }

  /** Returns a column by its exact name, be there dots in it or not. */
  public static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /**
   * Returns a reader of rows with these columns.
   *
   * @throws IllegalArgumentException if a column is missing, is there twice or holds no numbers
   */
  public RowReader reader(StructType schema) {
    List<ColumnKind> kinds = new ArrayList<>();
    if (block != null) {
      kinds.addAll(BlockColumns.kinds(block, schema));
    } else if (sparseEnd) {
      int last = features.size() - 1;
      for (String name : features.subList(0, last)) {
        kinds.add(kind("features", name, schema, "numbers before a sparse vector", NUMBERS));
      }

      String vectors = "vectors, as the model's input is sparse";
      kinds.add(kind("features", features.get(last), schema, vectors, VECTORS));
    } else {
      kinds.addAll(kinds("features", features, schema));
    }

    kinds.addAll(kinds("labels", labels, schema));
    if (weight != null) {
      kinds.add(kind("weight", weight, schema, "numbers", NUMBERS));
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
        new RowIds(firstId, ids));
  }

  private static List<ColumnKind> kinds(String role, List<String> names, StructType schema) {
    return names.stream()
        .map(
            name ->
                names.size() > 1
                    ? kind(role, name, schema, "numbers", NUMBERS)
                    : kind(role, name, schema, "numbers, arrays of numbers or vectors", ALL))
        .toList();
  }

  private static ColumnKind kind(
      String role, String name, StructType schema, String expected, Set<ColumnKind> allowed) {
    DataType type = type(role, name, schema);
    ColumnKind kind = ColumnKind.of(type);
    if (kind == null || !allowed.contains(kind)) {
      throw new IllegalArgumentException(
          "The column '%s' of %s must hold %s. Received: %s"
              .formatted(name, role, expected, type.catalogString()));
    }

    return kind;
  }

  /** Returns the type of a column that must be there exactly once. */
  static DataType type(String role, String name, StructType schema) {
    List<String> existing = Arrays.asList(schema.fieldNames());
    int count = Collections.frequency(existing, name);
    if (count != 1) {
      throw new IllegalArgumentException(
          "The column '%s' of %s is %s. Columns: %s"
              .formatted(
                  name, role, count == 0 ? "missing" : "ambiguous", String.join(", ", existing)));
    }

    return schema.fields()[existing.indexOf(name)].dataType();
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
    ID;

    static @Nullable ColumnKind of(DataType type) {
      if (type instanceof NumericType) {
        return NUMBER;
      }

      if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
        return ARRAY;
      }

      boolean vector = type.equals(SQLDataTypes.VectorType()) || type instanceof VectorUDT;
      return vector ? VECTOR : null;
    }
  }
}
