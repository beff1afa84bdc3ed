package io.firesteel.benchmark;

import io.firesteel.callbacks.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures how long each epoch takes, without what comes before and after training. */
final class EpochClock extends Callback {

  private final List<Double> seconds = new ArrayList<>();
  private long begin;

  @Override
  public void onEpochBegin(int epoch) {
    begin = System.nanoTime();
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    seconds.add((System.nanoTime() - begin) / 1e9);
  }

  /** Returns the median of the epochs after the first ones. */
  double median(int warmUp) {
    double[] sorted =
        seconds.subList(warmUp, seconds.size()).stream()
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return sorted[sorted.length / 2];
  }
}
