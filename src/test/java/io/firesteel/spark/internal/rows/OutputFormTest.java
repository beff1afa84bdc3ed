package io.firesteel.spark.internal.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Softmax;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.spark.internal.rows.OutputForm.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a model's output means, by the layer that gives it and by the loss. */
class OutputFormTest {

  private static Sequential dense(int units, String activation) {
    return new Sequential().add(Dense.of(units).activation(activation).inputShape(2));
  }

  @Test
  void theLastLayerTells() {
    assertEquals(new OutputForm(Kind.CLASSES, 3, false), OutputForm.of(dense(3, "softmax")));
    assertEquals(new OutputForm(Kind.BINARY, 1, false), OutputForm.of(dense(1, "sigmoid")));
    assertEquals(new OutputForm(Kind.VALUE, 1, false), OutputForm.of(dense(1, "linear")));
    assertEquals(new OutputForm(Kind.VALUES, 3, false), OutputForm.of(dense(3, "sigmoid")));
    assertEquals(
        Kind.CLASSES, OutputForm.of(dense(3, "linear").add(Activation.of("softmax"))).kind());
    assertEquals(Kind.CLASSES, OutputForm.of(dense(3, "linear").add(Softmax.of())).kind());
  }

  @Test
  void aModelInAModelTellsByItsOwnLastLayer() {
    KerasTensor input = Input.of(2).output();
    Model outer = new Model(List.of(input), List.of(dense(3, "softmax").call(input)));
    assertEquals(new OutputForm(Kind.CLASSES, 3, false), OutputForm.of(outer));
  }

  @Test
  void aLossOfLogitsTells() {
    Sequential model = dense(2, "linear");
    model.compile("sgd", SparseCategoricalCrossentropy.builder().fromLogits().build());
    OutputForm form = OutputForm.of(model);
    assertEquals(new OutputForm(Kind.CLASSES, 2, true), form);
    assertArrayEquals(new double[] {0.5, 0.5}, form.probabilities(form.raw(new float[] {7, 7}, 0)));
  }
}
