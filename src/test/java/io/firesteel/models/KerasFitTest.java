package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.regularizers.L2;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.Digits;
import io.firesteel.training.FitOptions;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole fit without shuffling against one of real Keras, whose numbers
 * src/test/python/golden_fit.py wrote.
 */
class KerasFitTest {

  private static final double LOSS_TOLERANCE = 1e-4;
  private static final double WEIGHT_TOLERANCE = 1e-3;

  private static final class BatchLosses extends Callback {
    private final List<Double> losses = new ArrayList<>();
    private double sumBefore;

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      double sum = logs.get("loss") * (batch + 1);
      losses.add(batch == 0 ? sum : sum - sumBefore);
      sumBefore = sum;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "sgd_momentum", "rmsprop_schedule"})
  void everyStepHasKerassLoss(String name) throws IOException {
    ConfigReader golden = golden().reader("golden");
    ConfigReader run = golden.config("cases").reader("cases").config(name).reader(name);
    Sequential model =
        new Sequential()
            .add(Dense.of(16).activation("relu").kernelRegularizer(L2.of(0.001)).inputShape(64))
            .add(Dense.of(10))
            .add(Activation.of("softmax"));
    model.compile(run.config("optimizer"), "sparse_categorical_crossentropy", "accuracy");
    assign(model.variables(), run.list("initial"));
    BatchLosses losses = new BatchLosses();
    model.fit(
        Digits.rows(0, (int) golden.integer("rows")),
        FitOptions.builder()
            .epochs((int) golden.integer("epochs"))
            .batchSize((int) golden.integer("batch_size"))
            .shuffle(false)
            .observers(losses)
            .verbose(0)
            .build());

    List<Double> expected = run.numbers("losses");
    assertEquals(50, expected.size());
    double worst = 0;
    for (int step = 0; step < expected.size(); step++) {
      assertEquals(expected.get(step), losses.losses.get(step), LOSS_TOLERANCE, "step " + step);
      worst = Math.max(worst, Math.abs(expected.get(step) - losses.losses.get(step)));
    }

    System.out.printf("fit against Keras, %s: largest difference of a loss %.2g%n", name, worst);
    assertClose(run.list("final"), model.variables());
  }

  private static void assign(List<Variable> variables, List<?> values) {
    for (int v = 0; v < variables.size(); v++) {
      List<?> list = (List<?>) values.get(v);
      float[] array = new float[list.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = ((Number) list.get(i)).floatValue();
      }

      variables.get(v).assign(array);
    }
  }

  private static void assertClose(List<?> expected, List<Variable> variables) {
    for (int v = 0; v < variables.size(); v++) {
      List<?> list = (List<?>) expected.get(v);
      for (int i = 0; i < list.size(); i++) {
        assertEquals(
            ((Number) list.get(i)).floatValue(),
            variables.get(v).values()[i],
            WEIGHT_TOLERANCE,
            variables.get(v).path());
      }
    }
  }

  private static Config golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(KerasFitTest.class.getResourceAsStream("/golden-fit/digits.json"))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
