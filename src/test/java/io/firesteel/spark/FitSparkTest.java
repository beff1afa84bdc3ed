package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.SwapEMAWeights;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Reshape;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.AdamW;
import io.firesteel.testing.Digits;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.InterruptAfter.Interruption;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole fit: in memory, on Spark, and on Spark with an interruption, is one result. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class FitSparkTest {

  private static Sequential model() {
    Sequential model =
        new Sequential()
            .seed(3)
            .add(Dense.of(16).activation("relu").inputShape(64))
            .add(BatchNormalization.of().momentum(0.9))
            .add(Dropout.of(0.2))
            .add(Dense.of(10).activation("softmax"));
    model.compile(
        AdamW.builder().learningRate(0.01).useEma(true).gradientAccumulationSteps(2).build(),
        "sparse_categorical_crossentropy",
        "accuracy");
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder()
        .epochs(3)
        .batchSize(300)
        .seed(3)
        .validationSplit(0.1)
        .callbacks(EarlyStopping.builder().patience(5).restoreBestWeights(true).build())
        .verbose(0);
  }

  private static TrainingData digits(SparkSession spark) {
    Column[] pixels = new Column[64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = functions.col("pixel_" + i).divide(16);
    }

    return ShardedDataset.of(
            spark
                .read()
                .option("header", true)
                .option("inferSchema", true)
                .csv("conf/data/digits.csv")
                .select(functions.array(pixels).as("pixels"), functions.col("digit")))
        .features("pixels")
        .label("digit");
  }

  @Test
  void classWeightsAndAveragedValidationGiveOneResultToo(SparkSession spark) {
    FitOptions.Builder options =
        options()
            .epochs(2)
            .classWeight(Map.of(0, 0.5, 7, 2.5))
            .callbacks(SwapEMAWeights.swapOnEpoch());
    Sequential inMemory = model();
    Sequential plain = model();
    plain.fit(Digits.all(), options().epochs(2).build());
    String expected = outcome(inMemory, inMemory.fit(Digits.all(), options.build()));
    Sequential onSpark = model();
    assertEquals(expected, outcome(onSpark, onSpark.fit(digits(spark), options.build())));
    assertNotEquals(plain.weightsSha256(), inMemory.weightsSha256());
  }

  @Test
  void aColumnOfOneWeightATimeStepGivesTheResultOfMemory(SparkSession spark) {
    float[][] x = new float[20][];
    float[][] y = new float[20][];
    float[][] w = new float[20][];
    for (int i = 0; i < x.length; i++) {
      x[i] = new float[] {i / 8f, i % 3, 1, -i / 8f};
      y[i] = new float[] {i % 2, 1 - i % 2};
      w[i] = new float[] {i % 4, 2 - i % 3};
    }

    Dataset<Row> rows =
        spark
            .range(20)
            .selectExpr(
                "array(float(id / 8), id % 3, 1, float(-id / 8)) as x",
                "array(id % 2, 1 - id % 2) as y", "array(id % 4, 2 - id % 3) as w");
    TrainingData onSpark = ShardedDataset.of(rows).features("x").label("y").weight("w");
    TrainingData inMemory = LocalData.of(x, y).weights(w);
    String expected = outcomeOfSequences(inMemory);
    assertEquals(expected, outcomeOfSequences(onSpark));
    assertNotEquals(expected, outcomeOfSequences(LocalData.of(x, y)));
    assertEquals(inMemory.fingerprint(), onSpark.fingerprint());
  }

  @Test
  void anArrayOfTheWeightsOfEachOutputGivesTheResultOfMemory(SparkSession spark) {
    float[][] x = new float[20][];
    float[][] labels = new float[20][1];
    float[][] ofP = new float[20][];
    float[][] ofQ = new float[20][];
    for (int i = 0; i < x.length; i++) {
      x[i] = new float[] {i / 8f};
      labels[i][0] = i % 2;
      ofP[i] = new float[] {i % 4};
      ofQ[i] = new float[] {2 - i % 3};
    }

    Dataset<Row> rows =
        spark
            .range(20)
            .selectExpr("float(id / 8) as x", "id % 2 as y", "array(id % 4, 2 - id % 3) as w");
    TrainingData onSpark =
        ShardedDataset.of(rows).input("x", "x").output("p", "y").output("q", "y").weight("w");
    LocalData plain = LocalData.of(Map.of("x", x), Map.of("p", labels, "q", labels));
    String expected = outcomeOfTwo(plain.weights(Map.of("q", ofQ, "p", ofP)));
    assertEquals(expected, outcomeOfTwo(onSpark));
    assertNotEquals(expected, outcomeOfTwo(plain));
  }

  private static String outcomeOfTwo(TrainingData data) {
    KerasTensor x = Input.of(1).name("x").output();
    Model model =
        new Model(
            "two",
            List.of(x),
            List.of(Dense.of(1).name("p").call(x), Dense.of(1).name("q").call(x)));
    model.compile("sgd", List.of("mse", "mae"));
    FitOptions options = FitOptions.builder().epochs(2).batchSize(6).shards(3).verbose(0).build();
    History history = model.fit(data, options);
    return model.weightsSha256() + history.history();
  }

  private static String outcomeOfSequences(TrainingData data) {
    Sequential model = new Sequential().add(Reshape.of(2, 2).inputShape(4)).add(Dense.of(1));
    model.compile("sgd", "mse", List.of("mae"), List.of("mae"));
    FitOptions options = FitOptions.builder().epochs(2).batchSize(6).shards(3).verbose(0).build();
    return outcome(model, model.fit(data, options));
  }

  @Test
  void weightsThatAreAllZeroAreRefused(SparkSession spark) {
    TrainingData data =
        ShardedDataset.of(spark.range(20).selectExpr("id as x", "id % 10 as y", "0 * id as w"))
            .features("x")
            .label("y")
            .weight("w");
    Sequential model = new Sequential().add(Dense.of(10).activation("softmax").inputShape(1));
    model.compile("sgd", "sparse_categorical_crossentropy");
    assertEquals(
        "The weights must not all be 0. Received data in which no row has another weight",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.fit(data, FitOptions.builder().verbose(0).build()))
            .getMessage());
  }

  private static String outcome(Sequential model, History history) {
    return model.weightsSha256() + history.history();
  }

  @Test
  void memoryAndSparkGiveOneResultInterruptedOrNot(SparkSession spark, @TempDir Path folder) {
    Sequential inMemory = model();
    String expected = outcome(inMemory, inMemory.fit(Digits.all(), options().build()));
    Sequential onSpark = model();
    assertEquals(expected, outcome(onSpark, onSpark.fit(digits(spark), options().build())));
    assertEquals("resident", onSpark.lastTraining().gradientSource());

    Checkpointing checkpoints =
        Checkpointing.in(
                HadoopCheckpointStore.at(
                    folder.toString(), spark.sparkContext().hadoopConfiguration(), 2))
            .everySteps(2);
    FitOptions dying = options().checkpoints(checkpoints).observers(new InterruptAfter(9)).build();
    assertThrows(Interruption.class, () -> model().fit(digits(spark), dying));
    Sequential resumed = model();
    History history = resumed.fit(digits(spark), options().checkpoints(checkpoints).build());
    assertEquals(expected, outcome(resumed, history));
    assertEquals(8L, resumed.lastTraining().resumedFromStep());
    assertTrue(List.of(0, 1, 2).equals(history.epoch()), "the history has the epochs before, too");
  }
}
