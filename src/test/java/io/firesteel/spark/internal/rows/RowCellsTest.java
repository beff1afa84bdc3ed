package io.firesteel.spark.internal.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.spark.internal.rows.RowCells.InnerCells;
import io.firesteel.spark.internal.rows.RowCells.ObjectCells;
import io.firesteel.spark.internal.rows.RowCells.VectorValues;
import io.firesteel.spark.internal.seam.InnerRow;
import io.firesteel.testing.LocalSpark;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both forms of a row hold the same. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class RowCellsTest {

  private static final Map<DataType, Number> NUMBERS =
      Map.of(
          DataTypes.ByteType,
          (byte) -3,
          DataTypes.ShortType,
          (short) 300,
          DataTypes.IntegerType,
          -70_000,
          DataTypes.LongType,
          (1L << 53) + 1,
          DataTypes.FloatType,
          0.1f,
          DataTypes.DoubleType,
          0.1,
          DataTypes.createDecimalType(12, 3),
          new BigDecimal("-123456789.125"),
          DataTypes.createDecimalType(30, 4),
          new BigDecimal("12345678901234567890.1234"));

  /** Returns something of a row. */
  private interface SerializableFunction extends Function<RowCells, Object>, Serializable {}

  /** Returns what a function sees in the only cell of a row, in both forms. */
  private static Map<String, Object> seen(
      SparkSession spark, DataType type, Object value, SerializableFunction function) {
    Dataset<Row> rows =
        spark
            .createDataFrame(List.of(RowFactory.create(value)), new StructType().add("a", type))
            .repartition(1);
    Map<String, Object> seen = new TreeMap<>();
    seen.put("object", function.apply(new ObjectCells(rows.head())));
    JavaRDD<Object> inner =
        InnerRow.mapPartitions(
            rows,
            part -> {
              List<Object> found = new ArrayList<>();
              part.forEachRemaining(each -> found.add(function.apply(new InnerCells(each))));
              return found.iterator();
            });
    inner.collect().forEach(of -> seen.put("inner", of));
    return seen;
  }

  private static Map<String, Object> both(Object expected) {
    return new TreeMap<>(Map.of("object", expected, "inner", expected));
  }

  @Test
  void numbersOfAnyType(SparkSession spark) {
    NUMBERS.forEach(
        (type, number) ->
            assertEquals(
                both(number.doubleValue()),
                seen(spark, type, number, cells -> cells.number(0)),
                type.catalogString()));
  }

  @Test
  void arraysOfAnyType(SparkSession spark) {
    NUMBERS.forEach(
        (type, number) ->
            assertEquals(
                both("2 [0.0, %s, NaN]".formatted((float) number.doubleValue())),
                seen(
                    spark,
                    DataTypes.createArrayType(type),
                    Arrays.asList(number, null),
                    RowCellsTest::array),
                type.catalogString()));
  }

  private static String array(RowCells cells) {
    float[] target = new float[3];
    cells.copyArray(0, target, 1);
    return cells.length(0) + " " + Arrays.toString(target);
  }

  @Test
  void vectorsOfBothLibraries(SparkSession spark) {
    int[] indices = {1, 3};
    double[] values = {0.5, -0.0};
    List<Object> vectors =
        List.of(
            Vectors.dense(values),
            Vectors.sparse(5, indices, values),
            org.apache.spark.mllib.linalg.Vectors.dense(values),
            org.apache.spark.mllib.linalg.Vectors.sparse(5, indices, values));
    List<Object> texts = new ArrayList<>();
    for (Object vector : vectors) {
      boolean ml = vector instanceof org.apache.spark.ml.linalg.Vector;
      DataType type = ml ? SQLDataTypes.VectorType() : new VectorUDT();
      Map<String, Object> seen = seen(spark, type, vector, RowCellsTest::vector);
      texts.add(seen.get("inner"));
      assertEquals(both(texts.get(texts.size() - 1)), seen);
    }

    String dense = "2 false null [0.5, -0.0]";
    String sparse = "5 true [1, 3] [0.5, -0.0]";
    assertEquals(List.of(dense, sparse, dense, sparse), texts);
  }

  private static String vector(RowCells cells) {
    VectorValues vector = cells.vector(0);
    assertEquals(cells.length(0), vector.size());
    return "%d %s %s %s"
        .formatted(
            vector.size(),
            vector.isSparse(),
            Arrays.toString(vector.indices()),
            Arrays.toString(vector.values()));
  }

  @Test
  void texts(SparkSession spark) {
    assertEquals(both("käse"), seen(spark, DataTypes.StringType, "käse", cells -> cells.text(0)));
  }

  @Test
  void emptyCellsAndWholeRows(SparkSession spark) {
    for (DataType type :
        List.of(DataTypes.LongType, DataTypes.StringType, SQLDataTypes.VectorType())) {
      assertEquals(
          both("true [null]"),
          seen(spark, type, null, cells -> cells.isNull(0) + " " + cells.row()));
    }

    assertEquals(
        both("false [(3,[1],[2.0])]"),
        seen(
            spark,
            SQLDataTypes.VectorType(),
            Vectors.sparse(3, new int[] {1}, new double[] {2}),
            cells -> cells.isNull(0) + " " + cells.row()));
  }
}
