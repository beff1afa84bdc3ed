package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a {@link FeatureBlock} reads, in the order of an input row.
 *
 * @param numeric the columns of numbers
 * @param ids the columns of ids
 * @param sparse the column of sparse vectors, or null
 * @param sparseWidth the number of values of such a vector, with those that are zero
 */
public record FeatureColumns(
    List<String> numeric, List<IdColumn> ids, @Nullable String sparse, int sparseWidth) {

  static final FeatureColumns NONE = new FeatureColumns(List.of(), List.of(), null, 0);

  /** Creates the columns. */
  public FeatureColumns {
    numeric = List.copyOf(numeric);
    ids = List.copyOf(ids);
  }

  /** Returns the columns of the feature block that a model of layers begins with, or null. */
  public static @Nullable FeatureColumns of(List<Layer> layers) {
    for (Layer layer : layers) {
      if (!(layer instanceof InputLayer)) {
        return layer instanceof FeatureBlock block ? block.columns() : null;
      }
    }

    return null;
  }

  /** Returns the number of values of a row. */
  public int width() {
    return Math.addExact(numeric.size() + ids.size(), sparseWidth);
  }

  /** Returns the names of all columns, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>(numeric);
    ids.forEach(column -> names.add(column.column()));
    if (sparse != null) {
      names.add(sparse);
    }

    return names;
  }

  /** Returns the lengths of the ids' vectors. */
  List<Integer> dims() {
    return ids.stream().map(IdColumn::outputDim).toList();
  }

  void check() {
    List<String> names = names();
    if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException(
          "FeatureBlock: needs columns, each once. Received: " + names);
    }

    if (sparse != null) {
      Argument.integer("FeatureBlock", "width", 1, sparseWidth);
    }
  }

  static FeatureColumns read(ConfigReader reader) {
    List<IdColumn> ids = new ArrayList<>();
    for (Object column : reader.optionalList("ids")) {
      if (!(column instanceof Config fields)) {
        throw reader.invalid("ids", "a list of objects with 'column' and 'input_dim'");
      }

      ids.add(IdColumn.fromConfig(fields));
    }

    List<String> numeric = reader.any("numeric") == null ? List.of() : reader.strings("numeric");
    Config sparse = reader.nullableConfig("sparse");
    if (sparse == null) {
      return new FeatureColumns(numeric, ids, null, 0);
    }

    ConfigReader fields = sparse.reader("FeatureBlock.sparse");
    String column = fields.string("column");
    int width = IdColumn.int32(fields, "width");
    fields.finish();
    return new FeatureColumns(numeric, ids, column, width);
  }

  void putTo(Config.Builder config) {
    config.put("numeric", numeric).put("ids", ids.stream().map(IdColumn::toConfig).toList());
    config.put(
        "sparse",
        sparse == null
            ? null
            : Config.builder().put("column", sparse).put("width", sparseWidth).build());
  }
}
