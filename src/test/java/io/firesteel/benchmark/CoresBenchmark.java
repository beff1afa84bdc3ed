package io.firesteel.benchmark;

import com.sun.management.ThreadMXBean;
import io.firesteel.callbacks.Callback;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.RandomStream;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What the cores of one process give: the perceptron 784-256-128-100-10 on random rows by threads,
 * with the bytes that all threads together allocate for a step; what it costs to wake a thread; and
 * the sum of 16 sets of sums, by the pool that all cores share.
 *
 * <p>Arguments: {@code --rows N --batch N --epochs N}.
 */
public final class CoresBenchmark {

  private static final int SETS = 16;

  private CoresBenchmark() {}

  /** Runs the measurements. */
  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    int rows = arguments.integer("rows", 65_536);
    int batch = arguments.integer("batch", 1024);
    int epochs = arguments.integer("epochs", 6);
    LocalData data = data(rows);
    int processors = Runtime.getRuntime().availableProcessors();
    for (int threads = 1; threads <= processors; threads *= 2) {
      fit(data.threads(threads), threads, batch, epochs);
    }

    wakeUps();
    for (int values : new int[] {4_096, 16_384, 65_536, 262_144, 1_048_576}) {
      sums(values);
    }
  }

  private static LocalData data(int rows) {
    RandomStream random = RandomStream.of(1);
    float[][] x = new float[rows][784];
    float[] y = new float[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < 784; i++) {
        x[row][i] = random.nextFloat();
      }

      y[row] = row % 10;
    }

    return LocalData.of(x, y);
  }

  private static void fit(LocalData data, int threads, int batch, int epochs) {
    Sequential model = new Sequential();
    model.add(Dense.of(256).activation("relu").inputShape(784));
    model.add(Dense.of(128).activation("relu"));
    model.add(Dense.of(100).activation("relu"));
    model.add(Dense.of(10).activation("softmax"));
    model.compile(Adam.builder().build(), "sparse_categorical_crossentropy", "accuracy");
    Clock clock = new Clock();
    model.fit(
        data,
        FitOptions.builder().epochs(epochs).batchSize(batch).verbose(0).observers(clock).build());
    int steps = (int) ((data.rows() + batch - 1) / batch);
    double seconds = median(clock.seconds.subList(1, clock.seconds.size()));
    System.out.printf(
        "%d threads, batch %d: %,.0f samples/s, %.3f ms a step, %,d bytes allocated a step%n",
        threads,
        batch,
        data.rows() / seconds,
        seconds * 1e3 / steps,
        clock.bytes.get(clock.bytes.size() - 1) / steps);
  }

  /** The seconds and allocated bytes of every epoch. */
  private static final class Clock extends Callback {
    private final List<Double> seconds = new ArrayList<>();
    private final List<Long> bytes = new ArrayList<>();
    private long start;
    private long before;

    @Override
    public void onEpochBegin(int epoch) {
      before = allocated();
      start = System.nanoTime();
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
      seconds.add((System.nanoTime() - start) / 1e9);
      bytes.add(allocated() - before);
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }

    return sum;
  }

  private static void wakeUps() {
    ChunkPool pool = ChunkPool.shared();
    int threads = pool.threads();
    List<Double> awake = new ArrayList<>();
    List<Double> asleep = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      awake.add(micros(() -> pool.run(threads, chunk -> {})));
    }

    for (int i = 0; i < 500; i++) {
      LockSupport.parkNanos(1_000_000);
      asleep.add(micros(() -> pool.run(threads, chunk -> {})));
    }

    System.out.printf(
        "a round of nothing on %d threads: %.1f us if they are awake, %.1f us if they sleep%n",
        threads, median(awake), median(asleep));
  }

  private static void sums(int values) {
    List<PartialSums> parts = new ArrayList<>();
    for (int shard = 0; shard < SETS; shard++) {
      float[] sums = new float[values];
      Arrays.fill(sums, shard);
      ShardRange range = new ShardRange(shard, shard + 1);
      GradientSums own =
          GradientSums.of(new float[][] {sums}, new Totals(new double[0], 1, 1, 1, 1));
      parts.add(new PartialSums(List.of(range), List.of(range), List.of(own)));
    }

    GradientAggregator aggregator = new GradientAggregator(SETS);
    List<Double> micros = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      micros.add(
          micros(
              () -> {
                aggregator.reset();
                parts.forEach(aggregator::add);
                aggregator.result();
              }));
    }

    System.out.printf(
        "the sum of %d x %,d values: %,.0f us, %.1f GB/s read%n",
        SETS,
        values,
        median(micros.subList(100, 200)),
        4e-3 * SETS * values / median(micros.subList(100, 200)));
  }

  private static double micros(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e3;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(value -> value).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
