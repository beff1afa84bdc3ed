package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.activations.Activations;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LstmGatesTest {

  private static final Shape INPUT = Shape.of(6, 3);

  /** The same function by another object, so that the LSTM knows nothing of it. */
  private static final class Other extends ActivationFunction {
    private final ActivationFunction function;

    private Other(String name) {
      this.function = Activations.get(name);
    }

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      function.call(x, y, vectors, width);
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      function.backward(x, y, gradient, vectors, width);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40})
  void theUsualActivationsGiveTheBitsOfTheGeneralWay(int units) {
    LSTM usual = LSTM.of(units).returnSequences(true);
    LSTM general = usual.activation(new Other("tanh")).recurrentActivation(new Other("sigmoid"));
    assertTrue(LstmGates.areUsual(usual.arguments()));
    assertFalse(LstmGates.areUsual(general.arguments()));
    FakeCall expected = run(general, units);
    FakeCall actual = run(usual, units);
    assertArrayEquals(expected.output, actual.output);
    assertArrayEquals(expected.inputGradient, actual.inputGradient);
    for (int i = 0; i < expected.weightGradients.length; i++) {
      assertArrayEquals(expected.weightGradients[i], actual.weightGradients[i]);
    }
  }

  private static FakeCall run(LSTM layer, int units) {
    int rows = 5;
    FakeCall call = new FakeCall(rows, INPUT.size(), INPUT.dim(0) * units, 1);
    fill(call.input, 1);
    fill(call.outputGradient, 2);
    call.masks = new boolean[][] {new boolean[rows * INPUT.dim(0)]};
    for (int i = 0; i < call.masks[0].length; i++) {
      call.masks[0][i] = i % 4 != 1;
    }

    List<WeightSpec> specs = layer.weights(List.of(INPUT));
    call.weights = new float[specs.size()][];
    call.weightGradients = new float[specs.size()][];
    for (int i = 0; i < specs.size(); i++) {
      call.weights[i] = new float[specs.get(i).shape().size()];
      call.weightGradients[i] = new float[call.weights[i].length];
      fill(call.weights[i], 3 + i);
    }

    layer.forward(List.of(INPUT), call);
    layer.backward(List.of(INPUT), call);
    return call;
  }

  private static void fill(float[] values, long seed) {
    RandomStream random = RandomStream.of(seed, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 * (2 * random.nextFloat() - 1);
    }
  }
}
