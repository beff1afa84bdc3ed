package io.firesteel.testing;

import io.firesteel.tensor.RandomStream;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Seeded rows of sparse features with a label 0 or 1 that some of them plant, and a weight. */
public final class SparseExamples {

  private final int width;
  private final int[][] indices;
  private final float[][] values;
  private final float[] labels;
  private final float[] weights;

  /** Makes rows of at most so many entries. */
  public SparseExamples(int rows, int width, int entries) {
    this.width = width;
    this.indices = new int[rows][];
    this.values = new float[rows][];
    this.labels = new float[rows];
    this.weights = new float[rows];
    RandomStream random = RandomStream.of(7, width);
    for (int row = 0; row < rows; row++) {
      indices[row] = ascending(random, random.nextInt(entries + 1));
      values[row] = new float[indices[row].length];
      float score = -0.25f;
      for (int k = 0; k < values[row].length; k++) {
        values[row][k] = random.nextFloat() - 0.4f;
        score += (indices[row][k] % 3 - 1) * values[row][k];
      }

      labels[row] = score > 0 ? 1 : 0;
      weights[row] = 0.5f + random.nextFloat();
    }
  }

  private int[] ascending(RandomStream random, int count) {
    return IntStream.generate(() -> random.nextInt(width))
        .limit(count)
        .sorted()
        .distinct()
        .toArray();
  }

  /** Returns the rows in memory. */
  public LocalData local() {
    return LocalData.ofSparse(width, indices, values, labels);
  }

  /** Returns the rows in memory with the first so many features as dense columns. */
  public LocalData localWithColumns(int columns) {
    float[][] before = new float[indices.length][columns];
    int[][] rest = new int[indices.length][];
    float[][] restValues = new float[indices.length][];
    for (int row = 0; row < indices.length; row++) {
      int first = 0;
      while (first < indices[row].length && indices[row][first] < columns) {
        before[row][indices[row][first]] = values[row][first];
        first++;
      }

      rest[row] = Arrays.stream(indices[row]).skip(first).map(i -> i - columns).toArray();
      restValues[row] = Arrays.copyOfRange(values[row], first, values[row].length);
    }

    return LocalData.ofSparse(before, width - columns, rest, restValues, labels);
  }

  /** Returns the weights of the rows. */
  public float[] weights() {
    return weights;
  }

  /** Returns the features with all zeros. */
  public float[][] dense() {
    float[][] dense = new float[indices.length][width];
    for (int row = 0; row < dense.length; row++) {
      for (int k = 0; k < indices[row].length; k++) {
        dense[row][indices[row][k]] = values[row][k];
      }
    }

    return dense;
  }

  /** Returns the labels. */
  public float[] labels() {
    return labels;
  }

  /** Returns the rows as columns {@code features}, {@code label} and {@code weight}. */
  public Dataset<Row> on(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < labels.length; row++) {
      double[] doubles = new double[values[row].length];
      for (int k = 0; k < doubles.length; k++) {
        doubles[k] = values[row][k];
      }

      rows.add(
          RowFactory.create(
              Vectors.sparse(width, indices[row], doubles), labels[row], weights[row]));
    }

    return spark.createDataFrame(
        rows,
        new StructType(
            new StructField[] {
              DataTypes.createStructField("features", SQLDataTypes.VectorType(), false),
              DataTypes.createStructField("label", DataTypes.FloatType, false),
              DataTypes.createStructField("weight", DataTypes.FloatType, false)
            }));
  }
}
