package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.GRU;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns of arrays whose length a model leaves open. */
@Tag("spark")
class OpenLengthsSparkTest {

  private static final int ROWS = 24;
  private static final StructType SCHEMA =
      new StructType()
          .add("words", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("series", DataTypes.createArrayType(DataTypes.FloatType))
          .add("label", DataTypes.FloatType);

  private static float[][] words(int length) {
    float[][] words = new float[ROWS][length];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < length; i++) {
        words[row][i] = i < length - row % 2 ? 1 + (row * 3 + i) % 8 : 0;
      }
    }

    return words;
  }

  private static float[][] series(int length) {
    float[][] series = new float[ROWS][2 * length];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < series[row].length; i++) {
        series[row][i] = (row * 5 + i * 7) % 29 / 29f;
      }
    }

    return series;
  }

  private static float[][] labels() {
    float[][] labels = new float[ROWS][1];
    for (int row = 0; row < ROWS; row++) {
      labels[row][0] = row % 3;
    }

    return labels;
  }

  private static Dataset<Row> frame(SparkSession spark, int words, int steps) {
    float[][] ids = words(words);
    float[][] series = series(steps);
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      Integer[] tokens = new Integer[words];
      for (int i = 0; i < words; i++) {
        tokens[i] = (int) ids[row][i];
      }

      rows.add(RowFactory.create(tokens, series[row], labels()[row][0]));
    }

    return spark.createDataFrame(rows, SCHEMA).repartition(3);
  }

  private static Model model() {
    KerasTensor words = Input.of(InputLayer.OPEN).dtype("int32").name("words").output();
    KerasTensor series = Input.of(InputLayer.OPEN, 2).name("series").output();
    KerasTensor all =
        Concatenate.of()
            .call(
                GRU.of(3).call(Embedding.of(9, 4).maskZero(true).call(words)),
                GRU.of(2).call(series));
    Model model = new Model(List.of(words, series), List.of(Dense.of(1).call(all)));
    model.compile("adam", "mse");
    return model;
  }

  @Test
  void columnsTellTheLength(@TempDir Path folder) throws Exception {
    FitOptions options = FitOptions.builder().epochs(2).batchSize(8).shards(2).verbose(0).build();
    SparkSession spark = LocalSpark.session("local[2]");
    Model model = model();
    ShardedDataset data =
        ShardedDataset.of(frame(spark, 5, 4))
            .input("words", "words")
            .input("series", "series")
            .label("label");
    model.fit(data, options);
    Model local = model();
    local.fit(LocalData.of(Map.of("words", words(5), "series", series(4)), labels()), options);
    assertArrayEquals(local.getWeights(), model.getWeights());

    String file = folder.resolve("open.keras").toString();
    model.save(file);
    Model opened = Model.load(file);
    float[][] expected = model.predict(Map.of("words", words(7), "series", series(3)));
    List<Row> predicted =
        Predictions.of(opened)
            .addTo(frame(spark, 7, 3))
            .select("words", "series", "prediction")
            .collectAsList();
    assertEquals(ROWS, predicted.size());
    for (Row row : predicted) {
      int place = placeOf(row.getList(1));
      assertEquals(expected[place][0], row.getDouble(2), 1e-6);
    }
  }

  private static int placeOf(List<Float> values) {
    float[][] series = series(values.size() / 2);
    for (int row = 0; row < ROWS; row++) {
      boolean same = true;
      for (int i = 0; i < values.size(); i++) {
        same &= series[row][i] == values.get(i);
      }

      if (same) {
        return row;
      }
    }

    throw new AssertionError(values);
  }
}
