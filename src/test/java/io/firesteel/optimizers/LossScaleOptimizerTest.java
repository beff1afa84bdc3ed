package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LossScaleOptimizerTest {

  private final OneWeight w = new OneWeight(1);

  private static SGD sgd() {
    return SGD.builder().learningRate(0.5).momentum(0.5).build();
  }

  private static LossScaleOptimizer.Builder builder() {
    return LossScaleOptimizer.builder(sgd()).initialScale(8).dynamicGrowthSteps(2);
  }

  /** As Keras does: each row is a gradient, the weight, the scale and the counter after it. */
  @Test
  void followsKerassTrace() {
    LossScaleOptimizer optimizer = builder().build();
    float[][] trace = {
      {8, 0.5f, 8, 1},
      {8, -0.25f, 16, 0},
      {Float.POSITIVE_INFINITY, -0.25f, 8, 0},
      {4, -0.875f, 8, 1},
      {Float.NaN, -0.875f, 4, 0},
      {2, -1.4375f, 4, 1},
      {2, -1.96875f, 8, 0}
    };
    for (float[] row : trace) {
      assertEquals(row[1], w.step(optimizer, row[0]));
      assertEquals(row[2], optimizer.lossScale());
      assertEquals(row[3], optimizer.variables().get(2).integer());
    }

    assertEquals(5, optimizer.iterations());
    assertEquals(0, optimizer.variables().get(0).integer());
  }

  @Test
  void stateIsOrderedAsInKeras() {
    LossScaleOptimizer optimizer = builder().build();
    assertEquals(4, optimizer.variables().size());
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "step_counter",
            "dynamic_scale",
            "iteration",
            "learning_rate",
            "w_momentum",
            "a_v_momentum"),
        w.stateNames(optimizer));
    assertEquals("loss_scale_optimizer/dynamic_scale", optimizer.variables().get(3).path());
    assertEquals(0, optimizer.variables().get(1).values()[0]);
  }

  @Test
  void theInnerScaleIsSwitchedOff() {
    SGD inner = SGD.builder().lossScaleFactor(100).build();
    LossScaleOptimizer optimizer = LossScaleOptimizer.builder(inner).build();
    assertEquals(1, inner.lossScale());
    assertEquals(32768, optimizer.lossScale());
    MultiOptimizer multi =
        MultiOptimizer.builder(OptimizerMap.builder(inner).build()).lossScaleFactor(3).build();
    LossScaleOptimizer.builder(multi).build();
    assertEquals(1, multi.lossScale());
    assertEquals(1, inner.lossScale());
  }

  @Test
  void learningRateAndAveragesAreTheInnerOptimizers() {
    SGD inner = SGD.builder().learningRate(0.5).useEma(true).emaMomentum(0.5).build();
    LossScaleOptimizer optimizer = LossScaleOptimizer.builder(inner).initialScale(1).build();
    assertEquals(0.5f, optimizer.learningRate());
    w.step(optimizer, 1);
    optimizer.setLearningRate(1);
    assertEquals(1, inner.learningRate());
    assertEquals(-0.5, w.step(optimizer, 1));
    optimizer.finalizeVariableValues(List.of(w.variable));
    assertEquals(0, w.variable.values()[0]);
  }

  @Test
  void valuesThatOverwriteAreNotDivided() {
    Variable scale =
        Variable.builder("s", "s", Shape.of(1)).overwriteWithGradient(true).build(new float[1]);
    builder().build().applyGradients(List.of(new GradAndVar(Tensor.of(5), scale)));
    assertEquals(5, scale.values()[0]);
  }

  @Test
  void theScaleStaysANormalNumber() {
    LossScaleOptimizer large =
        LossScaleOptimizer.builder(sgd()).initialScale(0x1p126).dynamicGrowthSteps(1).build();
    w.step(large, 1);
    assertEquals(0x1p126f, large.lossScale());
    LossScaleOptimizer small = builder().initialScale(0x1p-126).build();
    w.step(small, Float.NaN);
    assertEquals(0x1p-126f, small.lossScale());
  }

  @Test
  void noPairsOrNoGradientsChangeNothing() {
    LossScaleOptimizer optimizer = builder().build();
    optimizer.applyGradients(List.of());
    assertEquals(false, optimizer.isBuilt());
    List<GradAndVar> none = List.of(new GradAndVar(null, w.variable));
    assertEquals(
        "At least one variable needs a gradient. Received none for: [w]",
        assertThrows(IllegalArgumentException.class, () -> optimizer.applyGradients(none))
            .getMessage());
    assertEquals(0, optimizer.variables().get(2).integer());
  }

  @Test
  void whatOldFilesHoldIsIgnoredIfItIsTheDefault() {
    String inner = "{\"inner_optimizer\":{\"class_name\":\"SGD\"},";
    Config config = Config.parse(inner + "\"dynamic\":true,\"use_ema\":false,\"clipnorm\":null}");
    assertEquals(32768, LossScaleOptimizer.fromConfig(config).lossScale());
    assertEquals(
        List.of(
            "LossScaleOptimizer: 'dynamic' must be true or absent; it belongs to the inner optimizer. Received: false",
            "LossScaleOptimizer: 'clipnorm' must be null or absent; it belongs to the inner optimizer. Received: 1.0",
            "LossScaleOptimizer does not know the field 'beta'. Allowed: clipnorm, clipvalue, dynamic, dynamic_growth_steps, ema_momentum, ema_overwrite_frequency, global_clipnorm, gradient_accumulation_steps, initial_scale, inner_optimizer, loss_scale_factor, name, use_ema, weight_decay"),
        Stream.of("\"dynamic\":false}", "\"clipnorm\":1.0}", "\"beta\":1}")
            .map(rest -> Config.parse(inner + rest))
            .map(
                refused ->
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> LossScaleOptimizer.fromConfig(refused))
                        .getMessage())
            .toList());
  }

  @Test
  void argumentsHaveRanges() {
    LossScaleOptimizer scaled = builder().name("scaled").build();
    assertEquals(
        List.of(
            "LossScaleOptimizer: 'initial_scale' must be finite and > 0. Received: 0.0",
            "LossScaleOptimizer: 'dynamic_growth_steps' must be an integer >= 1. Received: 0",
            "LossScaleOptimizer: 'inner_optimizer' must be an optimizer that does not scale the loss. Received: scaled",
            "LossScaleOptimizer: the field 'inner_optimizer' is missing. Received: "),
        Stream.<Runnable>of(
                () -> builder().initialScale(0).build(),
                () -> builder().dynamicGrowthSteps(0).build(),
                () -> LossScaleOptimizer.builder(scaled).build(),
                () -> Optimizers.get("LossScaleOptimizer"))
            .map(refused -> assertThrows(IllegalArgumentException.class, refused::run).getMessage())
            .toList());
  }
}
