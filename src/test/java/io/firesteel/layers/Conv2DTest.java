package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.AllocatedBytes;
import org.junit.jupiter.api.Test;

/** Convolutions of images of which many windows make several blocks. */
class Conv2DTest {

  private static final int ROWS = 5;
  private static final Shape IMAGE = Shape.of(33, 20, 16);
  private static final int FILTERS = 3;

  @Test
  void blocksGiveTheSumsOfTheDefinition() {
    FakeCall call = call(Conv2D.of(FILTERS, 3));
    float[] gradient = call.outputGradient.clone();
    Conv2D.of(FILTERS, 3).forward(IMAGE, call);
    Conv2D.of(FILTERS, 3).backward(IMAGE, call);
    double[] ofKernel = new double[call.weights[0].length];
    double[] ofInput = new double[call.input.length];
    for (int place = 0; place < ROWS * 31 * 18; place++) {
      for (int filter = 0; filter < FILTERS; filter++) {
        double sum = call.weights[1][filter];
        for (int k = 0; k < 9 * 16; k++) {
          int x = inputIndex(place, k);
          sum += (double) call.input[x] * call.weights[0][k * FILTERS + filter];
          float g = gradient[place * FILTERS + filter];
          ofKernel[k * FILTERS + filter] += (double) call.input[x] * g;
          ofInput[x] += (double) call.weights[0][k * FILTERS + filter] * g;
        }

        assertEquals(sum, call.output[place * FILTERS + filter], 1e-4);
      }
    }

    assertClose(ofKernel, call.weightGradients[0]);
    assertClose(ofInput, call.inputGradient);
  }

  @Test
  void rowsDoNotDependOnEachOther() {
    FakeCall all = call(Conv2D.of(FILTERS, 3).padding("same"));
    Conv2D.of(FILTERS, 3).padding("same").forward(IMAGE, all);
    int size = IMAGE.size();
    int outputSize = 33 * 20 * FILTERS;
    for (int row = 0; row < ROWS; row++) {
      FakeCall one = new FakeCall(1, size, outputSize, 1);
      one.weights = all.weights;
      System.arraycopy(all.input, row * size, one.input, 0, size);
      Conv2D.of(FILTERS, 3).padding("same").forward(IMAGE, one);
      float[] part = new float[outputSize];
      System.arraycopy(all.output, row * outputSize, part, 0, outputSize);
      assertArrayEquals(one.output, part, 1e-5f);
    }
  }

  @Test
  void allocatesNothing() {
    Conv2D layer = Conv2D.of(FILTERS, 3).activation("tanh");
    MaxPooling2D pooling = MaxPooling2D.of(3).strides(2);
    Shape between = layer.computeOutputShape(IMAGE);
    FakeCall call = call(layer);
    FakeCall next =
        new FakeCall(ROWS, between.size(), pooling.computeOutputShape(between).size(), 1);
    long bytes =
        AllocatedBytes.perCall(
            100,
            () -> {
              layer.forward(IMAGE, call);
              layer.backward(IMAGE, call);
              pooling.forward(between, next);
              pooling.backward(between, next);
            });
    assertTrue(bytes < 64, bytes + " bytes a call");
  }

  private static int inputIndex(int place, int k) {
    int row = place / (31 * 18);
    int y = place / 18 % 31 + k / 48;
    int x = place % 18 + k / 16 % 3;
    return ((row * 33 + y) * 20 + x) * 16 + k % 16;
  }

  private static FakeCall call(Conv2D layer) {
    FakeCall call = new FakeCall(ROWS, IMAGE.size(), layer.computeOutputShape(IMAGE).size(), 1);
    call.weights = new float[][] {new float[9 * 16 * FILTERS], new float[FILTERS]};
    call.weightGradients = new float[][] {new float[9 * 16 * FILTERS], new float[FILTERS]};
    RandomStream random = RandomStream.of(1);
    fill(call.input, random);
    fill(call.outputGradient, random);
    fill(call.weights[0], random);
    fill(call.weights[1], random);
    return call;
  }

  private static void fill(float[] values, RandomStream random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
  }

  private static void assertClose(double[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-4 * Math.max(1, Math.abs(expected[i])));
    }
  }
}
