package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether threads change nothing, and cost nothing that grows. */
class StepThreadsTest {

  /** Sizes around those of chunks, and many small ones: above what is done on one thread. */
  private static final int[] SIZES =
      IntStream.concat(
              IntStream.of(200_001, 1, 40_006, 16_384, 32_769, 0, 3),
              IntStream.range(0, 40).map(i -> 7 * i))
          .toArray();

  static Stream<OptimizerVariant> variants() {
    return OptimizerVariant.all().stream();
  }

  private static List<Variable> variables(int... sizes) {
    List<Variable> variables = new ArrayList<>();
    for (int size : sizes) {
      String name = "w" + variables.size();
      Shape shape = size % 7 == 1 ? Shape.of(size, 1) : Shape.of(size);
      variables.add(Variable.of(name, name, shape, values(variables.size() % 9, size)));
    }

    return variables;
  }

  /** Random numbers, of which each array is a part. */
  private static final float[] NUMBERS = new float[1 << 19];

  static {
    Random random = new Random(7);
    for (int i = 0; i < NUMBERS.length; i++) {
      NUMBERS[i] = (float) random.nextGaussian();
    }
  }

  private static float[] values(int seed, int size) {
    return Arrays.copyOfRange(NUMBERS, 1000 * seed, 1000 * seed + size);
  }

  private static List<GradAndVar> gradients(List<Variable> variables, int step) {
    List<GradAndVar> pairs = new ArrayList<>();
    for (Variable variable : variables) {
      float[] values = values(pairs.size() % 11 + step, variable.shape().size());
      pairs.add(new GradAndVar(Tensor.wrap(variable.shape(), values), variable));
    }

    return pairs;
  }

  private static BaseOptimizer optimizer(OptimizerVariant variant, ChunkPool threads) {
    BaseOptimizer optimizer = (BaseOptimizer) variant.optimizer();
    optimizer.threads(threads);
    return optimizer;
  }

  private static float[][] trained(OptimizerVariant variant, ChunkPool threads) {
    List<Variable> variables = variables(SIZES);
    BaseOptimizer optimizer = optimizer(variant, threads);
    for (int step = 0; step < 3; step++) {
      optimizer.applyGradients(gradients(variables, step));
    }

    return Stream.concat(variables.stream(), optimizer.variables().stream())
        .map(v -> v.isInteger() ? new float[] {v.integer()} : v.values())
        .toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void threadsChangeNoBit(OptimizerVariant variant) {
    try (ChunkPool one = ChunkPool.of(1);
        ChunkPool two = ChunkPool.of(2);
        ChunkPool five = ChunkPool.of(5)) {
      float[][] alone = trained(variant, one);
      assertSameBits(alone, trained(variant, two));
      assertSameBits(alone, trained(variant, five));
    }
  }

  private static void assertSameBits(float[][] expected, float[][] actual) {
    assertEquals(expected.length, actual.length);
    for (int v = 0; v < expected.length; v++) {
      assertArrayEquals(bits(expected[v]), bits(actual[v]));
    }
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray();
  }

  /** An optimizer that remembers its threads, and waits until two have come. */
  private static final class Traced extends ElementwiseOptimizer {
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final List<int[]> ranges = new ArrayList<>();

    Traced(OptimizerArguments arguments) {
      super(arguments);
    }

    static Traced create() {
      return Optimizers.builder(Traced.class, Traced::new).build();
    }

    @Override
    protected void updateRange(float[] gradient, Variable variable, int from, int to, float rate) {
      threads.add(Thread.currentThread());
      synchronized (ranges) {
        ranges.add(new int[] {from, to});
      }

      while (threads.size() < 2) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  @Timeout(60)
  void largeVariablesAreSharedAmongThreads() {
    try (ChunkPool two = ChunkPool.of(2)) {
      Traced optimizer = Traced.create();
      optimizer.threads(two);
      optimizer.applyGradients(gradients(variables(300_000), 1));
      assertEquals(2, optimizer.threads.size());
      assertEquals(
          IntStream.range(0, 10)
              .mapToObj(i -> 32_768 * i + "-" + Math.min(32_768 * (i + 1), 300_000))
              .toList(),
          optimizer.ranges.stream()
              .sorted((a, b) -> a[0] - b[0])
              .map(range -> range[0] + "-" + range[1])
              .toList());
    }
  }

  @Test
  void smallStepsStayOnTheCallingThread() {
    try (ChunkPool two = ChunkPool.of(2)) {
      Traced optimizer = Traced.create();
      optimizer.threads.add(new Thread());
      optimizer.threads(two);
      optimizer.applyGradients(gradients(variables(200_000, 50, 3), 1));
      assertEquals(2, optimizer.threads.size());
      assertTrue(optimizer.threads.contains(Thread.currentThread()));
    }
  }

  /** StrictMath.pow makes some small arrays; nothing may grow with the model. */
  @ParameterizedTest
  @MethodSource("variants")
  void aLargeStepAllocatesNextToNothing(OptimizerVariant variant) {
    try (ChunkPool two = ChunkPool.of(2)) {
      List<Variable> variables = variables(270_000, 500, 40, 40);
      BaseOptimizer optimizer = optimizer(variant, two);
      List<GradAndVar> pairs = gradients(variables, 1);
      long bytes = AllocatedBytes.perCall(10, () -> optimizer.applyGradients(pairs));
      assertTrue(bytes < 2048, bytes + " bytes a step");
    }
  }

  /** An optimizer that fails as long as it is to. */
  private static final class Failing extends ElementwiseOptimizer {
    private boolean fails = true;

    Failing(OptimizerArguments arguments) {
      super(arguments);
    }

    @Override
    protected void updateRange(float[] g, Variable variable, int from, int to, float rate) {
      if (fails) {
        throw new IllegalStateException("at " + from);
      }

      for (int i = from; i < to; i++) {
        variable.values()[i] -= g[i] * rate;
      }
    }
  }

  @Test
  void anExceptionOfARuleComesThroughAndTheNextStepIsWhole() {
    OptimizerVariant plain = new OptimizerVariant("SGD", Config.parse("{\"learning_rate\":1}"));
    List<Variable> variables = variables(300_000);
    float[] before = variables.get(0).values().clone();
    Failing optimizer =
        Optimizers.builder(Failing.class, Failing::new).learningRate(1).name("own").build();
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class, () -> optimizer.applyGradients(gradients(variables, 1)));
    assertEquals("at 0", thrown.getMessage());
    assertArrayEquals(before, variables.get(0).values());
    optimizer.fails = false;
    optimizer.applyGradients(gradients(variables, 1));
    List<Variable> others = variables(300_000);
    plain.optimizer().applyGradients(gradients(others, 1));
    assertArrayEquals(others.get(0).values(), variables.get(0).values());
  }
}
