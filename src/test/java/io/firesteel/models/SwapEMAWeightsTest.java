package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.callbacks.ModelCheckpoint;
import io.firesteel.callbacks.SwapEMAWeights;
import io.firesteel.layers.Dense;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerMap;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.ScheduleFreeAdamW;
import io.firesteel.saving.Config;
import io.firesteel.testing.Digits;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Validation with averaged weights, and that training does not notice it. */
class SwapEMAWeightsTest {

  private static final LocalData DATA = Digits.rows(0, 150);
  private static final LocalData OTHERS = Digits.rows(150, 250);
  private static final List<Supplier<Optimizer>> AVERAGING =
      List.of(
          SwapEMAWeightsTest::adam,
          () -> LossScaleOptimizer.builder(adam()).build(),
          () ->
              MultiOptimizer.builder(
                      OptimizerMap.builder(SGD.builder().build())
                          .put(".*dense_1/.*", adam())
                          .build())
                  .build(),
          () -> ScheduleFreeAdamW.builder().learningRate(0.01).build());

  /** Keeps what each variable should be evaluated with, and what it holds, epoch by epoch. */
  private static final class Watching extends Callback {
    private final List<List<float[]>> averages = new ArrayList<>();
    private final List<List<float[]>> seen = new ArrayList<>();

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      Optimizer optimizer = model().optimizer();
      seen.add(values(model().variables()));
      averages.add(
          model().variables().stream().map(v -> optimizer.evaluationValues(v).clone()).toList());
    }
  }

  private static Adam adam() {
    return Adam.builder().learningRate(0.02).useEma(true).emaMomentum(0.9).build();
  }

  private static List<float[]> values(List<Variable> variables) {
    return variables.stream().map(v -> v.values().clone()).toList();
  }

  private static Sequential model(Optimizer optimizer) {
    Sequential model =
        new Sequential()
            .add(Dense.of(9).activation("relu").kernelRegularizer("l2").inputShape(64))
            .add(Dense.of(10).activation("softmax"));
    model.compile(optimizer, "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder options(Callback... callbacks) {
    return FitOptions.builder()
        .epochs(3)
        .batchSize(16)
        .validationData(OTHERS)
        .callbacks(callbacks)
        .verbose(0);
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  @Test
  void validationIsThatOfTheAveragesAndTrainingTheSameToTheBit() {
    for (Supplier<Optimizer> optimizer : AVERAGING) {
      Watching plainWatch = new Watching();
      Sequential plain = model(optimizer.get());
      History plainHistory = plain.fit(DATA, options(plainWatch).build());
      Watching watch = new Watching();
      Sequential swapping = model(optimizer.get());
      History history = swapping.fit(DATA, options(SwapEMAWeights.inValidation(), watch).build());

      assertEquals(plainHistory.values("loss"), history.values("loss"));
      for (int epoch = 0; epoch < 3; epoch++) {
        assertSame(plainWatch.seen.get(epoch), watch.seen.get(epoch));
        assertEquals(lossOf(watch.averages.get(epoch)), history.values("val_loss").get(epoch));
        assertNotEquals(
            plainHistory.values("val_loss").get(epoch), history.values("val_loss").get(epoch));
      }

      assertSame(watch.averages.get(2), values(swapping.variables()));
      assertEquals(history.last().get("val_loss"), swapping.evaluate(OTHERS).get("loss"));
    }
  }

  private static double lossOf(List<float[]> values) {
    Sequential model = model(SGD.builder().build());
    for (int i = 0; i < values.size(); i++) {
      model.variables().get(i).assign(values.get(i));
    }

    return model.evaluate(OTHERS).get("loss");
  }

  @Test
  void theModelAfterwardsIsTheSameWithMovingAverages() {
    Sequential plain = model(adam());
    plain.fit(DATA, options().build());
    for (SwapEMAWeights swap :
        List.of(SwapEMAWeights.inValidation(), SwapEMAWeights.swapOnEpoch())) {
      Sequential swapping = model(adam());
      swapping.fit(DATA, options(swap).build());
      assertEquals(plain.weightsSha256(), swapping.weightsSha256());
    }
  }

  @Test
  void atTheEndOfEpochsOthersSeeTheAverages(@TempDir Path folder) throws IOException {
    Watching before = new Watching();
    Watching after = new Watching();
    String file = folder.resolve("{epoch}.keras").toString();
    Sequential model = model(adam());
    model.fit(
        DATA,
        options(before, SwapEMAWeights.swapOnEpoch(), after, ModelCheckpoint.builder(file).build())
            .build());
    for (int epoch = 0; epoch < 3; epoch++) {
      assertSame(before.averages.get(epoch), after.seen.get(epoch));
      Sequential saved = Sequential.load(file.replace("{epoch}", "" + (epoch + 1)));
      assertSame(before.averages.get(epoch), values(saved.variables()));
    }

    assertFalse(before.seen.get(1).get(0)[3] == after.seen.get(1).get(0)[3]);
  }

  @Test
  void bestWeightsAreTheAveragesWhereEarlyStoppingComesAfter() {
    Watching watch = new Watching();
    EarlyStopping stopping =
        EarlyStopping.builder().mode("max").patience(1).restoreBestWeights(true).build();
    Sequential model = model(adam());
    model.fit(DATA, options(watch, SwapEMAWeights.swapOnEpoch(), stopping).epochs(9).build());
    assertTrue(model.lastTraining().stopped());
    assertSame(watch.averages.get((int) stopping.bestEpoch()), values(model.variables()));
  }

  @Test
  void aRunThatIsStoppedEndsWithTheAverages() {
    Watching watch = new Watching();
    EarlyStopping stopping = EarlyStopping.builder().mode("max").build();
    Sequential model = model(adam());
    model.fit(DATA, options(watch, SwapEMAWeights.swapOnEpoch(), stopping).epochs(9).build());
    List<List<float[]>> averages = watch.averages;
    assertTrue(averages.size() < 9);
    assertSame(averages.get(averages.size() - 1), values(model.variables()));
  }

  @Test
  void aCallbackThatFailsLeavesTheWeightsInTraining() {
    Watching watch = new Watching();
    Callback failing =
        new Callback() {
          @Override
          public void onEpochEnd(int epoch, Map<String, Double> logs) {
            throw new IllegalStateException("full");
          }
        };
    Sequential model = model(adam());
    assertThrows(
        IllegalStateException.class,
        () -> model.fit(DATA, options(watch, SwapEMAWeights.swapOnEpoch(), failing).build()));
    assertSame(watch.seen.get(0), values(model.variables()));
  }

  @Test
  void anOptimizerWithoutAveragesIsRefused() {
    Sequential model = model(SGD.builder().build());
    assertEquals(
        "SwapEMAWeights needs an optimizer with use_ema=true, or ScheduleFreeAdamW. Received: sgd",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.fit(DATA, options(SwapEMAWeights.inValidation()).build()))
            .getMessage());
  }

  @Test
  void theConfigIsThatOfKeras() {
    Config config = Config.parse("{\"swap_on_epoch\":true}");
    assertEquals(config, SwapEMAWeights.fromConfig(config).getConfig());
    assertEquals(
        SwapEMAWeights.inValidation().getConfig(), Callbacks.get("SwapEMAWeights").getConfig());
  }
}
