package io.firesteel.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;

/** Small models and checkpoints, and what it means that two are equal. */
public final class Checkpointed {

  private Checkpointed() {}

  /** Returns a checkpoint whose values follow from the step, with odd numbers in all places. */
  public static Checkpoint at(long step) {
    Config state =
        Config.builder()
            .put("epoch", 1L)
            .put("loss_sum", 0.1 + step)
            .put("best", Double.NaN)
            .put("bounds", List.of(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -0.0))
            .put("smallest", Double.MIN_VALUE)
            .put("callbacks", List.of(Config.builder().put("name", "early").build()))
            .build();
    Variable best = tensor("best", Shape.of(2, 2), step, 0.5f, Float.NaN, -0f);
    return new Checkpoint(step, model(step), state, Map.of("early/stopping", List.of(best)));
  }

  /** Returns a compiled Sequential of one Dense layer in Adam's hands. */
  public static KerasArchive model(float value) {
    Variable kernel = tensor("kernel", Shape.of(3, 2), value, -0f, Float.MIN_VALUE, 1, 2, 3);
    Variable bias = tensor("bias", Shape.of(2), Float.NaN, Float.NEGATIVE_INFINITY);
    Weights optimizer =
        new Weights(
            "Adam",
            "adam",
            List.of(
                Variable.integer("iteration", "adam/iteration", (long) value),
                tensor("learning_rate", Shape.scalar(), 0.01f),
                Variable.zeros("m", "adam/m", Shape.of(3, 2))));
    Config adam = Config.builder().put("class_name", "Adam").build();
    Config compiled = Config.builder().put("optimizer", adam).build();
    return new KerasArchive(
        sequential("Dense", "Flatten").with("compile_config", compiled),
        List.of(
            new Weights("Dense", "hidden", List.of(kernel, bias)),
            new Weights("Flatten", "flatten", List.of())),
        optimizer);
  }

  /** Returns the config of a Sequential with layers of these classes. */
  public static Config sequential(String... layers) {
    List<Config> configs =
        List.of(layers).stream()
            .map(
                name ->
                    Config.builder()
                        .put("class_name", name)
                        .put("config", Config.builder().put("name", "my_" + name).build())
                        .build())
            .toList();
    return Config.builder()
        .put("class_name", "Sequential")
        .put("config", Config.builder().put("name", "model").put("layers", configs).build())
        .build();
  }

  /** Returns a float variable. */
  public static Variable tensor(String name, Shape shape, float... values) {
    return Variable.of(name, name, shape, values);
  }

  /** Asserts that two checkpoints hold the same, to the bit. */
  public static void assertSame(Checkpoint expected, Checkpoint actual) {
    assertEquals(expected.step(), actual.step());
    assertSame(expected.model(), actual.model());
    assertEquals(expected.trainingState(), actual.trainingState());
    assertEquals(expected.callbackTensors().keySet(), actual.callbackTensors().keySet());
    expected
        .callbackTensors()
        .forEach((name, tensors) -> assertSame(tensors, actual.callbackTensors().get(name)));
  }

  /** Asserts that two archives hold the same, to the bit. */
  public static void assertSame(KerasArchive expected, KerasArchive actual) {
    assertEquals(expected.config(), actual.config());
    assertEquals(expected.layers().size(), actual.layers().size());
    for (int i = 0; i < expected.layers().size(); i++) {
      assertSame(expected.layers().get(i), actual.layers().get(i));
    }

    assertEquals(expected.optimizer() == null, actual.optimizer() == null);
    if (expected.optimizer() != null) {
      assertSame(expected.optimizer(), actual.optimizer());
    }
  }

  private static void assertSame(Weights expected, Weights actual) {
    assertEquals(expected.className(), actual.className());
    assertEquals(expected.name(), actual.name());
    assertSame(expected.variables(), actual.variables());
  }

  /** Asserts that variables have the same shapes and bits. */
  public static void assertSame(List<Variable> expected, List<Variable> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      Variable a = expected.get(i);
      Variable b = actual.get(i);
      assertEquals(a.shape(), b.shape());
      assertEquals(a.isInteger(), b.isInteger());
      if (a.isInteger()) {
        assertEquals(a.integer(), b.integer());
      } else {
        assertArrayEquals(bits(a.values()), bits(b.values()));
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }

    return bits;
  }
}
