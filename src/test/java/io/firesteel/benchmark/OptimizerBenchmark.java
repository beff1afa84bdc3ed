package io.firesteel.benchmark;

import io.firesteel.optimizers.Optimizers;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures all optimizers, on one thread and on two, and prints tables in Markdown. {@code
 * spark-jobs/benchmark-optimizers.sh} runs it.
 *
 * <p>A figure is that of the fastest of several iterations. The share of the memory's bandwidth is
 * of what {@link MemoryTraffic} reaches in the same run, with as many threads and elements; the
 * bytes of an optimizer are those that its rule must read and write: the gradient once, the
 * variable and its state twice. What bounds a rule in the cache is its arithmetic: the share of the
 * pace is of what one thread reaches with 10^4 parameters, which stay in its own cache, times the
 * threads.
 *
 * <p>Arguments: {@code --quick} for few and short iterations; {@code --only REGEX} for some
 * optimizers; {@code --peers FILE} for what {@code optimizer_benchmark.py} measured.
 */
public final class OptimizerBenchmark {

  private static final int CACHED = 10_000;
  private static final int MILLION = 1_000_000;
  private static final List<Integer> SIZES = List.of(1_000, CACHED, MILLION, 10 * MILLION);
  private static final List<Integer> LARGE_SIZES = List.of(MILLION, 10 * MILLION);
  private static final List<Integer> THREADS = List.of(1, 2);
  private static final List<Integer> SMALL_SIZES = List.of(100_000, MILLION);
  private static final int SMALL_TENSORS = 50;
  private static final List<String> FURTHER =
      List.of(
          "SGD {\"momentum\":0.9}",
          "Adam {\"amsgrad\":true}",
          "Adam {\"global_clipnorm\":1}",
          "Adam {\"use_ema\":true}");

  private final boolean quick;
  private final String only;
  private final PeerTimes peers;

  private OptimizerBenchmark(boolean quick, String only, PeerTimes peers) {
    this.quick = quick;
    this.only = only;
    this.peers = peers;
  }

