package io.firesteel.ml;

import io.firesteel.spark.internal.rows.ColumnLookup;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeType;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A column of labels that are classes: numbers from 0, or one-hot vectors or arrays. */
final class ClassLabels {

  private static final int UNKNOWN = -1;
  private static final int MOST_CLASSES = 100_000;

  private final String column;
  private final ColumnLookup.Found found;

  private ClassLabels(String column, ColumnLookup lookup) {
    this.column = column;
    this.found = lookup.find("labels", column);
  }

  /** Returns the labels of rows of a schema. */
  static ClassLabels of(StructType schema, String column) {
    return new ClassLabels(column, ColumnLookup.of(schema));
  }

  /** Returns the labels of rows. */
  static ClassLabels of(Dataset<Row> rows, String column) {
    return new ClassLabels(column, ColumnLookup.of(rows));
  }

  /** Returns the number of classes that the metadata tells, or -1. */
  int known() {
    StructField field = found.field();
    if (field.dataType() instanceof BooleanType) {
      return 2;
    }

    if (!(field.dataType() instanceof NumericType)) {
      return UNKNOWN;
    }

    Attribute attribute = Attribute.fromStructField(field);
    if (attribute.attrType().equals(AttributeType.Nominal())) {
      return orUnknown(((NominalAttribute) attribute).getNumValues());
    }

    return attribute instanceof BinaryAttribute ? 2 : UNKNOWN;
  }

  private static int orUnknown(scala.Option<Object> count) {
    return count.isDefined() ? (Integer) count.get() : UNKNOWN;
  }

  private boolean isNumber() {
    return found.type() instanceof NumericType || found.type() instanceof BooleanType;
  }

  /**
   * Checks what the metadata tells.
   *
   * @throws IllegalArgumentException if there are more classes than the model has
   */
  void requireKnown(int classes) {
    int known = known();
    if (known > classes) {
      throw new IllegalArgumentException(
          "labelCol: the column '%s' has %d classes by its metadata, the model has %d"
              .formatted(column, known, classes));
    }
  }

  /**
   * Returns the number of classes, from the metadata or else from the data: the greatest label and
   * one more, at least 2.
   */
  int count(Dataset<Row> rows) {
    int known = known();
    if (known > 0) {
      return Math.max(2, known);
    }

    if (!isNumber()) {
      throw new IllegalArgumentException(
          "labelCol: the column '%s' must hold class numbers. Received: %s"
              .formatted(column, found.type().catalogString()));
    }

    require(rows, MOST_CLASSES);
    Row most = rows.agg(functions.max(label())).first();
    return most.isNullAt(0) ? 2 : Math.max(2, (int) most.getDouble(0) + 1);
  }

  /**
   * Checks the labels of the rows, where they are numbers and no metadata vouches for them.
   *
   * @throws IllegalArgumentException for a label that is no class of the model, with its row
   */
  void require(Dataset<Row> rows, int classes) {
    if (!isNumber() || known() > 0) {
      return;
    }

    Column label = label();
    Column wrong = label.lt(0).or(label.geq(classes)).or(label.notEqual(functions.floor(label)));
    List<Row> first =
        rows.where(wrong)
            .limit(1)
            .select(found.column(), functions.struct(functions.col("*")))
            .collectAsList();
    if (!first.isEmpty()) {
      Row row = first.get(0);
      throw new IllegalArgumentException(
          "labelCol: the column '%s' must hold class numbers, whole from 0 to %d. Received: %s in the row %s"
              .formatted(column, classes - 1, row.get(0), shortened(row.getStruct(1))));
    }
  }

  private static String shortened(Row row) {
    String text = row.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  private Column label() {
    return found.column().cast(DataTypes.DoubleType);
  }

  /**
   * Returns the rows with labels as a loss takes them: class numbers one-hot where it wants a value
   * a class.
   *
   * @param width the values that the loss takes
   */
  Dataset<Row> prepared(Dataset<Row> rows, int width) {
    if (width == 1 || !isNumber()) {
      return rows;
    }

    UDF1<Double, float[]> oneHot =
        label -> {
          float[] values = new float[width];
          values[label.intValue()] = 1;
          return values;
        };
    Column label = label();
    return rows.withColumn(
        column,
        functions.when(
            label.isNotNull(),
            functions
                .udf(oneHot, DataTypes.createArrayType(DataTypes.FloatType, false))
                .apply(label)));
  }
}
