package io.firesteel.spark.datasets;

import io.firesteel.tensor.RandomStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Made-up clicks on advertisements: {@code label} 0 or 1, numeric columns {@code I1}, {@code I2},
 * ..., and id columns {@code C1}, {@code C2}, ... of which a few ids are frequent and most are
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

  /** Makes the clicks of row numbers. */
  static final class ClickRows implements MapPartitionsFunction<Long, Row> {

    private static final long serialVersionUID = 1L;

    /** How the features of a click stand in a row. */
    enum Form {
      COLUMNS,
      VECTOR
    }

    private static final long NUMERIC_FIELD = -1;
    private static final double BIAS = -1.2;
    private static final double LINEAR = 0.35;
    private static final double FACTOR = 0.7;
    private static final int FACTORS = 4;

    private final int numeric;
    private final int[] vocabularies;
    private final long seed;
    private final Form form;
    private final double[] logSizes;

    ClickRows(int numeric, int[] vocabularies, long seed, Form form) {
      this.numeric = numeric;
      this.vocabularies = vocabularies;
      this.seed = seed;
      this.form = form;
      this.logSizes = new double[vocabularies.length];
      for (int f = 0; f < logSizes.length; f++) {
        logSizes[f] = StrictMath.log(vocabularies[f] + 1.0);
      }
    }

    @Override
    public Iterator<Row> call(Iterator<Long> numbers) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return numbers.hasNext();
        }

        @Override
        public Row next() {
          return row(numbers.next());
        }
      };
    }

    private Row row(long number) {
      RandomStream random = RandomStream.of(seed, number);
      float[] values = new float[numeric];
      int[] ids = new int[vocabularies.length];
      for (int i = 0; i < numeric; i++) {
        values[i] = (float) random.nextGaussian();
      }

      for (int f = 0; f < ids.length; f++) {
        double rank = StrictMath.exp(random.nextDouble() * logSizes[f]);
        ids[f] = Math.min((int) rank, vocabularies[f]) - 1;
      }

      double probability = 1.0 / (1.0 + StrictMath.exp(-logit(values, ids)));
      int label = random.nextDouble() < probability ? 1 : 0;
      return form == Form.COLUMNS ? columns(label, values, ids) : vector(label, values, ids);
    }

    private double logit(float[] values, int[] ids) {
      double logit = BIAS;
      for (int i = 0; i < numeric; i++) {
        logit += LINEAR * symmetric(RandomStream.of(seed, NUMERIC_FIELD, i)) * values[i];
      }

      double[] left = new double[FACTORS];
      for (int f = 0; f < ids.length; f++) {
        RandomStream ofId = RandomStream.of(seed, NUMERIC_FIELD - 1 - f, ids[f]);
        logit += LINEAR * symmetric(ofId);
        for (int k = 0; k < FACTORS; k++) {
          double factor = FACTOR * symmetric(ofId);
          logit += f % 2 == 1 ? left[k] * factor : 0.0;
          left[k] = factor;
        }
      }

      return logit;
    }

    private static double symmetric(RandomStream random) {
      return 2.0 * random.nextDouble() - 1.0;
    }

    private static Row columns(int label, float[] values, int[] ids) {
      Object[] cells = new Object[1 + values.length + ids.length];
      cells[0] = label;
      for (int i = 0; i < values.length; i++) {
        cells[1 + i] = values[i];
      }

      for (int f = 0; f < ids.length; f++) {
        cells[1 + values.length + f] = ids[f];
      }

      return RowFactory.create(cells);
    }

    private Row vector(int label, float[] values, int[] ids) {
      int[] indices = new int[values.length + ids.length];
      double[] entries = new double[indices.length];
      for (int i = 0; i < values.length; i++) {
        indices[i] = i;
        entries[i] = values[i];
      }

      int first = values.length;
      for (int f = 0; f < ids.length; f++) {
        indices[values.length + f] = first + ids[f];
        entries[values.length + f] = 1.0;
        first += vocabularies[f];
      }

      return RowFactory.create(label, Vectors.sparse(first, indices, entries));
    }
  }
}
