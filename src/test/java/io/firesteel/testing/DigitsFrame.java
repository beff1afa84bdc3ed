package io.firesteel.testing;

import java.util.stream.IntStream;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The bundled digits as a Spark data set: {@code pixel_0} to {@code pixel_63} and {@code digit}.
 */
public final class DigitsFrame {

  private DigitsFrame() {}

  /** Returns the rows of the file. */
  public static Dataset<Row> of(SparkSession spark) {
    return spark
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .csv("conf/data/digits.csv");
  }

  /** Returns the names of the columns of pixels. */
  public static String[] pixels() {
    return IntStream.range(0, 64).mapToObj(i -> "pixel_" + i).toArray(String[]::new);
  }

  /** Returns what makes a vector {@code features} of the pixels. */
  public static VectorAssembler assembler() {
    return new VectorAssembler().setInputCols(pixels()).setOutputCol("features");
  }

  /** Returns the rows with {@code features} and {@code digit} alone. */
  public static Dataset<Row> vectors(SparkSession spark) {
    return assembler().transform(of(spark)).select("features", "digit");
  }
}
