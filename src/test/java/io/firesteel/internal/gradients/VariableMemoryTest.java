package io.firesteel.internal.gradients;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.network.Network;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.losses.Losses;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.FaultyLoss;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VariableMemoryTest {

  private static final int FEATURES = 1 << 20;
  private static final long NEEDED = (FEATURES + 1L) * 2 * 2 * Float.BYTES;

  private static Network network() {
    return Network.of(
        "wide",
        Shape.of(FEATURES),
        List.of(Dense.of(2).withName("dense")),
        Losses.get("mse"),
        List.of());
  }

  private static String refusal(Executable check) {
    return assertThrows(IllegalArgumentException.class, check).getMessage();
  }

  @Test
  void valuesAndGradientsMustFitIntoTheDriver() {
    assertDoesNotThrow(() -> VariableMemory.requireDriver(network(), NEEDED));
    assertEquals(
        "The 2097154 parameters of the model wide and their gradients need at least 16 MB of the"
            + " driver's memory, beside the optimizer's state. Its heap has 15 MB; raise"
            + " spark.driver.memory (-Xmx without Spark) or make the model smaller",
        refusal(() -> VariableMemory.requireDriver(network(), NEEDED - 17)));
  }

  @Test
  void theStateOfTheOptimizerMustFitToo() {
    assertDoesNotThrow(
        () -> VariableMemory.requireDriver(network(), Adam.builder().build(), 2 * NEEDED));
    assertEquals(
        "The 2097154 parameters of the model wide, their gradients and the 4194308 values that the"
            + " optimizer adam keeps need at least 32 MB of the driver's memory. Its heap has 31"
            + " MB; raise spark.driver.memory (-Xmx without Spark), make the model smaller or take"
            + " an optimizer that keeps less",
        refusal(
            () ->
                VariableMemory.requireDriver(network(), Adam.builder().build(), 2 * NEEDED - 33)));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theStateIsCountedBeforeItIsThere(Optimizer optimizer, int smallerParts) {
    Network network =
        Network.of(
            "deep",
            Shape.of(3),
            List.of(Dense.of(4).withName("dense"), Dense.of(2).withName("dense_1")),
            Losses.get("mse"),
            List.of());
    long counted = VariableMemory.OptimizerStateSize.of(optimizer, network);
    optimizer.build(network.createVariables(1));
    long there =
        optimizer.variables().stream()
            .filter(part -> !part.isInteger() && part.shape().rank() > 0)
            .mapToLong(part -> part.shape().size())
            .sum();

    assertEquals(there - smallerParts, counted);
  }

  static Stream<Arguments> optimizers() {
    return Stream.concat(
        Stream.of(
            Arguments.of(Optimizers.get("adafactor"), 3 + 4 + 4 + 2),
            Arguments.of(SGD.builder().momentum(0.9).build(), 0),
            Arguments.of(Adam.builder().amsgrad(true).useEma(true).build(), 0),
            Arguments.of(Adam.builder().gradientAccumulationSteps(2).build(), 0),
            Arguments.of(LossScaleOptimizer.builder(Adam.builder().build()).build(), 0)),
        Stream.of("sgd", "rmsprop", "adam", "adamw", "adagrad", "adadelta", "adamax", "nadam")
            .map(name -> Arguments.of(Optimizers.get(name), 0)));
  }

  @Test
  void aBuiltOptimizerHasWhatItHas() {
    Network network = network();
    Optimizer optimizer = Adam.builder().build();
    optimizer.build(network.createVariables(1));
    assertEquals(
        2 * (FEATURES + 1L) * 2 + 1, VariableMemory.OptimizerStateSize.of(optimizer, network));
  }

  @Test
  void anOptimizerThatCannotBeRebuiltIsNotCounted() {
    Adam adam = Adam.builder().build();
    adam.setLearningRate(() -> 0.1);
    assertEquals(0, VariableMemory.OptimizerStateSize.of(adam, network()));
  }

  @Test
  void anExecutorNeedsNoWholeGradientWhereRowsAreSummedUp() {
    assertEquals(
        "The 2097154 parameters of the model wide and the 2097154 values of gradients that are"
            + " computed whole need at least 16 MB of an executor's memory. Its heap has 15 MB;"
            + " raise spark.executor.memory or make the model smaller",
        refusal(
            () -> VariableMemory.requireExecutor(network(), "spark.executor.memory", NEEDED - 17)));
    Network embedding =
        Network.of(
            "words",
            Shape.of(3),
            List.of(
                Embedding.of(FEATURES, 4).withName("embedding"),
                Flatten.of().withName("flatten"),
                Dense.of(1).withName("dense")),
            Losses.get("mse"),
            List.of());
    long values = FEATURES * 4L + 13;
    assertDoesNotThrow(
        () ->
            VariableMemory.requireExecutor(
                embedding, "spark.executor.memory", (values + 13) * Float.BYTES));
    assertEquals(
        "The 4194317 parameters of the model words and the 13 values of gradients that are computed"
            + " whole need at least 16 MB of an executor's memory. Its heap has 15 MB; raise"
            + " spark.executor.memory or make the model smaller",
        refusal(
            () ->
                VariableMemory.requireExecutor(
                    embedding, "spark.executor.memory", (16L << 20) - 1)));
  }

  @Test
  void aFitWhoseOptimizerTheDriverCannotHoldIsRefusedBeforeTheDataIsRead() {
    int classes = (int) (Runtime.getRuntime().maxMemory() / Float.BYTES / 10);
    Sequential model =
        new Sequential("wide").add(Dense.of(classes).kernelInitializer("zeros").inputShape(1));
    model.compile(
        Adam.builder().amsgrad(true).useEma(true).build(), "sparse_categorical_crossentropy");
    LocalData data = LocalData.of(new float[][] {{1}}, new float[] {0});
    String message =
        refusal(
            () -> model.fit(data, FitOptions.builder().epochs(1).batchSize(1).verbose(0).build()));
    assertTrue(
        message.startsWith(
            "The %d parameters of the model wide, their gradients and the %d values that the optimizer adam keeps need"
                .formatted(2 * classes, 8L * classes)),
        message);
  }

  @Test
  void aModelThatTheDriverCannotHoldIsRefusedBeforeItIsAllocated() {
    Sequential model = new Sequential("huge");
    for (int layer = 0; layer < 40; layer++) {
      model.add(Dense.of(45_000));
    }

    String message =
        assertThrows(IllegalArgumentException.class, () -> model.build(45_000)).getMessage();
    assertTrue(
        message.startsWith("The 81001800000 parameters of the model huge and their gradients"),
        message);
    assertTrue(message.contains("need at least 617994 MB of the driver's memory"), message);
  }

  /** No estimate knows all that a training needs; what it lacks in the end is told in words. */
  @Test
  void aHeapThatIsExhaustedIsToldWithWhatToSet() {
    Sequential model = new Sequential("small").add(Dense.of(1)).build(1);
    model.compile("sgd", FaultyLoss.huge());
    LocalData data = LocalData.of(new float[][] {{1}}, new float[] {0});

    String message =
        assertThrows(
                IllegalStateException.class,
                () -> model.fit(data, FitOptions.builder().epochs(1).verbose(0).build()))
            .getMessage();
    assertTrue(
        message.startsWith(
            "The training of the 2 parameters of the model small ran out of the driver's memory"
                + " (Java heap space). Its heap has "),
        message);
    assertTrue(message.contains("raise spark.driver.memory (-Xmx without Spark)"), message);
  }

  @Test
  void theCopyThatACheckpointIsWrittenFromCounts() {
    long withoutCopy = 2 * NEEDED;
    assertDoesNotThrow(
        () -> VariableMemory.requireDriver(network(), Adam.builder().build(), withoutCopy));

    assertTrue(
        refusal(
                () ->
                    VariableMemory.requireDriverWithCheckpoints(
                        network(), Adam.builder().build(), withoutCopy))
            .contains("the copy of values and state that a checkpoint is written from"));
    assertDoesNotThrow(
        () ->
            VariableMemory.requireDriverWithCheckpoints(
                network(), Adam.builder().build(), 2 * withoutCopy));
  }

  /** Copies are made where there is ample room: about twice what a training holds with them. */
  @Test
  void copiesNeedAmpleRoom() {
    Adam adam = Adam.builder().build();
    long values =
        network().variables().stream()
            .mapToLong(variable -> variable.weight().shape().size())
            .sum();
    long counted = Float.BYTES * (3 * 3 + 2 + 3) * values;
    assertTrue(VariableMemory.hasRoomForCopy(network(), adam, 2 * counted));
    assertFalse(VariableMemory.hasRoomForCopy(network(), adam, 2 * counted - 2));
    assertTrue(
        VariableMemory.hasRoomForCopy(network(), SGD.builder().build(), Float.BYTES * 16 * values));
  }
}
