package io.firesteel.benchmark;

import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The time of each optimizer's step after 2 000 steps, with normal gradients, with tiny ones, whose
 * squares would be denormal, and with zeros after one normal step.
 */
public final class DenormalBenchmark {

  private static final int PARAMETERS = 237_000;
  private static final int STEPS = 2_000;
  private static final int MEASURED = 100;

  private enum Gradients {
    NORMAL(1e-2f),
    TINY(1e-20f),
    ZERO(0);

    private final float scale;

    Gradients(float scale) {
      this.scale = scale;
    }
  }

  private DenormalBenchmark() {}

  private static GradAndVar pair(Variable variable, float[] from, float scale) {
    float[] values = new float[PARAMETERS];
    for (int i = 0; i < PARAMETERS; i++) {
      values[i] = from[i] * scale;
    }

    return new GradAndVar(Tensor.wrap(variable.shape(), values), variable);
  }

  private static double microsecondsAfter(String name, Gradients kind, int steps) {
    Random random = new Random(3);
    float[] numbers = new float[PARAMETERS];
    for (int i = 0; i < PARAMETERS; i++) {
      numbers[i] = (float) random.nextGaussian();
    }

    Shape shape = Shape.of(PARAMETERS);
    Variable variable = Variable.of("w", "w", shape, numbers.clone());
    Optimizer optimizer = Optimizers.get(name);
    if (kind == Gradients.ZERO) {
      optimizer.applyGradients(List.of(pair(variable, numbers, 1e-2f)));
    }

    long best = Long.MAX_VALUE;
    GradAndVar gradients = pair(variable, numbers, kind.scale);
    float[] values = gradients.gradient().values();
    for (int step = 0; step < steps + MEASURED; step++) {
      for (int i = 0; i < PARAMETERS; i++) {
        values[i] = numbers[i] * kind.scale;
      }

      long start = System.nanoTime();
      optimizer.applyGradients(List.of(gradients));
      if (step >= steps) {
        best = Math.min(best, System.nanoTime() - start);
      }
    }

    return best / 1e3;
  }

  /** Prints a line for each optimizer: microseconds a step, and ratios to normal gradients. */
  public static void main(String[] arguments) {
    System.out.printf("%-18s %9s %9s %9s %6s %6s%n", "optimizer", "normal", "tiny", "zero", "", "");
    for (String name : Optimizers.classNames()) {
      if (name.equals("LossScaleOptimizer") || name.equals("MultiOptimizer")) {
        continue;
      }

      microsecondsAfter(name, Gradients.NORMAL, 500);
      double normal = microsecondsAfter(name, Gradients.NORMAL, STEPS);
      double tiny = microsecondsAfter(name, Gradients.TINY, STEPS);
      double zero = microsecondsAfter(name, Gradients.ZERO, STEPS);
      System.out.printf(
          Locale.ROOT,
          "%-18s %9.1f %9.1f %9.1f %6.2f %6.2f%n",
          name,
          normal,
          tiny,
          zero,
          tiny / normal,
          zero / normal);
    }
  }
}
