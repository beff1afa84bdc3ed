package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether row-sparse gradients do what dense ones do, and no more than they must. */
class RowSparseGradientsTest {

  /** Numbers of rows to touch in each step: all, duplicates, none, a few. */
  private static final int[] TOUCHED = {40, 60, 0, 3, 7};

  static Stream<OptimizerVariant> variants() {
    return OptimizerVariant.all().stream();
  }

  static List<String> names() {
    return OptimizerVariant.names();
  }

  private static List<Variable> variables(int rows) {
    Random random = new Random(rows);
    List<Variable> variables = new ArrayList<>();
    for (Shape shape : List.of(Shape.of(rows, 5), Shape.of(rows), Shape.of(7))) {
      String name = "w" + variables.size();
      variables.add(Variable.of(name, name, shape, normal(random, shape.size())));
    }

    return variables;
  }

  private static float[] normal(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }

    return values;
  }

  /** A row-sparse gradient for all but the last variable. */
  private static List<GradAndVar> gradients(
      List<Variable> variables, int step, Function<RowSparse, Gradient> form) {
    Random random = new Random(step);
    List<GradAndVar> pairs = new ArrayList<>();
    for (Variable variable : variables) {
      Shape shape = variable.shape();
      int count = TOUCHED[step % TOUCHED.length];
      int[] rows = IntStream.range(0, count).map(k -> random.nextInt(shape.dim(0))).toArray();
      RowSparse sparse =
          RowSparse.wrap(shape, rows, normal(random, count * shape.size() / shape.dim(0)));
      pairs.add(
          shape.dim(0) == 7
              ? new GradAndVar(sparse.toDense(), variable)
              : new GradAndVar(form.apply(sparse), variable));
    }

    return pairs;
  }

  private static int[][] trained(
      Optimizer optimizer, int rows, Function<RowSparse, Gradient> form) {
    List<Variable> variables = variables(rows);
    for (int step = 0; step < 10; step++) {
      optimizer.applyGradients(gradients(variables, step, form));
    }

    return Stream.concat(variables.stream(), optimizer.variables().stream())
        .map(v -> v.isInteger() ? new int[] {(int) v.integer()} : bits(v.values()))
        .toArray(int[][]::new);
  }

  /** The bits of the values, those of every NaN the same. */
  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToIntBits(values[i])).toArray();
  }

  private static Optimizer optimizer(String name, String json) {
    return new OptimizerVariant(name, Config.parse(json)).optimizer();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theResultIsThatOfDenseGradientsToTheBit(OptimizerVariant variant) {
    assertArrayEquals(
        trained(variant.optimizer(), 40, RowSparse::toDense),
        trained(variant.optimizer(), 40, sparse -> sparse));
  }

  /** Large enough for several chunks of sums and several threads. */
  @ParameterizedTest
  @ValueSource(
      strings = {"{\"clipnorm\":0.1}", "{\"global_clipnorm\":0.1}", "{\"loss_scale_factor\":3}"})
  void itIsSoForLargeVariables(String json) {
    for (String name : List.of("SGD", "Adagrad", "Adam")) {
      assertArrayEquals(
          trained(optimizer(name, json), 20_000, RowSparse::toDense),
          trained(optimizer(name, json), 20_000, sparse -> sparse));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void itIsSoWhereClippingMakesAllGradientsNan(String name) {
    for (String clip : List.of("clipnorm", "global_clipnorm", "clipvalue")) {
      int[][][] results = new int[2][][];
      for (int form = 0; form < 2; form++) {
        boolean dense = form == 0;
        results[form] =
            trained(
                optimizer(name, "{\"" + clip + "\":0.1}"),
                40,
                sparse -> {
                  if (sparse.rows().length == 3) {
                    sparse.values()[1] = Float.NaN;
                  }

                  return dense ? sparse.toDense() : sparse;
                });
      }

      assertArrayEquals(results[0], results[1]);
    }
  }

  @Test
  void itIsSoWithWrappers() {
    for (boolean multi : new boolean[] {false, true}) {
      int[][][] results = new int[2][][];
      for (int form = 0; form < 2; form++) {
        boolean dense = form == 0;
        BaseOptimizer inner = SGD.builder().build();
        Optimizer wrapper =
            multi
                ? MultiOptimizer.builder(variable -> inner).lossScaleFactor(3).build()
                : LossScaleOptimizer.builder(inner).initialScale(3).dynamicGrowthSteps(2).build();
        results[form] = trained(wrapper, 40, sparse -> dense ? sparse.toDense() : sparse);
      }

      assertArrayEquals(results[0], results[1]);
    }
  }

  @Test
  void policiesLookAtTheSumsOfDuplicates() {
    Variable variable = variables(3).get(1);
    GradAndVar pair =
        new GradAndVar(
            RowSparse.wrap(Shape.of(3), new int[] {2, 2}, new float[] {3e38f, 3e38f}), variable);
    Optimizer failing = SGD.builder().nonFiniteGradients(NonFiniteGradients.FAIL).build();
    assertEquals(
        "sgd: the gradient of w1 must be finite. Received in step 0, element 2: Infinity. The step is refused, as nonFiniteGradients is FAIL; it can be SKIP or PROPAGATE",
        assertThrows(ArithmeticException.class, () -> failing.applyGradients(List.of(pair)))
            .getMessage());
    LossScaleOptimizer scaling = LossScaleOptimizer.builder(SGD.builder().build()).build();
    scaling.applyGradients(List.of(pair));
    assertEquals(16384, scaling.lossScale());
    assertEquals(0, scaling.iterations());
  }

  @Test
  void aGradientOfAnotherShapeIsRefused() {
    Variable variable = variables(3).get(1);
    RowSparse other = RowSparse.wrap(Shape.of(4), new int[0], new float[0]);
    assertEquals(
        "The gradient of w1 must have its shape (3,). Received: (4,)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    SGD.builder().build().applyGradients(List.of(new GradAndVar(other, variable))))
            .getMessage());
  }

  @Test
  void aNextValueMayBeRowSparseToo() {
    Variable variable =
        Variable.builder("scale", "scale", Shape.of(3))
            .overwriteWithGradient(true)
            .build(new float[] {1, 2, 3});
    Variable trained = variables(3).get(1);
    RowSparse next = RowSparse.wrap(Shape.of(3), new int[] {1}, new float[] {9});
    Optimizer optimizer = SGD.builder().build();
    for (int step = 0; step < 2; step++) {
      optimizer.applyGradients(
          List.of(new GradAndVar(next, variable), new GradAndVar(next, trained)));
      assertArrayEquals(new float[] {0, 9, 0}, variable.values());
    }
  }

  @Test
  void theGradientItselfIsLeftAsItIs() {
    RowSparse sparse = RowSparse.wrap(Shape.of(3), new int[] {1, 1}, new float[] {1, 2});
    Adam.builder()
        .clipvalue(0.1)
        .lossScaleFactor(2)
        .build()
        .applyGradients(List.of(new GradAndVar(sparse, variables(3).get(1))));
    assertArrayEquals(new float[] {1, 2}, sparse.values());
  }

  @ParameterizedTest
  @MethodSource("names")
  void aStepAllocatesNextToNothing(String name) {
    List<Variable> variables = variables(1000);
    Optimizer optimizer = optimizer(name, "{\"global_clipnorm\":1,\"use_ema\":true}");
    List<GradAndVar> pairs = gradients(variables, 1, sparse -> sparse);
    long bytes = AllocatedBytes.perCall(300, () -> optimizer.applyGradients(pairs));
    assertTrue(bytes < 1500, bytes + " bytes a step");
  }
}
