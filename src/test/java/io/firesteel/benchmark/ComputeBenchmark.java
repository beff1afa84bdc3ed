package io.firesteel.benchmark;

import io.firesteel.activations.Activations;
import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the time of a step goes without Spark: the perceptron 784-256-128-100-10 in batches of 256
 * on random rows. Each part of a step is run by itself, over as many shards as a step has, on one
 * thread. Arguments: {@code --rows N}, {@code --seconds N} (at most, per figure), {@code --shards
 * N}.
 */
public final class ComputeBenchmark {

  private static final int[] WIDTHS = {784, 256, 128, 100, 10};
  private static final int BATCH = 256;

  private final int rows;
  private final double seconds;
  private final int shards;
  private final LocalData data;
  private final Network network = network();
  private final List<Variable> variables = network.createVariables(1);
  private final VariableValues snapshot = VariableValues.of(variables);
  private final Report report = new Report("what", "CPU microseconds a step", "share");

  /* By layer: values, their gradients, weights, and the gradients of weights. */
  private final float[][] x = arrays(2, false);
  private final float[][] g = arrays(3, false);
  private final float[][] w = arrays(4, true);
  private final float[][] d = arrays(5, true);
  private double step;

  private ComputeBenchmark(Arguments arguments) {
    this.rows = arguments.integer("rows", 20_000);
    this.seconds = Double.parseDouble(arguments.text("seconds", "1"));
    this.shards = arguments.integer("shards", BatchPlan.defaultShards(BATCH));
    this.data = LocalData.of(Shape.of(WIDTHS[0]), random(1, rows * WIDTHS[0]), 1, labels(rows));
  }

  /** Prints two tables. */
  public static void main(String[] args) {
    ComputeBenchmark benchmark = new ComputeBenchmark(new Arguments(args));
    System.out.printf("%s, %d shards%n%n", MatMul.name(), benchmark.shards);
    benchmark.parts();
    System.out.println(benchmark.report);
    System.out.println();
    System.out.println(benchmark.whole());
  }

  private void parts() {
    Optimizer optimizer = Optimizers.get("adam");
    optimizer.build(variables);
    try (GradientSource source = data.threads(1).open(network.spec(), plan(shards))) {
      int batches = plan(shards).batches();
      int[] steps = new int[1];
      Runnable gradients =
          () -> source.gradients(snapshot, new Step(steps[0], 0, steps[0]++ % batches, 1.0f));
      GradientSums sums = source.gradients(snapshot, new Step(0, 0, 0, 1.0f));
      Runnable update = update(optimizer, sums);
      double divided = cpuMicros(() -> divide(sums));
      double updated = cpuMicros(update);
      double computed = cpuMicros(gradients);
      step = computed + divided + updated;
      double products = cpuMicros(this::products);
      row("a step on one thread", step);
      row("matrix products", products);
      row("Adam", updated);
      row("everything else", step - products - updated);
      row("of it: passes, without their products", cpuMicros(passes()) - products);
      row("of it: gathering rows", cpuMicros(gathering()));
      row("of it: activations and biases", cpuMicros(this::activations));
      row("of it: loss and metrics", cpuMicros(losses()));
      row("of it: adding in the tree", cpuMicros(additions(sums)));
      row("of it: division", divided);
    }
  }

  private void row(String what, double microseconds) {
    report.add(
        what, "%.0f".formatted(microseconds), "%.1f %%".formatted(100 * microseconds / step));
  }

  /** The products of a step, in the order of a pass. */
  private void products() {
    int batch = BATCH / shards;
    for (int shard = 0; shard < shards; shard++) {
      for (int layer = 1; layer < WIDTHS.length; layer++) {
        MatMul.multiply(x[layer - 1], w[layer], x[layer], batch, WIDTHS[layer - 1], WIDTHS[layer]);
      }

      for (int layer = WIDTHS.length - 1; layer > 0; layer--) {
        int inputs = WIDTHS[layer - 1];
        MatMul.transposedTimes(x[layer - 1], g[layer], d[layer], batch, inputs, WIDTHS[layer]);
        if (layer > 1) {
          MatMul.timesTransposed(g[layer], w[layer], g[layer - 1], batch, WIDTHS[layer], inputs);
        }
      }
    }
  }

