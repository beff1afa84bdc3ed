package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.firesteel.layers.Add;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.AdamW;
import io.firesteel.testing.Digits;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same layers as a stack and as a graph, and a graph with branches and a shared layer: in
 * memory, by a job a step, and by resident tasks.
 */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class GraphOrStackTest {

  private static List<Layer> layers() {
    return List.of(
        Dense.of(16).activation("relu").kernelRegularizer("l2").name("first"),
        BatchNormalization.of().momentum(0.9).name("norm"),
        Dropout.of(0.2).name("drop"),
        Dense.of(10).activation("softmax").name("last"));
  }

  private static Model stack() {
    Sequential model = new Sequential("digits").seed(3).add(Input.of(64).name("pixels"));
    layers().forEach(model::add);
    return model;
  }

  private static Model graph() {
    KerasTensor input = Input.of(64).name("pixels").output();
    KerasTensor output = input;
    for (Layer layer : layers()) {
      output = layer.call(output);
    }

    return new Model("digits", List.of(input), List.of(output)).seed(3);
  }

  private static Model branches() {
    KerasTensor input = Input.of(64).name("pixels").output();
    Dense shared = Dense.of(16).activation("relu").name("shared");
    KerasTensor first = shared.call(input);
    KerasTensor again = shared.call(Dense.of(64).name("middle").call(first));
    KerasTensor sum = Add.of().name("sum").call(first, again);
    KerasTensor output = Dense.of(10).activation("softmax").name("last").call(sum);
    return new Model("digits", List.of(input), List.of(output)).seed(3);
  }

  /** Returns the bits of all variables, losses and metrics after a fit. */
  private static List<String> bits(Model model, TrainingData data) {
    model.compile(
        AdamW.builder().learningRate(0.01).useEma(true).build(),
        "sparse_categorical_crossentropy",
        "accuracy");
    FitOptions options =
        FitOptions.builder()
            .epochs(2)
            .batchSize(300)
            .shards(3)
            .seed(3)
            .validationSplit(0.1)
            .verbose(0)
            .build();
    List<String> bits = new ArrayList<>(List.of(model.fit(data, options).history().toString()));
    model.variables().forEach(v -> bits.add(v.path() + " " + Arrays.hashCode(v.values())));
    return bits;
  }

  private static ShardedDataset onSpark(SparkSession spark) {
    Column[] pixels =
        Arrays.stream(DigitsFrame.pixels())
            .map(name -> functions.col(name).divide(16))
            .toArray(Column[]::new);
    return ShardedDataset.of(
            DigitsFrame.of(spark)
                .select(functions.array(pixels).as("pixels"), functions.col("digit")))
        .features("pixels")
        .label("digit");
  }

  @Test
  void theBitsAreTheSameEverywhere() {
    List<String> expected = bits(stack(), Digits.all());
    List<String> ofBranches = bits(branches(), Digits.all());
    assertEquals(expected, bits(graph(), Digits.all()));
    assertNotEquals(expected.get(0), ofBranches.get(0));
    for (String source : List.of("resident", "job")) {
      SparkSession spark =
          LocalSpark.session("local[2]", "spark.firesteel.gradientSource=" + source);
      for (Model model : List.of(stack(), graph())) {
        assertEquals(expected, bits(model, onSpark(spark)), source + " " + model);
        assertEquals(source, model.lastTraining().gradientSource());
      }

      assertEquals(ofBranches, bits(branches(), onSpark(spark)), source);
    }
  }
}
