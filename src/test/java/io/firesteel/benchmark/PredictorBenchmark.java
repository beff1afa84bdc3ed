package io.firesteel.benchmark;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Input;
import io.firesteel.models.Predictor;
import io.firesteel.models.Sequential;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.AllocatedBytes;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a prediction of one row takes, without Spark: the digits models, 64-256-64-10 and
 * 784-256-128-100-10, row by row on one thread.
 *
 * <p>Arguments: {@code --calls 200000}. Prints the percentiles of single calls in microseconds,
 * each the best of five rounds, and the bytes that a call allocates.
 */
public final class PredictorBenchmark {

  private static final int ROUNDS = 5;
  private static final double[] SHARES = {0.5, 0.9, 0.99, 0.999};

  private PredictorBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) {
    int calls = new Arguments(args).integer("calls", 200_000);
    measure("64-256-64-10", calls, 64, Dense.of(256), Dense.of(64));
    measure("784-256-128-100-10", calls, 784, Dense.of(256), Dense.of(128), Dense.of(100));
  }

  private static void measure(String name, int calls, int inputs, Dense... hidden) {
    Sequential model = new Sequential("digits").add(Input.of(inputs));
    for (Dense layer : hidden) {
      model.add(layer.activation("relu")).add(Dropout.of(0.4));
    }

    model.add(Dense.of(10).activation("softmax"));
    Predictor predictor = model.predictor();
    float[][] rows = new float[1024][inputs];
    RandomStream random = RandomStream.of(1);
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextInt(17) / 16.0f;
      }
    }

    float[] output = new float[predictor.outputSize()];
    double[] best = new double[SHARES.length];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    for (int round = -1; round < ROUNDS; round++) {
      long[] nanos = time(predictor, rows, output, calls);
      for (int i = 0; i < best.length && round >= 0; i++) {
        best[i] = Math.min(best[i], nanos[(int) (SHARES[i] * calls)] / 1e3);
      }
    }

    long bytes = AllocatedBytes.perCall(1000, () -> predictor.predict(rows[0], output));
    System.out.printf(
        Locale.ROOT,
        "%s, %s: p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f microseconds, %d bytes a call%n",
        name,
        MatMul.name(),
        best[0],
        best[1],
        best[2],
        best[3],
        bytes);
  }

  /** Returns the sorted times of single calls. */
  private static long[] time(Predictor predictor, float[][] rows, float[] output, int calls) {
    long[] nanos = new long[calls];
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      predictor.predict(rows[i % rows.length], output);
      nanos[i] = System.nanoTime() - start;
    }

    Arrays.sort(nanos);
    return nanos;
  }
}
