package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.constraints.Constraint;
import io.firesteel.optimizers.schedules.PolynomialDecay;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BaseOptimizerTest {

  /** Sets negative values to zero. */
  private static final class NonNegative extends Constraint {
    @Override
    public void call(Shape shape, float[] weight) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] = Math.max(weight[i], 0);
      }
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  private static Variable variable(String name, float... values) {
    return Variable.of(name, "dense/" + name, Shape.of(values.length), values);
  }

  private static GradAndVar pair(Variable variable, float... gradient) {
    return new GradAndVar(Tensor.of(gradient), variable);
  }

  private static SGD.Builder sgd() {
    return SGD.builder().learningRate(1);
  }

  private static String refusal(Executable executable) {
    return assertThrows(IllegalArgumentException.class, executable).getMessage();
  }

  @Test
  void theStateIsNamedAsInKeras() {
    SGD optimizer =
        sgd().momentum(0.5).useEma(true).gradientAccumulationSteps(2).name("mine").build();
    optimizer.build(List.of(variable("kernel", 1), variable("bias", 1)));
    assertEquals(
        List.of(
            "mine/iteration",
            "mine/learning_rate",
            "mine/dense_kernel_average",
            "mine/dense_bias_average",
            "mine/dense_kernel_gradient_accumulator",
            "mine/dense_bias_gradient_accumulator",
            "mine/dense_kernel_momentum",
            "mine/dense_bias_momentum"),
        optimizer.variables().stream().map(Variable::path).toList());
    assertTrue(optimizer.variables().stream().noneMatch(Variable::trainable));
  }

  @Test
  void itClipsTheMeanAndDecaysBeforeTheStep() {
    Variable w = variable("w", 10);
    SGD optimizer =
        SGD.builder()
            .learningRate(0.5)
            .weightDecay(0.1)
            .clipvalue(1)
            .lossScaleFactor(2)
            .gradientAccumulationSteps(2)
            .build();
    optimizer.applyGradients(List.of(pair(w, 10)));
    assertEquals(10, w.values()[0]);
    optimizer.applyGradients(List.of(pair(w, -4)));
    // (10 / 2 - 4 / 2) / 2 = 1.5, clipped to 1; 10 - 10 * 0.1 * 0.5 = 9.5, less 0.5 * 1.
    assertEquals(9, w.values()[0]);
  }

  @Test
  void theScheduleSeesCallsAndIterationsAreUpdates() {
    float[] seen = new float[6];
    Variable w = variable("w", 0);
    SGD optimizer =
        SGD.builder()
            .learningRate(PolynomialDecay.builder(0, 10).endLearningRate(10).build())
            .gradientAccumulationSteps(3)
            .build();
    for (int call = 0; call < 6; call++) {
      optimizer.applyGradients(List.of(pair(w, -1)));
      seen[call] = w.values()[0];
      assertEquals((call + 1) / 3, optimizer.iterations());
      assertEquals(call + 1, optimizer.variables().get(0).integer());
      assertEquals(call + 1, optimizer.learningRate(), 1e-5);
    }

    assertArrayEquals(new float[] {0, 0, 2, 2, 2, 7}, seen, 1e-5f);
  }

  @Test
  void averagesIncludeVariablesWithoutAGradientAndComeBeforeConstraints() {
    Variable w =
        Variable.builder("w", "w", Shape.of(1))
            .constraint(new NonNegative())
            .build(new float[] {1});
    Variable still = variable("still", 5);
    SGD optimizer = sgd().useEma(true).emaMomentum(0.5).build();
    optimizer.applyGradients(List.of(pair(w, 3), new GradAndVar(null, still)));
    assertEquals(0, w.values()[0]);
    assertEquals(-2, optimizer.variables().get(2).values()[0]);
    assertEquals(5, optimizer.variables().get(3).values()[0]);
    optimizer.finalizeVariableValues(List.of(w, still));
    assertEquals(-2, w.values()[0]);
  }

  @Test
  void constraintsHoldAfterStepsThatOnlyAccumulate() {
    Variable w =
        Variable.builder("w", "w", Shape.of(1))
            .constraint(new NonNegative())
            .build(new float[] {-1});
    sgd().gradientAccumulationSteps(2).build().applyGradients(List.of(pair(w, 3)));
    assertEquals(0, w.values()[0]);
  }

  @Test
  void aGradientCanBeTheNextValue() {
    Variable scale =
        Variable.builder("s", "s", Shape.of(2)).overwriteWithGradient(true).build(new float[2]);
    Variable w = variable("w", 1);
    SGD optimizer = sgd().momentum(0.9).useEma(true).lossScaleFactor(4).weightDecay(0.5).build();
    optimizer.applyGradients(List.of(pair(scale, 8, -3), pair(w, 0)));
    assertArrayEquals(new float[] {8, -3}, scale.values());
    assertEquals(
        List.of("iteration", "learning_rate", "dense_w_average", "dense_w_momentum"),
        optimizer.variables().stream().map(Variable::name).toList());
    optimizer.finalizeVariableValues(List.of(scale, w));
    assertArrayEquals(new float[] {8, -3}, scale.values());
  }

  @Test
  void onlyNextValuesStillCountAsAStep() {
    Variable scale =
        Variable.builder("s", "s", Shape.of(1)).overwriteWithGradient(true).build(new float[1]);
    SGD optimizer = sgd().useEma(true).build();
    optimizer.applyGradients(List.of(pair(scale, 8)));
    assertEquals(1, optimizer.iterations());
  }

  @Test
  void aVariableWithoutAGradientOnTheUpdateKeepsItsSum() {
    Variable a = variable("a", 0);
    Variable b = variable("b", 0);
    SGD optimizer = sgd().gradientAccumulationSteps(2).build();
    optimizer.applyGradients(List.of(pair(a, 1), pair(b, 1)));
    optimizer.applyGradients(List.of(pair(a, 1), new GradAndVar(null, b)));
    assertEquals(-1, a.values()[0]);
    assertEquals(0, b.values()[0]);
    optimizer.applyGradients(List.of(pair(a, 0), pair(b, 2)));
    optimizer.applyGradients(List.of(pair(a, 0), pair(b, 3)));
    assertEquals(-3, b.values()[0]);
  }

  @Test
  void aGlobalNormThatIsNotFiniteSpoilsAllGradients() {
    Variable a = variable("a", 1);
    Variable b = variable("b", 1);
    sgd()
        .globalClipnorm(1)
        .build()
        .applyGradients(List.of(pair(a, Float.POSITIVE_INFINITY), pair(b, 1)));
    assertTrue(Float.isNaN(a.values()[0]) && Float.isNaN(b.values()[0]));
  }

  @Test
  void clippingByNormSpoilsOnlyTheInfiniteElement() {
    Variable a = variable("a", 1, 1);
    sgd().clipnorm(1).build().applyGradients(List.of(pair(a, Float.POSITIVE_INFINITY, 1)));
    assertTrue(Float.isNaN(a.values()[0]));
    assertEquals(1, a.values()[1]);
  }

  @Test
  void zeroGradientsSurviveAllClippings() {
    for (SGD optimizer :
        List.of(
            sgd().clipnorm(1).build(),
            sgd().globalClipnorm(1).build(),
            sgd().clipvalue(1).build())) {
      Variable a = variable("a", 1);
      optimizer.applyGradients(List.of(pair(a, 0)));
      assertEquals(1, a.values()[0]);
    }
  }

  @Test
  void aNanGradientIsPassedOn() {
    Variable a = variable("a", 1, 1);
    sgd().clipvalue(1).build().applyGradients(List.of(pair(a, Float.NaN, 5)));
    assertTrue(Float.isNaN(a.values()[0]));
    assertEquals(0, a.values()[1]);
  }

  @Test
  void weightDecayIsExcludedByNameOrByVariableUntilTheNextCall() {
    Variable kernel = variable("kernel", 1);
    Variable bias = variable("bias", 1);
    Variable gamma = variable("gamma", 1);
    SGD optimizer = sgd().weightDecay(0.5).build();
    optimizer.excludeFromWeightDecay(List.of(gamma), List.of("^bi", "nothing", "dense"));
    List<GradAndVar> pairs = List.of(pair(kernel, 0), pair(bias, 0), pair(gamma, 0));
    optimizer.applyGradients(pairs);
    assertEquals(
        List.of(0.5f, 1f, 1f), List.of(kernel.values()[0], bias.values()[0], gamma.values()[0]));
    optimizer.excludeFromWeightDecay(List.of(), List.of("kernel"));
    optimizer.applyGradients(pairs);
    assertEquals(
        List.of(0.5f, 0.5f, 0.5f),
        List.of(kernel.values()[0], bias.values()[0], gamma.values()[0]));
    assertEquals(
        "exclude_from_weight_decay: 'names' must be regular expressions. Received: [(]",
        refusal(() -> optimizer.excludeFromWeightDecay(List.of(), List.of("("))));
  }

  @Test
  void unknownVariablesAreRefusedAndNothingChanges() {
    Variable known = variable("known", 1);
    Variable unknown = variable("unknown", 1);
    SGD optimizer = sgd().build();
    optimizer.build(List.of(known));
    assertEquals(
        "sgd was not built with the variable dense/unknown, but with: [dense/known]. Create a new"
            + " optimizer for other variables",
        refusal(() -> optimizer.applyGradients(List.of(pair(known, 1), pair(unknown, 1)))));
    assertEquals(1, known.values()[0]);
    assertEquals(0, optimizer.iterations());
  }

  @Test
  void gradientsMustHaveTheVariablesShapeAndComeOnce() {
    Variable w = variable("w", 1, 2);
    SGD optimizer = sgd().build();
    assertEquals(
        "The gradient of dense/w must have its shape (2,). Received: (3,)",
        refusal(() -> optimizer.applyGradients(List.of(pair(w, 1, 2, 3)))));
    assertEquals(
        "A step takes one gradient for each variable. Received several for: dense/w",
        refusal(() -> optimizer.applyGradients(List.of(pair(w, 1, 2), pair(w, 1, 2)))));
    assertArrayEquals(new float[] {1, 2}, w.values());
  }

  @Test
  void variablesMustBeFloatsAndComeOnce() {
    Variable w = variable("w", 1);
    assertEquals(
        "sgd must be built with each variable once. Received twice: <Variable path=dense/w,"
            + " shape=(1,), dtype=float32>",
        refusal(() -> sgd().build().build(List.of(w, w))));
    assertEquals(
        "sgd updates float variables only. Received: <Variable path=i, shape=(), dtype=int64>",
        refusal(() -> sgd().build().build(List.of(Variable.integer("i", "i", 0)))));
  }

  @Test
  void loadingChecksAllBeforeItChangesAnything() {
    Variable w = variable("w", 1, 2);
    SGD optimizer = sgd().momentum(0.5).build();
    assertEquals(
        "sgd is not built. Call build before its variables are loaded",
        assertThrows(
                IllegalStateException.class, () -> optimizer.loadVariables(optimizer.variables()))
            .getMessage());
    optimizer.applyGradients(List.of(pair(w, 1, 1)));
    Variable iteration = Variable.integer("iteration", "x", 7);
    Variable rate = Variable.zeros("learning_rate", "x", Shape.scalar());
    assertEquals(
        "sgd has 3 variables. Received: 2",
        refusal(() -> optimizer.loadVariables(List.of(iteration, rate))));
    assertEquals(
        "The variable 2 of sgd is <Variable path=sgd/dense_w_momentum, shape=(2,), dtype=float32>."
            + " Received: <Variable path=x, shape=(3,), dtype=float32>",
        refusal(
            () ->
                optimizer.loadVariables(
                    List.of(iteration, rate, Variable.zeros("m", "x", Shape.of(3))))));
    assertEquals(
        "The variable 1 of sgd is <Variable path=sgd/learning_rate, shape=(), dtype=float32>."
            + " Received: <Variable path=x, shape=(), dtype=int64>",
        refusal(() -> optimizer.loadVariables(List.of(iteration, iteration, rate))));
    assertEquals(1, optimizer.iterations());
    optimizer.loadVariables(List.of(iteration, rate, Variable.zeros("m", "x", Shape.of(2))));
    assertEquals(7, optimizer.iterations());
    assertEquals(0, optimizer.learningRate());
  }

  @Test
  void finalizingNeedsTheVariablesOfTheBuild() {
    Variable w = variable("w", 1);
    SGD optimizer = sgd().useEma(true).build();
    assertEquals(
        "sgd is not built. Call build with the model's trainable variables first",
        assertThrows(
                IllegalStateException.class, () -> optimizer.finalizeVariableValues(List.of(w)))
            .getMessage());
    optimizer.build(List.of(w));
    assertEquals(
        "The averages of 1 variables must be written into these. Received 2 variables",
        refusal(() -> optimizer.finalizeVariableValues(List.of(w, variable("v", 1)))));
    sgd().build().finalizeVariableValues(List.of(w));
    assertEquals(1, w.values()[0]);
  }
}
