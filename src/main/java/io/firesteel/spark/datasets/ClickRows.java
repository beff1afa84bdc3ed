package io.firesteel.spark.datasets;

import io.firesteel.tensor.RandomStream;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Makes the clicks of row numbers. */
final class ClickRows implements MapPartitionsFunction<Long, Row> {

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
