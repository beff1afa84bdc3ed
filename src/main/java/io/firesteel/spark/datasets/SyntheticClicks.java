package io.firesteel.spark.datasets;

import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.IdColumn;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Clicks that somebody might have made: {@code label} 0 or 1, numeric columns {@code I1}, {@code
 * I2}, ..., and id columns {@code C1}, {@code C2}, ... of which a few ids are frequent and most are
 * rare, in proportion to 1 / (id + 1). On request there is the same as one sparse vector {@code
 * features}, one-hot, for MLlib.
 *
 * <pre>{@code
 * Dataset<Row> clicks = SyntheticClicks.of(100_000).categorical(26, 1_000_000).toDataset(spark);
 * Dataset<Row> heldOut = SyntheticClicks.of(20_000).categorical(26, 1_000_000).firstRow(100_000).toDataset(spark);
 * }</pre>
 *
 * <p>A label is drawn with the probability sigmoid(b + w x + sum_f w_f(c_f) + sum over neighbours
 * (1st and 2nd, 3rd and 4th, ...) of v_f(c_f) v_g(c_g)), so there is something that a linear model
 * can't learn. A row depends on the seed and its number alone, whatever the partitions; different
 * row numbers of one seed are drawn from the same distribution.
 */
public final class SyntheticClicks {

  private final long rows;
  private final int numeric;
  private final int categorical;
  private final int features;
  private final long seed;
  private final long firstRow;

  private SyntheticClicks(
      long rows, int numeric, int categorical, int features, long seed, long firstRow) {
    this.rows = rows;
    this.numeric = numeric;
    this.categorical = categorical;
    this.features = features;
    this.seed = seed;
    this.firstRow = firstRow;
    if (rows < 1 || firstRow < 0 || numeric < 0 || categorical < 1) {
      throw new IllegalArgumentException(
          "SyntheticClicks needs rows and id columns. Received: rows=%d, first_row=%d, numeric=%d, categorical=%d"
              .formatted(rows, firstRow, numeric, categorical));
    }

    if (features < 2 * categorical || features > 1 << 30) {
      throw new IllegalArgumentException(
          "SyntheticClicks needs at least two ids a column, and at most 2^30 in all. Received: features=%d for %d columns"
              .formatted(features, categorical));
    }
  }

  /** Returns so many clicks of 13 numeric columns and 26 id columns of 10,000 ids in all. */
  public static SyntheticClicks of(long rows) {
    return new SyntheticClicks(rows, 13, 26, 10_000, 0, 0);
  }

  /** Returns these clicks with another number of numeric columns. */
  public SyntheticClicks numeric(int columns) {
    return new SyntheticClicks(rows, columns, categorical, features, seed, firstRow);
  }

  /**
   * Returns these clicks with other id columns.
   *
   * @param columns their number
   * @param ids the number of ids of all columns together, of which the first column has most
   */
  public SyntheticClicks categorical(int columns, int ids) {
    return new SyntheticClicks(rows, numeric, columns, ids, seed, firstRow);
  }

  /** Returns the clicks of another seed, whose model is another one, too. */
  public SyntheticClicks seed(long value) {
    return new SyntheticClicks(rows, numeric, categorical, features, value, firstRow);
  }

  /** Returns the clicks from a row number on, such as those behind others. */
  public SyntheticClicks firstRow(long value) {
    return new SyntheticClicks(rows, numeric, categorical, features, seed, value);
  }

  /** Returns the number of ids of each id column: the share of the f-th is in proportion to 1/f. */
  public int[] vocabularies() {
    double harmonic = IntStream.rangeClosed(1, categorical).mapToDouble(f -> 1.0 / f).sum();
    int[] sizes = new int[categorical];
    for (int f = 1; f < categorical; f++) {
      sizes[f] = 2 + (int) ((features - 2 * categorical) / (harmonic * (f + 1)));
    }

    sizes[0] = features - Arrays.stream(sizes).sum();
    return sizes;
  }

  /**
   * Returns the feature block of these columns.
   *
   * @param outputDim the length of an id's vector
   */
  public FeatureBlock featureBlock(int outputDim) {
    int[] sizes = vocabularies();
    return FeatureBlock.of()
        .numeric(names("I", numeric))
        .ids(
            IntStream.range(0, categorical)
                .mapToObj(f -> IdColumn.of("C" + (f + 1), sizes[f], outputDim))
                .toArray(IdColumn[]::new));
  }

  private static String[] names(String prefix, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  /** Returns the clicks as columns of {@code label}, numbers and ids. */
  public Dataset<Row> toDataset(SparkSession spark) {
    StructType schema = new StructType().add("label", DataTypes.IntegerType, false);
    for (String name : names("I", numeric)) {
      schema = schema.add(name, DataTypes.FloatType, false);
    }

    for (String name : names("C", categorical)) {
      schema = schema.add(name, DataTypes.IntegerType, false);
    }

    return dataset(spark, schema, ClickRows.Form.COLUMNS);
  }

  /**
   * Returns the clicks as {@code label} and a sparse vector {@code features}: the numbers, then a 1
   * at the place of each id, each column in its own range.
   */
  public Dataset<Row> toVectors(SparkSession spark) {
    StructType schema =
        new StructType()
            .add("label", DataTypes.IntegerType, false)
            .add("features", SQLDataTypes.VectorType(), false);
    return dataset(spark, schema, ClickRows.Form.VECTOR);
  }

  private Dataset<Row> dataset(SparkSession spark, StructType schema, ClickRows.Form form) {
    return spark
        .range(firstRow, firstRow + rows)
        .mapPartitions(new ClickRows(numeric, vocabularies(), seed, form), Encoders.row(schema));
  }
}
