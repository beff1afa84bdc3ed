package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loops that take many values at once, for the sake of SIMD instructions, against the plain ones
 * that say what is added in which order: every bit is the same.
 */
class SameBitsLoopsTest {

  private static final int IMAGES = 3;

  private final RandomStream random = RandomStream.of(5);

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "32,9", "32,500", "100,64", "2048,3", "2049,2", "5000,3"})
  void addsAVectorToEach(int width, int vectors) {
    float[] vector = random(width);
    float[] values = random(vectors * width + 11);
    float[] expected = values.clone();
    for (int i = 0; i < vectors * width; i++) {
      expected[7 + i] += vector[i % width];
    }

    FloatRanges.addToEach(vector, values, 7, vectors * width);
    assertArrayEquals(expected, values);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "32,8", "32,501", "10,64", "100,31", "5,0"})
  void addsVectorsOneAfterTheOther(int width, int vectors) {
    float[] values = random(vectors * width + 11);
    float[] expected = new float[width];
    for (int i = 0; i < vectors * width; i++) {
      expected[i % width] += values[7 + i];
    }

    float[] sum = random(width);
    FloatRanges.sumOfAll(values, 7, vectors * width, sum);
    assertArrayEquals(expected, sum);
  }

  @ParameterizedTest
  @CsvSource({
    "9,8,1,3,1,1,valid",
    "9,8,1,3,1,1,same",
    "9,8,20,3,1,1,same",
    "9,8,9,3,1,1,valid",
    "9,8,3,3,2,1,same",
    "9,8,3,3,1,2,same",
    "9,8,2,5,1,1,same",
    "9,8,2,5,3,1,valid",
    "3,3,4,3,1,1,same",
    "3,3,4,3,1,1,valid",
    "2,2,4,3,1,1,same",
    "1,1,4,3,1,1,same",
    "2,3,1,5,1,1,same",
    "9,8,32,3,1,1,same",
    "9,8,16,3,1,1,valid",
    "1,1,20,3,1,1,same",
    "4,2,17,3,1,1,same",
    "4,3,17,3,1,1,valid",
    "7,6,30,2,2,1,same",
    "7,6,12,1,2,1,valid",
    "4,5,2,3,1,3,same"
  })
  void windowsGoToRowsAndBack(
      int height, int width, int channels, int size, int stride, int dilation, String name) {
    Padding padding = Padding.of("Conv2D", name);
    HeightWidth kernel = new HeightWidth(size, size);
    Convolution.Windows windows =
        new Convolution.Windows(
            padding.outputs(height, size, stride, dilation),
            padding.outputs(width, size, stride, dilation),
            padding.before(height, size, stride, dilation),
            padding.before(width, size, stride, dilation));
    Shape shape = Shape.of(height, width, channels);
    WindowMatrix matrix =
        new WindowMatrix(
            ImageShape.of("Conv2D", shape, DataFormat.CHANNELS_LAST),
            kernel,
            new HeightWidth(stride, stride),
            new HeightWidth(dilation, dilation),
            windows);
    int lines = IMAGES * windows.lines();
    int rowSize = size * size * channels;
    float[] x = random(IMAGES * shape.size());
    float[] rows = random(lines * windows.columns() * rowSize);
    float[] back = rows.clone();
    float[] sums = new float[x.length];
    float[] expectedRows = new float[rows.length];
    float[] expectedSums = new float[x.length];
    for (int window = 0; window < lines * windows.columns(); window++) {
      int line = window / windows.columns();
      for (int k = 0; k < rowSize; k++) {
        int y = line % windows.lines() * stride - windows.top() + k / channels / size * dilation;
        int column =
            window % windows.columns() * stride - windows.left() + k / channels % size * dilation;
        if (y >= 0 && y < height && column >= 0 && column < width) {
          int image = line / windows.lines() * height;
          int place = ((image + y) * width + column) * channels + k % channels;
          expectedRows[window * rowSize + k] = x[place];
          expectedSums[place] += rows[window * rowSize + k];
        }
      }
    }

    matrix.layOut(x, 0, rows, 0, lines, 0, size);
    assertArrayEquals(expectedRows, rows);
    matrix.addBack(back, sums, 0, 0, lines);
    assertArrayEquals(expectedSums, sums);
  }

  @ParameterizedTest
  @CsvSource({"4,4,1", "26,26,32", "11,11,64", "5,6,3", "6,5,8", "2,2,7", "3,2,1", "40,30,2"})
  void theFirstLargestOfFourGetsTheGradient(int height, int width, int depth) {
    Shape image = Shape.of(height, width, depth);
    MaxPooling2D layer = MaxPooling2D.of();
    FakeCall call = call(image, layer);
    float[] expected = new float[call.output.length];
    float[] expectedGradient = new float[call.input.length];
    int[] firsts = new int[expected.length];
    for (int window = 0; window < expected.length; window++) {
      int c = window % depth;
      int column = window / depth % (width / 2);
      int line = window / depth / (width / 2);
      int top = line / (height / 2) * height + line % (height / 2) * 2;
      int first = -1;
      for (int place = 0; place < 4; place++) {
        int at = ((top + place / 2) * width + 2 * column + place % 2) * depth + c;
        if (first < 0 || call.input[at] > call.input[first]) {
          first = at;
        }
      }

      firsts[window] = first;
      expected[window] = call.input[first];
    }

    layer.forward(image, call);
    assertArrayEquals(expected, call.output);
    for (int window = 0; window < expected.length; window++) {
      expectedGradient[firsts[window]] = call.outputGradient[window];
    }

    Arrays.fill(call.inputGradient, 7.0f);
    layer.backward(image, call);
    assertArrayEquals(expectedGradient, call.inputGradient);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void aValueThatIsNoNumberReachesItsWindowAlone(int depth) {
    Shape image = Shape.of(6, 6, depth);
    MaxPooling2D layer = MaxPooling2D.of();
    FakeCall call = call(image, layer);
    call.input[7 * depth] = Float.NaN;
    layer.forward(image, call);
    layer.backward(image, call);
    int bad = 0;
    int badGradients = 0;
    for (float value : call.output) {
      bad += Float.isNaN(value) ? 1 : 0;
    }

    for (int i = 0; i < call.inputGradient.length; i++) {
      badGradients += Float.isNaN(call.inputGradient[i]) ? 1 : 0;
    }

    assertArrayEquals(new int[] {1, 4}, new int[] {bad, badGradients});
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "32,64", "32,131", "64,200", "5,63", "3000,5"})
  void channelsAreSummedInGroupsOf64(int channels, int places) {
    AxisBlock block = new AxisBlock(places, channels, 1);
    int n = places * channels;
    float[] x = random(n);
    float[] y = random(n);
    float[] numbers = random(7 * channels);
    float[] expected = new float[3 * channels];
    float[] group = new float[3 * channels];
    float[] scaled = new float[n];
    float[] added = y.clone();
    for (int i = 0; i < n; i++) {
      int c = i % channels;
      float shift = numbers[channels + c];
      group[c] += x[i];
      group[channels + c] += (x[i] - shift) * (x[i] - shift);
      group[2 * channels + c] += y[i] * (x[i] - shift);
      if (c == channels - 1 && (i / channels % 64 == 63 || i == n - 1)) {
        for (int k = 0; k < group.length; k++) {
          expected[k] += group[k];
          group[k] = 0;
        }
      }

      scaled[i] = x[i] * numbers[2 * channels + c] + numbers[3 * channels + c];
      added[i] += (x[i] - shift) * numbers[2 * channels + c];
    }

    Channels.ofValues(block, 1, x, numbers, 4 * channels);
    Channels.ofSquares(block, 1, x, numbers, channels, 5 * channels);
    Channels.ofProducts(block, 1, y, x, numbers, channels, 6 * channels);
    float[] sums = Arrays.copyOfRange(numbers, 4 * channels, 7 * channels);
    assertArrayEquals(expected, sums);
    float[] result = new float[n];
    Channels.scale(block, 1, x, numbers, 2 * channels, 3 * channels, result);
    assertArrayEquals(scaled, result);
    Channels.addScaled(block, 1, x, numbers, channels, 2 * channels, y);
    assertArrayEquals(added, y);
  }

  @ParameterizedTest
  @ValueSource(floats = {0.0f, Float.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY})
  void gradientsOfReluAreMultipliedByTheSlope(float first) {
    float[] x = random(1000);
    float[] edges = {first, -0.0f, 0.0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE};
    System.arraycopy(edges, 0, x, 0, edges.length);
    float[] gradient = random(1000);
    float[] result = new float[1000];
    ReLU.of().backward(x, x, gradient, result, 1000);
    for (int i = 0; i < 1000; i++) {
      float slope = x[i] == Float.POSITIVE_INFINITY ? 0.5f : x[i] > 0.0f ? 1.0f : 0.0f;
      assertEquals(gradient[i] * slope, result[i]);
    }
  }

  @Test
  void copiesRuns() {
    for (int n : new int[] {1, 3, 24, 25, 60}) {
      float[] from = random(1000);
      float[] to = random(1000);
      float[] expected = to.clone();
      for (int run = 0; run < 9; run++) {
        System.arraycopy(from, 5 + run * 40, expected, 3 + run * 70, n);
      }

      FloatRanges.copyRuns(from, 5, 40, to, 3, 70, 9, n);
      assertArrayEquals(expected, to);
    }
  }

  /** Values of which many are equal, so that the first of several largest ones matters. */
  private FakeCall call(Shape image, MaxPooling2D layer) {
    FakeCall call = new FakeCall(IMAGES, image.size(), layer.computeOutputShape(image).size(), 1);
    for (int i = 0; i < call.input.length; i++) {
      call.input[i] = random.nextInt(5) / 4.0f - 0.5f;
    }

    for (int i = 0; i < call.outputGradient.length; i++) {
      call.outputGradient[i] = random.nextFloat() - 0.5f;
    }

    return call;
  }

  private float[] random(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (random.nextFloat() - 0.5f) * (1 << random.nextInt(12));
    }

    return values;
  }
}
