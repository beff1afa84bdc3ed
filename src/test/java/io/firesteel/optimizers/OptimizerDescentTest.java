package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every registered optimizer finds its way down. */
class OptimizerDescentTest {

  static Stream<String> names() {
    return OptimizerVariant.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void descendsOnAParabola(String name) {
    UnaryOperator<double[]> gradient = w -> new double[] {2 * (w[0] - 1), 8 * (w[1] + 0.5)};
    double[] w = minimize(name, rate(name, 0.02), 400, new double[] {3, 2}, gradient);
    assertEquals(0, Math.pow(w[0] - 1, 2) + 4 * Math.pow(w[1] + 0.5, 2), 0.05);
  }

  @ParameterizedTest
  @MethodSource("names")
  void descendsOnRosenbrock(String name) {
    UnaryOperator<double[]> gradient =
        w -> {
          double curve = w[1] - w[0] * w[0];
          return new double[] {-2 * (1 - w[0]) - 400 * w[0] * curve, 200 * curve};
        };
    double[] w = minimize(name, rate(name, 0.001), 1500, new double[] {-1.2, 1}, gradient);
    double loss = Math.pow(1 - w[0], 2) + 100 * Math.pow(w[1] - w[0] * w[0], 2);
    assertTrue(loss < 6, "from 24.2 to " + loss);
  }

  /** Optimizers whose steps shrink, or start tiny, need a larger rate. */
  private static double rate(String name, double usual) {
    return switch (name) {
      case "Adagrad" -> 0.5;
      case "Adadelta" -> 20;
      case "Ftrl" -> 1;
      case "ScheduleFreeAdamW" -> 5 * usual;
      default -> usual;
    };
  }

  private static double[] minimize(
      String name, double rate, int steps, double[] start, UnaryOperator<double[]> gradient) {
    Optimizer optimizer =
        new OptimizerVariant(name, Config.parse("{}")).with("learning_rate", rate);
    Variable w =
        Variable.of("w", "w", Shape.of(2), new float[] {(float) start[0], (float) start[1]});
    for (int step = 0; step < steps; step++) {
      double[] g = gradient.apply(new double[] {w.values()[0], w.values()[1]});
      optimizer.applyGradients(List.of(new GradAndVar(Tensor.of((float) g[0], (float) g[1]), w)));
    }

    return new double[] {w.values()[0], w.values()[1]};
  }
}
