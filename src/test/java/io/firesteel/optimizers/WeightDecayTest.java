package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
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
        "exclude_from_weight_decay: 'paths' must be regular expressions. Received: [(]",
        assertThrows(
                IllegalArgumentException.class,
                () -> optimizer.excludePathsFromWeightDecay(List.of("(")))
            .getMessage());
  }

  private static Config roundTrip(Optimizer optimizer) {
    Config serialized = Optimizers.serialize(optimizer);
    Config read = Config.parse(serialized.toJson());
    assertEquals(serialized, Optimizers.serialize(Optimizers.deserialize(read)));
    return serialized;
  }

  @Test
  void exclusionsOfABuilderComeBackFromTheSerializedForm() {
    SGD built =
        SGD.builder()
            .learningRate(1)
            .weightDecay(0.5)
            .excludeFromWeightDecay("bias")
            .excludePathsFromWeightDecay("dense/")
            .build();
    Config serialized = roundTrip(built);
    assertEquals(
        Config.parse("{\"names\": [\"bias\"], \"paths\": [\"dense/\"], \"variables\": []}"),
        serialized.get("exclude_from_weight_decay"));
    Config config = (Config) serialized.get("config");
    assertEquals(false, config.has("exclude_from_weight_decay"), "Keras refuses it there");
    Optimizer rebuilt = Optimizers.get(serialized);
    List<Variable> variables = List.of(first, second, bias);
    rebuilt.applyGradients(variables.stream().map(v -> new GradAndVar(Tensor.of(0), v)).toList());
    assertEquals(List.of(1f, 0.5f, 1f), variables.stream().map(v -> v.values()[0]).toList());
  }

  @Test
  void excludedVariablesComeBackByTheirPaths() {
    optimizer.excludeFromWeightDecay(List.of(second), List.of());
    SGD rebuilt = (SGD) Optimizers.deserialize(roundTrip(optimizer));
    List<Variable> variables = List.of(first, second, bias);
    rebuilt.applyGradients(variables.stream().map(v -> new GradAndVar(Tensor.of(0), v)).toList());
    assertEquals(List.of(0.5f, 1f, 0.5f), variables.stream().map(v -> v.values()[0]).toList());
  }

  @Test
  void aConfigMayHoldExclusionsToo() {
    Optimizer given =
        Optimizers.get(
            "{\"class_name\": \"AdamW\", \"config\": {\"exclude_from_weight_decay\": {\"names\":"
                + " [\"bias\"]}}}");
    assertEquals(
        List.of("bias"), ((Config) roundTrip(given).get("exclude_from_weight_decay")).get("names"));
    assertEquals(
        "exclude_from_weight_decay does not know the field 'name'. Allowed: names, paths,"
            + " variables. Did you mean 'names'?",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Optimizers.get(
                        "{\"class_name\": \"SGD\", \"exclude_from_weight_decay\": {\"name\": []}}"))
            .getMessage());
  }
}
