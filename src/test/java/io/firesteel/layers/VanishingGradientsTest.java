package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients that shrink from step to step become zeros, not denormal numbers. */
class VanishingGradientsTest {

  private static final int STEPS = 400;
  private static final int INPUTS = 3;

  static List<Layer> layers() {
    return List.of(SimpleRNN.of(4), LSTM.of(4), GRU.of(4), GRU.of(4).resetAfter(false));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void longSequencesHaveNone(Layer layer) {
    Shape input = Shape.of(STEPS, INPUTS);
    FakeCall call = new FakeCall(2, input.size(), 4, 1);
    fill(call.input, 1, 1);
    fill(call.outputGradient, 2, 1);
    List<WeightSpec> specs = layer.weights(List.of(input));
    call.weights = new float[specs.size()][];
    call.weightGradients = new float[specs.size()][];
    for (int i = 0; i < specs.size(); i++) {
      call.weights[i] = new float[specs.get(i).shape().size()];
      call.weightGradients[i] = new float[call.weights[i].length];
      fill(call.weights[i], 3 + i, 0.3f);
    }

    layer.forward(List.of(input), call);
    layer.backward(List.of(input), call);
    int zeros = 0;
    for (float value : call.inputGradient) {
      assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, "denormal: " + value);
      zeros += value == 0 ? 1 : 0;
    }

    assertTrue(zeros > call.inputGradient.length / 4, "zeros: " + zeros);
    assertEquals(0f, call.inputGradient[0]);
    assertTrue(call.inputGradient[input.size() - 1] != 0);
  }

  private static void fill(float[] values, long seed, float spread) {
    RandomStream random = RandomStream.of(seed, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] = spread * (2 * random.nextFloat() - 1);
    }
  }
}
