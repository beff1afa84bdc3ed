package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays what real Keras did, step by step: every {@code *.json} in {@code golden} and in the
 * folder of {@code -Dfiresteel.golden=DIR}.
 */
class GoldenTrajectoryTest {

  private static final double RELATIVE = 1e-5;
  private static final double ABSOLUTE = 5e-6;

  @TestFactory
  Stream<DynamicTest> equalsKerasAtEveryStep() {
    return Trajectory.all().stream()
        .map(
            trajectory ->
                DynamicTest.dynamicTest(
                    trajectory.file() + " " + trajectory.id(), () -> replay(trajectory)));
  }

  @Test
  void everyOptimizerHasACaseAndEveryCaseAnOptimizer() {
    Set<String> names = new TreeSet<>();
    Trajectory.all().forEach(trajectory -> names.add(trajectory.optimizerName()));
    assertEquals(new TreeSet<>(OptimizerVariant.names()), names);
    assertEquals(
        47,
        Trajectory.all().stream().filter(t -> t.file().equals("keras-trajectories.json")).count());
  }

  private static void replay(Trajectory trajectory) {
    Optimizer optimizer = trajectory.optimizer();
    List<Variable> variables = trajectory.variables();
    optimizer.build(variables);
    BitCount bits = new BitCount();
    for (int step = 0; step < trajectory.steps(); step++) {
      optimizer.applyGradients(trajectory.gradients(step, variables));
      for (int v = 0; v < variables.size(); v++) {
        assertClose(
            "step " + step + " " + variables.get(v).path(),
            variables.get(v).values(),
            trajectory.float32(step, v),
            trajectory.float64(step, v),
            bits);
      }
    }

    compareState(trajectory.finalState(), optimizer.variables(), bits);
    System.out.printf("%-42s %s%n", trajectory.id(), bits);
    assertTrue(bits.share() >= trajectory.expectedShare(), trajectory.id() + ": " + bits);
  }

  private static void compareState(JsonNode expected, List<Variable> actual, BitCount bits) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < actual.size(); i++) {
      JsonNode saved = expected.get(i);
      Variable variable = actual.get(i);
      String what = "optimizer variable " + i + " " + variable.path();
      assertEquals(saved.get("name").asText(), variable.name(), what);
      assertEquals(Trajectory.shape(saved.get("shape")), variable.shape(), what);
      assertEquals(saved.get("dtype").asText().equals("int"), variable.isInteger(), what);
      if (variable.isInteger()) {
        assertEquals(saved.get("float32").get(0).asLong(), variable.integer(), what);
      } else {
        assertClose(
            what,
            variable.values(),
            Trajectory.floats(saved.get("float32")),
            Trajectory.doubles(saved.get("float64")),
            bits);
      }
    }
  }

  private static void assertClose(
      String what, float[] actual, float[] keras, double[] exact, BitCount bits) {
    assertEquals(keras.length, actual.length, what);
    double ours = 0;
    double theirs = 0;
    for (int i = 0; i < actual.length; i++) {
      double allowed = ABSOLUTE + RELATIVE * Math.abs(keras[i]);
      assertEquals(keras[i], actual[i], allowed, what + " [" + i + "]");
      ours = Math.max(ours, Math.abs(actual[i] - exact[i]));
      theirs = Math.max(theirs, Math.abs(keras[i] - exact[i]));
      bits.add(keras[i], actual[i]);
    }

    assertTrue(
        ours <= 2 * theirs + 1e-6, "%s: %s from float64, Keras %s".formatted(what, ours, theirs));
  }

  /** Counts the values that are Keras's to the bit. */
  private static final class BitCount {
    private int equal;
    private int all;

    void add(float expected, float actual) {
      all++;
      if (Float.floatToRawIntBits(expected) == Float.floatToRawIntBits(actual)) {
        equal++;
      }
    }

    double share() {
      return (double) equal / all;
    }

    @Override
    public String toString() {
      return "%d of %d values equal Keras's bits (%.1f %%)".formatted(equal, all, 100 * share());
    }
  }
}
