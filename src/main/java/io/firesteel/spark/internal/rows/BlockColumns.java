package io.firesteel.spark.internal.rows;

import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.FeatureColumns;
import io.firesteel.layers.IdColumn;
import io.firesteel.layers.IdColumn.Encoding;
import io.firesteel.layers.Layer;
import io.firesteel.spark.internal.rows.RowColumns.ColumnKind;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.jspecify.annotations.Nullable;

/** The columns that a {@link FeatureBlock} reads. */
public final class BlockColumns {

  private static final String ROLE = "features";

  private BlockColumns() {}

  /**
   * Returns the columns of the feature block that a model begins with.
   *
   * @throws IllegalArgumentException if it begins with another layer
   */
  public static FeatureColumns required(String model, List<Layer> layers) {
    FeatureColumns columns = FeatureColumns.of(layers);
    if (columns == null) {
      throw new IllegalArgumentException(
          "The model %s does not begin with a FeatureBlock, which names its columns: name the columns of features"
              .formatted(model));
    }

    return columns;
  }

  /**
   * Checks that data was read as a model's feature block says.
   *
   * @throws IllegalArgumentException if not
   */
  public static void require(List<Layer> layers, @Nullable FeatureColumns given) {
    FeatureColumns wanted = FeatureColumns.of(layers);
    if (wanted != null && !wanted.equals(given)) {
      throw new IllegalArgumentException(
          "A model that begins with a FeatureBlock needs data of its columns: set featuresOf(model). Columns: %s. Received: %s"
              .formatted(wanted.names(), given == null ? "features(...)" : given.names()));
    }

    if (wanted == null && given != null) {
      throw new IllegalArgumentException(
          "Data of featuresOf(model) is for models that begin with the same FeatureBlock. Columns: "
              + given.names());
    }
  }

  /**
   * Returns how the columns hold their values.
   *
   * @throws IllegalArgumentException if a column is missing, is there twice or is of a wrong type
   */
  static List<ColumnKind> kinds(FeatureColumns columns, ColumnLookup lookup) {
    List<ColumnKind> kinds = new ArrayList<>();
    for (String name : columns.numeric()) {
      DataType type = lookup.find(ROLE, name).type();
      kinds.add(
          required(
              type instanceof NumericType || type instanceof BooleanType,
              ColumnKind.NUMBER,
              name,
              "numbers",
              type));
    }

    for (IdColumn ids : columns.ids()) {
      DataType type = lookup.find(ROLE, ids.column()).type();
      boolean hashed = ids.encoding() == Encoding.HASHED;
      boolean fits = isInteger(type) || (hashed && type instanceof StringType);
      String needed = hashed ? "integers or strings, as ids" : "integers, as ids that are indices";
      kinds.add(required(fits, ColumnKind.ID, ids.column(), needed, type));
    }

    String sparse = columns.sparse();
    if (sparse != null) {
      DataType type = lookup.find(ROLE, sparse).type();
      boolean vector = ColumnKind.of(type) == ColumnKind.VECTOR;
      kinds.add(required(vector, ColumnKind.VECTOR, sparse, "vectors", type));
    }

    return kinds;
  }

  private static boolean isInteger(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  private static ColumnKind required(
      boolean fits, ColumnKind kind, String name, String needed, DataType type) {
    if (!fits) {
      throw new IllegalArgumentException(
          "The column '%s' of features must hold %s. Received: %s"
              .formatted(name, needed, type.catalogString()));
    }

    return kind;
  }
}
