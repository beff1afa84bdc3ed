package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class MuonTest {

  private final OneWeight w = new OneWeight(1);

  private static Muon.Builder builder() {
    return Muon.builder().learningRate(0.5).noWeightDecay().noAdamWeightDecay();
  }

  private static Variable matrix(String path) {
    return Variable.of("kernel", path, Shape.of(2, 1), new float[] {3, 4});
  }

  /** One row or column becomes the polynomial a + b + c of its direction. */
  @Test
  void orthogonalizesTheMomentumOfMatrices() {
    Variable kernel = matrix("a/kernel");
    Muon optimizer =
        builder().muonA(2).muonB(-1.5).muonC(1).nsSteps(1).momentum(0.5).rmsRate(0.25).build();
    Tensor gradient = Tensor.wrap(kernel.shape(), new float[] {6, 8});
    optimizer.applyGradients(List.of(new GradAndVar(gradient, kernel)));
    double scale = 0.5 * 1.5 * Math.sqrt(2) * 0.25;
    assertEquals(3 - scale * 0.6, kernel.values()[0], 1e-6);
    assertEquals(4 - scale * 0.8, kernel.values()[1], 1e-6);
    assertArrayEquals(new float[] {6, 8}, optimizer.variables().get(2).values());
  }

  /** With momentum (6, 8) and gradient (-3, 4): m = (0, 8), and (-3, 8) with nesterov. */
  @Test
  void nesterovAddsTheGradientOnceMore() {
    for (boolean nesterov : new boolean[] {false, true}) {
      Variable kernel = matrix("a/kernel");
      Muon optimizer =
          builder().muonA(1).muonB(0).muonC(0).momentum(0.5).noRmsRate().nesterov(nesterov).build();
      optimizer.build(List.of(kernel));
      optimizer.variables().get(2).assign(new float[] {6, 8});
      Tensor gradient = Tensor.wrap(kernel.shape(), new float[] {-3, 4});
      optimizer.applyGradients(List.of(new GradAndVar(gradient, kernel)));
      double[] mix = nesterov ? new double[] {-3, 8} : new double[] {0, 8};
      double norm = Math.hypot(mix[0], mix[1]);
      assertEquals(3 - 0.5 * mix[0] / norm, kernel.values()[0], 1e-6);
      assertEquals(4 - 0.5 * mix[1] / norm, kernel.values()[1], 1e-6);
    }
  }

  @Test
  void othersAreUpdatedByAdam() {
    Muon muon = builder().adamBeta1(0.75).adamBeta2(0.5).epsilon(0.25).adamLrRatio(0.5).build();
    Adam adam = Adam.builder().learningRate(0.25).beta1(0.75).beta2(0.5).epsilon(0.25).build();
    OneWeight other = new OneWeight(1);
    for (float gradient : new float[] {2, -1, 0.5f}) {
      assertEquals(other.step(adam, gradient), w.step(muon, gradient));
    }
  }

  @Test
  void matricesAndOthersDecayDifferently() {
    Variable kernel = matrix("a/kernel");
    Muon optimizer = builder().weightDecay(0.5).adamWeightDecay(0.25).adamLrRatio(0.1).build();
    optimizer.applyGradients(
        List.of(
            new GradAndVar(Tensor.zeros(kernel.shape()), kernel),
            new GradAndVar(Tensor.of(0), w.variable)));
    assertEquals(3 - 3 * 0.5 * 0.5, kernel.values()[0]);
    assertEquals(1 - 0.25 * 0.5, w.variable.values()[0]);
  }

  @Test
  void stateTellsTheRoutes() {
    Muon optimizer = builder().excludeLayers(List.of("^out", "b/k")).build();
    optimizer.build(
        List.of(
            matrix("a/kernel"),
            matrix("b/kernel"),
            matrix("Embedding_1/kernel"),
            matrix("about/kernel"),
            w.variable));
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "a_kernel_momentum",
            "b_kernel_momentum",
            "b_kernel_velocity",
            "Embedding_1_kernel_momentum",
            "Embedding_1_kernel_velocity",
            "about_kernel_momentum",
            "w_momentum",
            "w_velocity"),
        optimizer.variables().stream().map(Variable::name).toList());
  }

  @Test
  void embeddingsCanBeMatrices() {
    Muon optimizer = builder().excludeEmbeddings(false).build();
    optimizer.build(List.of(matrix("embedding/embeddings")));
    assertEquals(3, optimizer.variables().size());
  }

  @Test
  void aWholeRatioStaysWhole() {
    assertEquals(1L, Muon.builder().build().getConfig().get("adam_lr_ratio"));
    assertEquals(2L, ratio("{\"adam_lr_ratio\":2}"));
    assertEquals(2.0, ratio("{\"adam_lr_ratio\":2.0}"));
  }

  private static Object ratio(String json) {
    return Muon.fromConfig(Config.parse(json)).getConfig().get("adam_lr_ratio");
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Muon: 'adam_beta_1' must be in [0, 1). Received: 1.0",
            "Muon: 'adam_beta_2' must be in [0, 1). Received: 1.0",
            "Muon: 'adam_weight_decay' must be finite and >= 0. Received: -1.0",
            "Muon: 'epsilon' must be finite and >= 0. Received: -1.0",
            "Muon: 'exclude_layers' must be regular expressions. Received: [(]",
            "Muon: 'muon_a' must be finite. Received: NaN",
            "Muon: 'muon_b' must be finite. Received: Infinity",
            "Muon: 'muon_c' must be finite. Received: 1.0E39",
            "Muon: 'adam_lr_ratio' must be finite and >= 0. Received: -1.0",
            "Muon: 'momentum' must be in [0, 1). Received: 1.0",
            "Muon: 'ns_steps' must be an integer >= 1. Received: 0",
            "Muon: 'rms_rate' must be finite and > 0. Received: 0.0"),
        OneWeight.refusals(
            builder().adamBeta1(1),
            builder().adamBeta2(1),
            builder().adamWeightDecay(-1),
            builder().epsilon(-1),
            builder().excludeLayers(List.of("(")),
            builder().muonA(Double.NaN),
            builder().muonB(Double.POSITIVE_INFINITY),
            builder().muonC(1e39),
            builder().adamLrRatio(-1),
            builder().momentum(1),
            builder().nsSteps(0),
            builder().rmsRate(0)));
  }
}
