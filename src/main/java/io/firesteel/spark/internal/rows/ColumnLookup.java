package io.firesteel.spark.internal.rows;

import io.firesteel.saving.Argument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * The columns of a data set by name, as Spark finds them: in any case of letters unless {@code
 * spark.sql.caseSensitive} is set, fields of structs behind a dot. A column that has the whole name
 * with its dots comes first.
 *
 * @param schema the schema
 * @param caseSensitive whether the case of letters matters
 */
public record ColumnLookup(StructType schema, boolean caseSensitive) {

  /**
   * A column that was found.
   *
   * @param name its name as the schema spells it
   * @param column the column
   * @param field its type and metadata
   */
  public record Found(String name, Column column, StructField field) {

    public DataType type() {
      return field.dataType();
    }
  }

  /** Returns the columns of a data set. */
  public static ColumnLookup of(Dataset<Row> dataset) {
    return new ColumnLookup(dataset.schema(), isCaseSensitive(dataset.sparkSession()));
  }

  /** Returns the columns of a schema under the settings of the session that is active. */
  public static ColumnLookup of(StructType schema) {
    Option<SparkSession> active = SparkSession.getActiveSession();
    Option<SparkSession> session = active.isEmpty() ? SparkSession.getDefaultSession() : active;
    return new ColumnLookup(schema, !session.isEmpty() && isCaseSensitive(session.get()));
  }

  private static boolean isCaseSensitive(SparkSession session) {
    return Boolean.parseBoolean(session.conf().get("spark.sql.caseSensitive", "false"));
  }

  /** Tells whether two names are the same. */
  public boolean same(String left, String right) {
    return caseSensitive ? left.equals(right) : left.equalsIgnoreCase(right);
  }

  /** Tells whether there is a column of that name. */
  public boolean has(String name) {
    return Arrays.stream(schema.fieldNames()).anyMatch(field -> same(field, name));
  }

  /**
   * Returns a column.
   *
   * @param role what it is for, for errors
   * @throws IllegalArgumentException if it is missing or ambiguous
   */
  public Found find(String role, String name) {
    List<StructField> fields = fields(schema, name);
    if (fields.isEmpty()) {
      return nested(role, name);
    }

    if (fields.size() > 1) {
      throw wrong(role, name, "ambiguous");
    }

    StructField field = fields.get(0);
    return new Found(field.name(), RowColumns.column(field.name()), field);
  }

  private Found nested(String role, String name) {
    String[] parts = name.split("\\.", -1);
    List<StructField> fields = fields(schema, parts[0]);
    List<String> names = new ArrayList<>();
    Column column = null;
    for (int i = 1; i < parts.length && fields.size() == 1; i++) {
      StructField outer = fields.get(0);
      names.add(outer.name());
      column = column == null ? RowColumns.column(outer.name()) : column.getField(outer.name());
      fields = outer.dataType() instanceof StructType struct ? fields(struct, parts[i]) : List.of();
    }

    if (column == null || fields.size() != 1) {
      throw wrong(role, name, fields.size() > 1 ? "ambiguous" : "missing");
    }

    StructField last = fields.get(0);
    names.add(last.name());
    return new Found(String.join(".", names), column.getField(last.name()), last);
  }

  private List<StructField> fields(StructType struct, String name) {
    return Arrays.stream(struct.fields()).filter(field -> same(field.name(), name)).toList();
  }

  private IllegalArgumentException wrong(String role, String name, String problem) {
    List<String> existing = Arrays.asList(schema.fieldNames());
    String nearest = problem.equals("missing") ? Argument.didYouMean(name, existing) : "";
    return new IllegalArgumentException(
        "The column '%s' of %s is %s. Columns: %s%s"
            .formatted(
                name,
                role,
                problem,
                String.join(", ", existing),
                nearest.isEmpty() ? "" : "." + nearest));
  }
}
