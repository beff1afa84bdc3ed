package io.firesteel.ml;

import io.firesteel.spark.internal.rows.ColumnLookup;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** The number of features of rows, by their metadata or else by their first row. */
final class FeatureCount {

  private FeatureCount() {}

  static int of(Dataset<Row> rows, Features features) {
    int known = features.width(rows.schema());
    if (known > 0) {
      return known;
    }

    String name = features.numbers().get(0);
    Column column = ColumnLookup.of(rows).find("features", name).column();
    List<Row> first = rows.select(column).limit(1).collectAsList();
    if (first.isEmpty()) {
      throw new IllegalArgumentException("The data set has no rows");
    }

    Object value = first.get(0).get(0);
    if (value == null) {
      throw new IllegalArgumentException("The column '%s' must not hold null".formatted(name));
    }

    return value instanceof Vector vector
        ? vector.size()
        : value instanceof Seq<?> array ? array.size() : 1;
  }
}