  /** Measures what the arguments say. */
  public static void main(String[] args) throws RunnerException, IOException {
    boolean quick = false;
    String only = ".*";
    PeerTimes peers = PeerTimes.none();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> quick = true;
        case "--only" -> only = args[++i];
        case "--peers" -> peers = PeerTimes.read(Path.of(args[++i]));
        default -> throw new IllegalArgumentException("Unknown argument: " + args[i]);
      }
    }

    new OptimizerBenchmark(quick, only, peers).run();
  }

  private void run() throws RunnerException {
    Measurements times = new Measurements();
    for (int threads : THREADS) {
      measure(times, threads);
    }

    List<String> rows = new ArrayList<>();
    for (String optimizer : optimizers()) {
      for (int threads : THREADS) {
        rows.add(row(times, optimizer, threads));
      }
    }

    System.out.println();
    System.out.println(
        "| Optimizer | Threads | Bytes | 10^3 | 10^4 | 10^6 | 10^7 | of bandwidth at 10^6 | at 10^7 | of pace at 10^6 | ours / PyTorch at 10^6 | at 10^7 | ours / Optax at 10^6 | at 10^7 |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    rows.forEach(System.out::println);
    System.out.println();
    printNotes(times);
  }

  private void printNotes(Measurements times) {
    System.out.println("Optimizer columns: ns a parameter. " + peers.about());
    for (int threads : THREADS) {
      System.out.printf(
          Locale.ROOT,
          "Bandwidth with %d threads: %.1f GB/s at 10^6 elements, %.1f GB/s at 10^7.%n",
          threads,
          times.bandwidth(MILLION, threads),
          times.bandwidth(10 * MILLION, threads));
    }

    for (String optimizer : smallOnes()) {
      for (int size : SMALL_SIZES) {
        for (int threads : THREADS) {
          System.out.printf(
              Locale.ROOT,
              "%s, %d tensors of together %d parameters, %d threads: %.2f times one tensor's time.%n",
              optimizer,
              SMALL_TENSORS,
              size,
              threads,
              times.step(optimizer, size, SMALL_TENSORS, threads)
                  / times.step(optimizer, size, 1, threads));
        }
      }
    }
  }

  private String row(Measurements times, String optimizer, int threads) {
    int bytes = bytes(optimizer);
    StringBuilder row = new StringBuilder();
    row.append("| `%s` | %d | %d |".formatted(optimizer, threads, bytes));
    for (int size : SIZES) {
      row.append(cell("%.3f", nanos(times, optimizer, size, threads)));
    }

    for (int size : LARGE_SIZES) {
      double rate = bytes / nanos(times, optimizer, size, threads);
      row.append(cell("%.0f %%", 100 * rate / times.bandwidth(size, threads)));
    }

    double pace = nanos(times, optimizer, CACHED, 1) / threads;
    row.append(cell("%.0f %%", 100 * pace / nanos(times, optimizer, MILLION, threads)));
    for (String peer : PeerTimes.NAMES) {
      for (int size : LARGE_SIZES) {
        double theirs = peers.nanosAParameter(peer, optimizer, size, threads);
        row.append(cell("%.2f", nanos(times, optimizer, size, threads) / theirs));
      }
    }

    return row.toString();
  }

  private static double nanos(Measurements times, String optimizer, int size, int threads) {
    return times.step(optimizer, size, 1, threads) / size;
  }

  private static String cell(String format, double value) {
    return " " + (Double.isNaN(value) ? "" : format.formatted(value)) + " |";
  }

  /** The bytes that a rule must move for a parameter. */
  private static int bytes(String optimizer) {
    var subject = OptimizerSteps.create(optimizer);
    Variable variable = Variable.zeros("kernel", "kernel", Shape.of(8, 4));
    subject.build(List.of(variable));
    long slots =
        subject.variables().stream().filter(v -> v.shape().equals(variable.shape())).count();
    return (int) (Float.BYTES * (3 + 2 * slots));
  }

  private List<String> optimizers() {
    Set<String> all = new LinkedHashSet<>(Optimizers.classNames());
    all.removeAll(List.of("LossScaleOptimizer", "MultiOptimizer"));
    all.addAll(FURTHER);
    return all.stream().filter(name -> name.matches(only)).toList();
  }

  private List<String> smallOnes() {
    return optimizers().stream().filter(name -> name.matches("SGD|Adam")).toList();
  }

  private void measure(Measurements times, int threads) throws RunnerException {
    times.add(run(options(MemoryTraffic.class, threads).param("size", strings(SIZES))), threads);
    times.add(
        run(
            options(OptimizerSteps.class, threads)
                .param("optimizer", optimizers().toArray(String[]::new))
                .param("size", strings(SIZES))),
        threads);
    if (!smallOnes().isEmpty()) {
      times.add(
          run(
              options(OptimizerSteps.class, threads)
                  .param("optimizer", smallOnes().toArray(String[]::new))
                  .param("size", strings(SMALL_SIZES))
                  .param("tensors", "1", "" + SMALL_TENSORS)),
          threads);
    }
  }

  private ChainedOptionsBuilder options(Class<?> benchmark, int threads) {
    TimeValue time = TimeValue.milliseconds(quick ? 100 : 500);
    return new OptionsBuilder()
        .include("\\b" + benchmark.getSimpleName() + "\\b")
        .forks(1)
        .jvmArgsAppend(
            "-Xms2g",
            "-Xmx2g",
            "--add-modules=jdk.incubator.vector",
            "-D" + ChunkPool.THREADS + "=" + threads)
        .warmupIterations(quick ? 2 : 4)
        .warmupTime(time)
        .measurementIterations(quick ? 3 : 8)
        .measurementTime(time)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  private static Iterable<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run();
  }

  private static String[] strings(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).toArray(String[]::new);
  }

  /** The time of the fastest iteration, in nanoseconds an operation. */
  static double fastest(RunResult run) {
    double least = Double.POSITIVE_INFINITY;
    for (BenchmarkResult fork : run.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        least = Math.min(least, iteration.getPrimaryResult().getScore());
      }
    }

    return least;
  }
}
