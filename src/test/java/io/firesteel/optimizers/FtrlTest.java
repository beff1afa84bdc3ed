package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FtrlTest {

  private final OneWeight w = new OneWeight(1);

  private static Ftrl.Builder builder() {
    return Ftrl.builder().learningRate(0.5).initialAccumulatorValue(0.25);
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Ftrl optimizer =
        builder()
            .l1RegularizationStrength(0.5)
            .l2RegularizationStrength(0.25)
            .l2ShrinkageRegularizationStrength(0.125)
            .beta(2)
            .build();
    double a = 0.25;
    double z = 0;
    double expected = 1;
    for (double g : new double[] {2, -1}) {
      double sum = a + g * g;
      z += g + 2 * 0.125 * expected - (Math.sqrt(sum) - Math.sqrt(a)) / 0.5 * expected;
      a = sum;
      double clipped = Math.max(-0.5, Math.min(0.5, z));
      expected = (clipped - z) / (Math.sqrt(a) / 0.5 + 2 * (0.25 + 2 / (2 * 0.5)));
      assertEquals(expected, w.step(optimizer, (float) g), 1e-6);
    }
  }

  @Test
  void otherPowersThanTheRootAreTaken() {
    double z = 2 - (Math.pow(4.25, 0.2) - Math.pow(0.25, 0.2)) / 0.5;
    Ftrl optimizer = builder().learningRatePower(-0.2).build();
    assertEquals(-z / (Math.pow(4.25, 0.2) / 0.5), w.step(optimizer, 2), 1e-6);
  }

  @Test
  void aPowerOfZeroMeansAConstantRate() {
    Ftrl optimizer = builder().learningRatePower(0).initialAccumulatorValue(0).build();
    assertEquals(0, w.step(optimizer, 0));
    assertEquals(-2 * 0.5, w.step(optimizer, 2));
  }

  @Test
  void aGradientOfZeroMovesToZero() {
    assertEquals(0, w.step(builder().build(), 0));
  }

  @Test
  void aRateOfZeroChangesNothing() {
    Ftrl optimizer = builder().learningRate(0).build();
    assertEquals(1, w.step(optimizer, 2));
    assertEquals(0.25f, optimizer.variables().get(2).values()[0]);
    assertEquals(0, optimizer.variables().get(3).values()[0]);
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "w_accumulator",
            "w_linear",
            "a_v_accumulator",
            "a_v_linear"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Ftrl: 'learning_rate_power' must be finite and <= 0. Received: 0.1",
            "Ftrl: 'initial_accumulator_value' must be finite and >= 0. Received: -0.1",
            "Ftrl: 'l1_regularization_strength' must be finite and >= 0. Received: -1.0",
            "Ftrl: 'l2_regularization_strength' must be finite and >= 0. Received: -1.0",
            "Ftrl: 'l2_shrinkage_regularization_strength' must be finite and >= 0. Received: NaN",
            "Ftrl: 'beta' must be finite and >= 0. Received: -1.0"),
        OneWeight.refusals(
            builder().learningRatePower(0.1),
            builder().initialAccumulatorValue(-0.1),
            builder().l1RegularizationStrength(-1),
            builder().l2RegularizationStrength(-1),
            builder().l2ShrinkageRegularizationStrength(Double.NaN),
            builder().beta(-1)));
  }
}
