package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.constraints.Constraints;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Random;

/** The cases of Keras's own tests that say what holds, without numbers. */
final class PropertyCase {

  private static final int EPOCHS = 8;
  private static final int ACCUMULATED = 3;

  private PropertyCase() {}

  static void replay(JsonNode node) {
    String id = node.get("id").asText();
    switch (id.substring(id.lastIndexOf('.') + 1)) {
      case "test_constraints_are_applied" -> constraints(node);
      case "test_gradient_accumulation_with_weigth_decay" ->
          node.get("optimizers").forEach(name -> accumulation(node, name.asText()));
      case "test_setting_lr_to_callable_untracks_lr_var" -> scheduleForRate(node);
      case "*" -> scheduleFree();
      default -> throw new AssertionError("Unknown property: " + node);
    }
  }

  private static void constraints(JsonNode node) {
    Random random = new Random(1);
    float[] values = new float[4];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 1;
    }

    Variable variable =
        Variable.builder("variable", "variable", Shape.of(2, 2))
            .constraint(Constraints.get("NonNeg"))
            .build(values);
    step(KerasCase.optimizer(node), variable, new float[4]);
    assertArrayEquals(new float[4], variable.values(), 1e-7f);
  }

  private static void step(Optimizer optimizer, Variable variable, float[] gradient) {
    Tensor tensor = Tensor.wrap(variable.shape(), gradient.clone());
    optimizer.applyGradients(List.of(new GradAndVar(tensor, variable)));
  }

  private static void accumulation(JsonNode node, String name) {
    Config config = Config.parse(node.get("config").toString());
    Optimizer one = optimizer(name, config);
    Optimizer three = optimizer(name, config.with("gradient_accumulation_steps", ACCUMULATED));
    Variable ofOne = KerasCase.variables(node).get(0);
    Variable ofThree = KerasCase.variables(node).get(0);
    Random random = new Random(3);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      float[] mean = new float[2];
      for (int i = 0; i < ACCUMULATED; i++) {
        float[] gradient = {random.nextFloat(), random.nextFloat()};
        step(three, ofThree, gradient);
        mean[0] += gradient[0] / ACCUMULATED;
        mean[1] += gradient[1] / ACCUMULATED;
      }

      step(one, ofOne, mean);
    }

    for (int i = 0; i < 2; i++) {
      float expected = ofOne.values()[i];
      assertEquals(expected, ofThree.values()[i], 1e-6 + 1e-6 * Math.abs(expected), name);
    }
  }

  private static Optimizer optimizer(String name, Config config) {
    return Optimizers.deserialize(
        Config.builder().put("class_name", name).put("config", config).build());
  }

  private static void scheduleForRate(JsonNode node) {
    Adam adam = (Adam) KerasCase.optimizer(node);
    assertEquals(node.get("num_variables_unbuilt").asInt(), adam.variables().size());
    adam.setLearningRate(ExponentialDecay.builder(0.1, 2, 0.5).build());
    int left = node.get("num_variables_after_setting_schedule").asInt();
    assertEquals(left, adam.variables().size());
  }

  /** It moves, less under warm-up, towards less loss, and leaves alone what has no decay. */
  private static void scheduleFree() {
    float plain = moved(ScheduleFreeAdamW.builder().learningRate(0.1).build());
    float warm = moved(ScheduleFreeAdamW.builder().learningRate(0.1).warmupSteps(10).build());
    assertTrue(plain > 0 && warm > 0 && warm < plain, warm + " < " + plain);

    ScheduleFreeAdamW descending = ScheduleFreeAdamW.builder().learningRate(0.1).build();
    Variable variable = variable();
    for (int i = 0; i < 30; i++) {
      step(descending, variable, variable.values());
    }

    assertTrue(squares(variable) < squares(variable()), "the loss w^2 / 2 must fall");

    ScheduleFreeAdamW decaying =
        ScheduleFreeAdamW.builder().learningRate(1.0).weightDecay(0.01).build();
    Variable excluded = variable();
    decaying.excludeFromWeightDecay(List.of(excluded), List.of());
    for (int i = 0; i < 3; i++) {
      step(decaying, excluded, new float[2]);
    }

    assertArrayEquals(variable().values(), excluded.values());
    ScheduleFreeAdamW decayingAll =
        ScheduleFreeAdamW.builder().learningRate(1.0).weightDecay(0.01).build();
    Variable included = variable();
    for (int i = 0; i < 3; i++) {
      step(decayingAll, included, new float[2]);
    }

    assertTrue(squares(included) < squares(variable()), "weight decay must count elsewhere");
  }

  private static Variable variable() {
    return Variable.of("variable", "variable", Shape.of(2), new float[] {1f, -2f});
  }

  private static float moved(Optimizer optimizer) {
    Variable variable = variable();
    step(optimizer, variable, new float[] {1f, 1f});
    return Math.abs(variable.values()[0] - 1f);
  }

  private static double squares(Variable variable) {
    double sum = 0;
    for (float value : variable.values()) {
      sum += value * value;
    }

    return sum;
  }
}