  private static float[][] arrays(int seed, boolean weights) {
    float[][] arrays = new float[WIDTHS.length][];
    for (int i = 0; i < arrays.length; i++) {
      int first = weights ? WIDTHS[Math.max(0, i - 1)] : BATCH;
      arrays[i] = random(seed, first * WIDTHS[i]);
    }

    return arrays;
  }

  private Runnable passes() {
    int batch = BATCH / shards;
    NetworkPass pass = network.newPass();
    Batch rowsOfShard = new Batch(batch, random(7, batch * WIDTHS[0]), labels(batch), null);
    GradientSums sums = network.newGradientSums();
    return () -> {
      for (int shard = 0; shard < shards; shard++) {
        pass.computeGradients(snapshot, rowsOfShard, shard, 1.0f, sums);
      }
    };
  }

  private Runnable gathering() {
    ShardBlock.Builder builder = ShardBlock.builder(0, rows, RowLayout.of(WIDTHS[0], 1));
    for (int i = 0; i < rows; i++) {
      builder.add(random(i, WIDTHS[0] + 1));
    }

    ShardBlock block = builder.build();
    BatchBuffer buffer = new BatchBuffer();
    int[] order = RandomStream.of(4).permutation(rows);
    int size = BATCH / shards;
    int[] next = new int[1];
    return () -> {
      for (int shard = 0; shard < shards; shard++) {
        int first = next[0] + size > rows ? 0 : next[0];
        block.gather(order, first, first + size, buffer);
        next[0] = first + size;
      }
    };
  }

  private void activations() {
    int batch = BATCH / shards;
    for (int shard = 0; shard < shards; shard++) {
      for (int layer = 1; layer < WIDTHS.length; layer++) {
        Activations.get(layer == WIDTHS.length - 1 ? "softmax" : "relu")
            .call(x[layer], g[layer], batch, WIDTHS[layer]);
        Activations.get(layer == WIDTHS.length - 1 ? "softmax" : "relu")
            .backward(x[layer], x[layer], g[layer], batch, WIDTHS[layer]);
      }
    }
  }

  private Runnable losses() {
    int batch = BATCH / shards;
    int classes = WIDTHS[WIDTHS.length - 1];
    Loss loss = network.loss();
    Metric metric = network.metrics().get(0);
    float[] labels = labels(batch);
    float[] predictions = random(9, batch * classes);
    float[] values = new float[batch];
    float[] gradient = new float[batch * classes];
    double[] state = new double[metric.stateSize()];
    return () -> {
      for (int shard = 0; shard < shards; shard++) {
        loss.call(labels, predictions, batch, classes, values, gradient);
        metric.update(labels, 1, predictions, classes, batch, null, state, 0);
      }
    };
  }

  private Runnable additions(GradientSums sums) {
    GradientSums other = network.newGradientSums();
    return () -> {
      for (int shard = 1; shard < shards; shard++) {
        sums.add(other);
      }
    };
  }

