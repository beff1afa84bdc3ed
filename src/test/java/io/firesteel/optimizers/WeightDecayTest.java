package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exclusion from weight decay by path, which is not Keras's. */
class WeightDecayTest {

  private final Variable first = variable("model/dense/kernel");
  private final Variable second = variable("model/dense_1/kernel");
  private final Variable bias = variable("model/dense_1/bias");
  private final SGD optimizer = SGD.builder().learningRate(1).weightDecay(0.5).build();

  private static Variable variable(String path) {
    return Variable.of(path.replaceAll(".*/", ""), path, Shape.of(1), new float[] {1});
  }

  private List<Float> afterStep() {
    List<Variable> variables = List.of(first, second, bias);
    optimizer.applyGradients(variables.stream().map(v -> new GradAndVar(Tensor.of(0), v)).toList());
    return variables.stream().map(v -> v.values()[0]).toList();
  }

  @Test
  void pathsExcludeBesideNames() {
    optimizer.excludeFromWeightDecay(List.of(), List.of("bias"));
    optimizer.excludePathsFromWeightDecay(List.of("dense/", "^dense_1"));
    assertEquals(List.of(1f, 0.5f, 1f), afterStep());
  }

  @Test
  void pathsReplaceEarlierPathsAlone() {
    optimizer.excludeFromWeightDecay(List.of(bias), List.of());
    optimizer.excludePathsFromWeightDecay(List.of("dense/"));
    assertEquals(List.of(1f, 0.5f, 1f), afterStep());
    optimizer.excludePathsFromWeightDecay(List.of("dense_1/"));
    assertEquals(List.of(0.5f, 0.5f, 1f), afterStep());
    optimizer.excludePathsFromWeightDecay(List.of());
    assertEquals(List.of(0.25f, 0.25f, 1f), afterStep());
  }

  @Test
  void pathsMustBeRegularExpressions() {
    assertEquals(
        "The paths to exclude from weight decay must be regular expressions. Received: [(]",
        assertThrows(
                IllegalArgumentException.class,
                () -> optimizer.excludePathsFromWeightDecay(List.of("(")))
            .getMessage());
  }
}
