package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.History;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.testing.Digits;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A new head on a frozen convolutional base of Keras, trained on Spark. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class TransferSparkTest {

  private static Model model() throws IOException {
    Model base = Model.load("src/test/resources/keras/base.keras", false);
    Model frozen = base.upTo("pool").trainable(false);
    KerasTensor input = Input.of(8, 8, 1).output();
    KerasTensor features = Flatten.of().call(frozen.call(input));
    KerasTensor output = Dense.of(10).activation("softmax").name("head").call(features);
    Model model = new Model("transferred", List.of(input), List.of(output)).seed(5);
    model.compile(
        Map.of("class_name", "Adam", "config", Map.of("learning_rate", 0.01)),
        "sparse_categorical_crossentropy");
    return model;
  }

  private static FitOptions options() {
    return FitOptions.builder().epochs(3).batchSize(64).shards(4).seed(2).verbose(0).build();
  }

  private static TrainingData digits(SparkSession spark) {
    Column[] pixels =
        IntStream.range(0, 64)
            .mapToObj(i -> functions.col("pixel_" + i).divide(16))
            .toArray(Column[]::new);
    return ShardedDataset.of(
            spark
                .read()
                .option("header", true)
                .option("inferSchema", true)
                .csv("conf/data/digits.csv")
                .select(functions.array(pixels).as("pixels"), functions.col("digit")))
        .features("pixels")
        .label("digit")
        .featureShape(8, 8, 1);
  }

  @Test
  void theHeadLearnsOnSparkWithTheBitsOfMemoryAndTheBaseStays(SparkSession spark)
      throws IOException {
    Model inMemory = model();
    float[][] base = inMemory.getWeights("base");
    inMemory.fit(Digits.all().featureShape(8, 8, 1), options());
    Model onSpark = model();
    History history = onSpark.fit(digits(spark), options());
    assertEquals(inMemory.weightsSha256(), onSpark.weightsSha256());
    assertTrue(Arrays.deepEquals(base, onSpark.getWeights("base")));
    List<Double> losses = history.history().get("loss");
    assertTrue(losses.get(2) < 0.9 * losses.get(0), losses.toString());
  }
}