  private static void divide(GradientSums sums) {
    for (float[] gradient : sums.gradients()) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] /= (float) BATCH;
      }
    }
  }

  private Runnable update(Optimizer optimizer, GradientSums sums) {
    List<GradAndVar> pairs = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      pairs.add(new GradAndVar(Tensor.wrap(variable.shape(), sums.gradients()[i]), variable));
    }

    return () -> optimizer.applyGradients(pairs);
  }

  private Report whole() {
    Report table = new Report("two threads", "figure", "ratio");
    double two = 0;
    for (int count : new int[] {2, 4, 8, 64}) {
      double micros = stepMicros(count);
      two = count == 2 ? micros : two;
      table.add(
          "%d shards: gradients of a step".formatted(count),
          "%.0f microseconds".formatted(micros),
          "%.2fx".formatted(micros / two));
    }

    for (int count : new int[] {shards, 2}) {
      table.add("fit, %d shards".formatted(count), "%,.0f samples/s".formatted(fit(count)), "");
    }

    table.add("evaluation", "%,.0f samples/s".formatted(evaluation()), "");
    table.add("prediction, one thread", "%,.0f samples/s".formatted(prediction()), "");
    return table;
  }

  private double stepMicros(int count) {
    try (GradientSource source = data.threads(2).open(network.spec(), plan(count))) {
      int[] steps = new int[1];
      int batches = plan(count).batches();
      return micros(
          () -> source.gradients(snapshot, new Step(steps[0], 0, steps[0]++ % batches, 1.0f)));
    }
  }

  private double fit(int count) {
    EpochClock clock = new EpochClock();
    model()
        .fit(
            data.threads(2),
            FitOptions.builder()
                .epochs(6)
                .batchSize(BATCH)
                .shards(count)
                .verbose(0)
                .observers(clock)
                .build());
    return rows / clock.median(2);
  }

  private double evaluation() {
    try (GradientSource source =
        data.threads(2).open(network.spec(), BatchPlan.evaluation(rows, 32))) {
      return rows * 1e6 / micros(() -> source.evaluate(DataSet.TRAINING, snapshot));
    }
  }

  private double prediction() {
    int batch = 1024;
    NetworkPass pass = network.newPass();
    float[] features = random(6, batch * WIDTHS[0]);
    float[] output = new float[batch * WIDTHS[WIDTHS.length - 1]];
    return batch * 1e6 / micros(() -> pass.predict(snapshot, features, batch, output));
  }

  /** Returns the mean time that this thread's CPU spends on a call, which others don't disturb. */
  private double cpuMicros(Runnable call) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    while (threads.getCurrentThreadCpuTime() - begin < seconds * 1e9 / 3) {
      call.run();
    }

    int calls = 0;
    begin = threads.getCurrentThreadCpuTime();
    while (threads.getCurrentThreadCpuTime() - begin < seconds * 1e9 * 2 / 3) {
      call.run();
      calls++;
    }

    return (threads.getCurrentThreadCpuTime() - begin) / 1e3 / calls;
  }

  /** Returns the median time of a call, after a third of the time to warm up. */
  private double micros(Runnable call) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < seconds * 1e9 / 3) {
      call.run();
    }

    List<Long> times = new ArrayList<>();
    begin = System.nanoTime();
    while (System.nanoTime() - begin < seconds * 1e9 * 2 / 3) {
      long before = System.nanoTime();
      call.run();
      times.add(System.nanoTime() - before);
    }

    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[sorted.length / 2] / 1e3;
  }

  private BatchPlan plan(int count) {
    return new BatchPlan(rows, BATCH, count, 1, true);
  }

  private static Sequential model() {
    Sequential model =
        new Sequential()
            .add(Dense.of(WIDTHS[1]).activation("relu").inputShape(WIDTHS[0]))
            .add(Dense.of(WIDTHS[2]).activation("relu"))
            .add(Dense.of(WIDTHS[3]).activation("relu"))
            .add(Dense.of(WIDTHS[4]).activation("softmax"));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static Network network() {
    return Network.of(
        "perceptron",
        Shape.of(WIDTHS[0]),
        List.of(
            Dense.of(WIDTHS[1]).activation("relu").withName("a"),
            Dense.of(WIDTHS[2]).activation("relu").withName("b"),
            Dense.of(WIDTHS[3]).activation("relu").withName("c"),
            Dense.of(WIDTHS[4]).activation("softmax").withName("d")),
        Losses.get("sparse_categorical_crossentropy"),
        List.of(Metrics.resolve("accuracy", WIDTHS[4], 1)));
  }

  private static float[] labels(int count) {
    float[] labels = new float[count];
    RandomStream random = RandomStream.of(2);
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(WIDTHS[WIDTHS.length - 1]);
    }

    return labels;
  }

  private static float[] random(int seed, int size) {
    float[] values = new float[size];
    RandomStream random = RandomStream.of(seed);
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }

    return values;
  }
}
