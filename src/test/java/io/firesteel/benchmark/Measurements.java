package io.firesteel.benchmark;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

/** The times of {@link OptimizerSteps} and {@link MemoryTraffic}, in nanoseconds. */
final class Measurements {

  private static final int COPIED = 8;
  private static final int ADDED = 12;

  private final Map<String, Double> times = new HashMap<>();

  /** Takes results that were measured with a number of threads. */
  void add(Iterable<RunResult> results, int threads) {
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      String name = params.getBenchmark().replaceFirst(".*\\.", "");
      String what =
          name.equals("step")
              ? key(params.getParam("optimizer"), params.getParam("tensors"))
              : name;
      times.put(key(what, params.getParam("size"), threads), OptimizerBenchmark.fastest(result));
    }
  }

  /** A step's time, NaN if it was not measured. */
  double step(String optimizer, int size, int tensors, int threads) {
    return times.getOrDefault(key(key(optimizer, tensors), size, threads), Double.NaN);
  }

  /** What the memory lets through, in bytes a nanosecond. */
  double bandwidth(int size, int threads) {
    return Math.max(
        COPIED * (double) size / times.get(key("copy", size, threads)),
        ADDED * (double) size / times.get(key("add", size, threads)));
  }

  private static String key(Object... parts) {
    return Arrays.toString(parts);
  }
}
