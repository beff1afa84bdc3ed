package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.LossGoldens;
import io.firesteel.training.BatchOptions;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Losses over several batches on Spark, against Keras 3.15.1, whose numbers
 * src/test/python/golden_reductions.py wrote. Batches are those of Keras, for the rows are read in
 * their order.
 */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ReductionsSparkTest {

  static List<Config> cases() {
    return LossGoldens.configs(LossGoldens.read("reductions.json"), "cases");
  }

  private static ShardedDataset data(
      SparkSession spark, float[] features, float[] labels, float[] weights) {
    int width = features.length / labels.length;
    StructType schema = new StructType().add("id", DataTypes.IntegerType);
    for (int i = 0; i < width; i++) {
      schema = schema.add("x" + i, DataTypes.FloatType);
    }

    schema = schema.add("y", DataTypes.FloatType).add("w", DataTypes.FloatType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      List<Object> row = new ArrayList<>(List.of(i));
      for (int j = 0; j < width; j++) {
        row.add(features[i * width + j]);
      }

      row.add(labels[i]);
      row.add(weights == null ? 1f : weights[i]);
      rows.add(RowFactory.create(row.toArray()));
    }

    Dataset<Row> frame = spark.createDataFrame(rows, schema).repartition(3);
    String[] names = new String[width];
    for (int i = 0; i < width; i++) {
      names[i] = "x" + i;
    }

    ShardedDataset data = ShardedDataset.of(frame).features(names).label("y").orderBy("id");
    return weights == null ? data : data.weight("w");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluationsAndValidationsOnSparkAreThoseOfKeras(Config golden, SparkSession spark) {
    ConfigReader reader = golden.reader("golden");
    int batch = (int) reader.integer("batch");
    Sequential model = new Sequential().add(Dense.of((int) reader.integer("units")));
    model.build((int) reader.integer("width"));
    model.compile(SGD.builder().learningRate(0.0).build(), golden.get("loss"));
    model.variables().get(0).assign(LossGoldens.floats(golden, "kernel"));
    float[] weights = LossGoldens.nullableFloats(golden, "weights");
    float[] features = LossGoldens.floats(golden, "features");
    float[] labels = LossGoldens.floats(golden, "labels");
    ShardedDataset data = data(spark, features, labels, weights);

    assertClose(reader.number("evaluate"), model.evaluate(data, batch).get("loss"));
    FitOptions options =
        FitOptions.builder()
            .batchSize(batch)
            .epochs(1)
            .shuffle(false)
            .verbose(0)
            .validationData(data)
            .build();
    Map<String, Double> logs = model.fit(data, options).last();
    assertClose(reader.number("val_loss"), logs.get("val_loss"));
    assertClose(reader.number("train"), logs.get("loss"));
  }

  /** Each batch's sum, averaged by rows: (1 + 4 + 9 + 16) / 2; with weights (1 / 1, 48 / 3) / 2. */
  @Test
  void sumsOfBatchesAreAveragedByRows(SparkSession spark) {
    Sequential model = new Sequential().add(Dense.of(1).useBias(false));
    model.build(1);
    model.compile("sgd", Losses.get("mse", Map.of("reduction", "sum")));
    model.variables().get(0).assign(new float[] {1f});
    float[] features = {1, 2, 3, 4};
    ShardedDataset plain = data(spark, features, new float[4], null);
    assertEquals(15.0, model.evaluate(plain, 2).get("loss"));
    assertEquals(30.0, model.evaluate(plain, 4).get("loss"));
    model.compile("sgd", Losses.get("mse", Map.of("reduction", "mean_with_sample_weight")));
    ShardedDataset weighted = data(spark, features, new float[4], new float[] {1, 0, 0, 3});
    assertEquals(8.5, model.evaluate(weighted, 2).get("loss"));
    assertEquals(12.25, model.evaluate(weighted, 4).get("loss"));
  }

  /**
   * The last rows in the order they are given, in batches of Keras: rows 5 to 9 in batches of 2,
   * whose sums are 61, 113 and 81; averaged by rows (2 * 61 + 2 * 113 + 81) / 5.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePartThatIsSplitOffIsValidatedInTheBatchesOfKeras(boolean onSpark, SparkSession spark) {
    Sequential model = new Sequential().add(Dense.of(1).useBias(false));
    model.build(1);
    model.compile(
        SGD.builder().learningRate(0.0).build(), Losses.get("mse", Map.of("reduction", "sum")));
    model.variables().get(0).assign(new float[] {1f});
    float[] features = {1, 1, 1, 1, 1, 5, 6, 7, 8, 9};
    FitOptions options =
        FitOptions.builder()
            .batchSize(2)
            .epochs(1)
            .shuffle(false)
            .verbose(0)
            .validationSplit(0.5)
            .build();
    TrainingData data =
        onSpark
            ? data(spark, features, new float[10], null)
            : LocalData.of(column(features), column(new float[10]));
    assertEquals(85.8, model.fit(data, options).last().get("val_loss"), 1e-5);
    FitOptions first =
        FitOptions.builder()
            .batchSize(2)
            .shuffle(false)
            .verbose(0)
            .validationSplit(0.5)
            .validationBatchSize(3)
            .validationSteps(1)
            .build();
    assertEquals(110.0, model.fit(data, first).last().get("val_loss"), 1e-5);
    BatchOptions batches = BatchOptions.of(2).withSteps(3);
    assertEquals(10.0, model.evaluate(data, batches).get("loss"), 1e-5);
    List<String> heard = new ArrayList<>();
    Callback listener =
        new Callback() {
          @Override
          public void onTestBatchEnd(int batch, Map<String, Double> logs) {
            heard.add(batch + " " + logs.get("loss"));
          }

          @Override
          public String className() {
            return "Listener";
          }
        };
    model.evaluate(data, batches.withCallbacks(listener));
    assertEquals(onSpark ? List.of("0 10.0") : List.of("0 2.0", "1 2.0", "2 10.0"), heard);
  }

  /** Rows without an order are taken in one that depends on their content alone. */
  @Test
  void theFirstRowsWithoutAnOrderDependOnTheContentAlone(SparkSession spark) {
    Sequential model = new Sequential().add(Dense.of(1).useBias(false));
    model.build(1);
    model.compile("sgd", "mse");
    Dataset<Row> rows = spark.range(40).selectExpr("id as x", "0 as y");
    BatchOptions batches = BatchOptions.of(4).withSteps(3);
    List<Double> losses = new ArrayList<>();
    for (int partitions : new int[] {1, 5}) {
      ShardedDataset data =
          ShardedDataset.of(rows.repartition(partitions)).features("x").label("y");
      losses.add(model.evaluate(data, batches).get("loss"));
      assertNotEquals(model.evaluate(data).get("loss"), losses.get(0));
    }

    assertEquals(losses.get(0), losses.get(1));
  }

  /** Shuffled rows are split by their content, in the same way everywhere. */
  @Test
  void thePartOfShuffledRowsIsValidatedAsInMemory(SparkSession spark) {
    float[] features = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    FitOptions options =
        FitOptions.builder().batchSize(2).epochs(2).verbose(0).validationSplit(0.5).build();
    List<Double> losses = new ArrayList<>();
    for (TrainingData data :
        List.of(
            data(spark, features, new float[11], null),
            LocalData.of(column(features), column(new float[11])))) {
      Sequential model = new Sequential().add(Dense.of(1).useBias(false));
      model.build(1);
      model.compile(
          SGD.builder().learningRate(1e-4).build(), Losses.get("mse", Map.of("reduction", "sum")));
      model.variables().get(0).assign(new float[] {1f});
      losses.add(model.fit(data, options).last().get("val_loss"));
    }

    assertEquals(losses.get(1), losses.get(0));
  }

  private static float[][] column(float[] values) {
    float[][] rows = new float[values.length][];
    for (int i = 0; i < values.length; i++) {
      rows[i] = new float[] {values[i]};
    }

    return rows;
  }

  private static void assertClose(double expected, double actual) {
    assertEquals(expected, actual, 2e-6 * Math.max(1.0, Math.abs(expected)));
  }
}
