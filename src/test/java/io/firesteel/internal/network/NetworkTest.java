package io.firesteel.internal.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.constraints.MaxNorm;
import io.firesteel.initializers.RandomNormal;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.regularizers.L1;
import io.firesteel.regularizers.L2;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {

  private static final Layer HIDDEN = Dense.of(4).activation("relu").name("hidden");
  private static final Layer OUT = Dense.of(3).activation("softmax").name("out");

  @Test
  void knowsItsShapes() {
    Network network =
        Network.of(
            "model",
            Shape.of(5, 2),
            List.of(Input.of(5, 2).name("in"), HIDDEN, OUT),
            Losses.get("sparse_categorical_crossentropy"),
            List.of(Metrics.get("sparse_categorical_accuracy")));
    assertEquals("model", network.modelName());
    assertEquals(Shape.of(5, 2), network.inputShape());
    assertEquals(Shape.of(5, 3), network.outputShape());
    assertEquals(3, network.outputs().get(0).width());
    assertEquals(5, network.outputs().get(0).samplesPerRow());
    assertEquals(5, network.labelWidth());
    assertEquals(network.metrics().get(0).stateSize(), network.metricsSize());
    assertEquals(3, network.layers().size());
  }

  @Test
  void labelsAreAsWideAsTheLossSays() {
    assertEquals(3, network("mse", HIDDEN, OUT).labelWidth());
    assertEquals(1, network("sparse_categorical_crossentropy", HIDDEN, OUT).labelWidth());
  }

  @Test
  void variablesAreOrderedByLayerKernelBeforeBias() {
    Network network = network("mse", HIDDEN, Activation.of("tanh").name("act"), OUT);
    assertEquals(
        List.of("model/hidden/kernel", "model/hidden/bias", "model/out/kernel", "model/out/bias"),
        network.variables().stream().map(NetworkVariable::path).toList());
    assertTrue(network.variables().get(0).trainable());
  }

  @Test
  void isRebuiltFromItsSpec() {
    Network network =
        Network.of(
            "model",
            Shape.of(6),
            List.of(
                Input.of(6).name("in"),
                Dense.of(4).kernelRegularizer("l2").trainable(false).name("hidden"),
                OUT),
            Losses.get("categorical_crossentropy"),
            List.of(Metrics.get("mse"), Metrics.get("categorical_accuracy")));
    NetworkSpec spec = network.spec();
    Network again = Network.of(spec);
    assertEquals(spec, again.spec());
    assertEquals(
        network.variables().stream().map(NetworkVariable::path).toList(),
        again.variables().stream().map(NetworkVariable::path).toList());
    assertFalse(again.variables().get(0).trainable());
    assertTrue(again.variables().get(2).trainable());
    assertEquals(network.loss().getConfig(), again.loss().getConfig());
    assertEquals(2, again.metrics().size());
    assertTrue(spec.model().contains("\"hidden\""));
  }

  @Test
  void startValuesDependOnSeedAndPlaceAlone() {
    Dense normal = Dense.of(6).kernelInitializer("normal").biasInitializer("normal");
    Network network = network("mse", normal.name("a"), normal.name("b"));
    List<Variable> variables = network.createVariables(3);
    List<Variable> same = network("mse", normal.name("a"), normal.name("c")).createVariables(3);
    List<Variable> other = network.createVariables(4);
    for (int i = 0; i < variables.size(); i++) {
      assertArrayEquals(variables.get(i).values(), same.get(i).values());
      assertFalse(Arrays.equals(variables.get(i).values(), other.get(i).values()));
    }

    assertFalse(Arrays.equals(variables.get(0).values(), variables.get(2).values()));
  }

  @Test
  void anInitializersSeedWins() {
    Dense seeded = Dense.of(6).kernelInitializer(RandomNormal.of().seed(1));
    Network network = network("mse", seeded.name("a"), seeded.name("b"));
    List<Variable> variables = network.createVariables(3);
    assertArrayEquals(variables.get(0).values(), network.createVariables(4).get(0).values());
    assertArrayEquals(variables.get(0).values(), variables.get(2).values());
  }

  @Test
  void variablesCarryWhatTheirLayerSays() {
    MaxNorm constraint = MaxNorm.of();
    L2 regularizer = L2.of();
    Dense dense = Dense.of(2).kernelConstraint(constraint).biasRegularizer(regularizer);
    List<Variable> variables = network("mse", dense.trainable(false).name("a")).createVariables(1);
    assertEquals("kernel", variables.get(0).name());
    assertEquals("model/a/kernel", variables.get(0).path());
    assertEquals(Shape.of(6, 2), variables.get(0).shape());
    assertSame(constraint, variables.get(0).constraint());
    assertSame(regularizer, variables.get(1).regularizer());
    assertFalse(variables.get(0).trainable());
  }

  @Test
  void penaltiesOfTrainableVariablesAreAdded() {
    Dense ones = Dense.of(1).kernelInitializer("ones").biasInitializer("ones");
    Network network =
        network(
            "mse",
            ones.kernelRegularizer(L2.of(0.5)).trainable(false).name("frozen"),
            ones.kernelRegularizer(L2.of(0.5)).biasRegularizer(L1.of(0.25)).name("a"),
            ones.name("b"));
    List<Variable> variables = network.createVariables(1);
    float[][] gradients = {{10}, {20}, {30}, {40}};
    addGradients(variables, gradients, 1.0f);
    assertArrayEquals(new float[][] {{11}, {20.25f}, {30}, {40}}, gradients);
    addGradients(variables, gradients, 8.0f);
    assertArrayEquals(new float[][] {{19}, {22.25f}, {30}, {40}}, gradients);
    assertEquals(0.75, Penalties.sum(variables));
  }

  private static void addGradients(List<Variable> all, float[][] gradients, float lossScale) {
    List<Variable> trainable = all.stream().filter(Variable::trainable).toList();
    for (int v = 0; v < gradients.length; v++) {
      Penalties.addGradient(trainable.get(v), gradients[v], lossScale);
    }
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    assertEquals(
        "The layer 'in' was declared for rows of shape (5,). Received: (6,)",
        message(Input.of(5).name("in"), OUT));
    assertEquals(
        "The layer 'late' was declared for rows of shape (3,). Received: (4,)",
        message(HIDDEN, Dense.of(2).inputShape(3).name("late")));
    assertEquals(
        "The layer 'out' does not take rows of shape (): Dense needs rows of at least one"
            + " dimension. Received the shape: ()",
        assertThrows(IllegalArgumentException.class, () -> network("mse", Shape.scalar(), OUT))
            .getMessage());
    assertEquals(
        "The weights of the layer 'a': MaxNorm: 'axis' must be within -2 to 1 for a weight of shape"
            + " (6, 2). Received: 5",
        message(Dense.of(2).kernelConstraint(MaxNorm.of().axis(5)).name("a")));
    assertEquals(
        "The weights of the layer 'a': OrthogonalRegularizer is for matrices only. Received the"
            + " shape: (2,)",
        message(Dense.of(2).biasRegularizer("orthogonal_regularizer").name("a")));
    assertEquals(
        "An input layer can only be the first layer. Received 'in' as layer 1",
        message(HIDDEN, Input.of(4).name("in")));
  }

  @Test
  void namesMustBeThereAndDiffer() {
    assertEquals(
        "The layers of a network need unique names. Received: [hidden, hidden]",
        message(HIDDEN, HIDDEN));
    assertEquals(
        "The layers of a network need unique names. Received: [hidden, null]",
        message(HIDDEN, Flatten.of()));
  }

  @Test
  void aNetworkComputesSomething() {
    assertEquals(
        "The network model needs a layer that computes, and rows of at least one value. Received: 1"
            + " layers, rows of shape (6,) in and (6,) out",
        message(Input.of(6).name("in")));
    assertEquals(
        "InputLayer: the extents of 'shape' must be at least 1. Received: (0,)",
        assertThrows(IllegalArgumentException.class, () -> network("mse", Shape.of(0), OUT))
            .getMessage());
  }

  private static String message(Layer... layers) {
    return assertThrows(IllegalArgumentException.class, () -> network("mse", layers)).getMessage();
  }

  private static Network network(String loss, Layer... layers) {
    return network(loss, Shape.of(6), layers);
  }

  private static Network network(String loss, Shape input, Layer... layers) {
    return Network.of("model", input, List.of(layers), Losses.get(loss), List.of());
  }
}
