package io.firesteel.callbacks;

import io.firesteel.metrics.Metric;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A callback that watches one number of the logs and knows when it improves.
 *
 * <p>A value improves on the best if it is less than {@code best - minDelta} (mode {@code min}) or
 * greater than {@code best + minDelta} (mode {@code max}). Mode {@code auto} takes {@code min} for
 * a loss, and for a metric what the metric says of itself; of several outputs, too. Values are
 * compared as float32, as Keras has them, so that a plateau of float32 is one.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/monitor_callback.py. Stricter than Keras: an unknown
 * mode is refused. Keras wants a mode for the names of several outputs.
 */
public abstract class MonitorCallback extends Callback {

  private static final Logger LOG = LoggerFactory.getLogger(MonitorCallback.class);

  private final String monitor;
  private final String mode;
  private final double minDelta;
  private @Nullable Double best;
  private boolean higherIsBetter;

  /** Creates the callback. */
  protected MonitorCallback(Builder<?> builder) {
    this.monitor = builder.monitor;
    this.mode = builder.mode;
    this.minDelta = Math.abs(builder.minDelta);
    String owner = getClass().getSimpleName();
    Argument.oneOf(owner, "mode", mode, List.of("auto", "min", "max"));
    Argument.finite(owner, "min_delta", builder.minDelta);
  }

  /** Returns the best value so far, null if there is none. */
  public @Nullable Double best() {
    return best;
  }

  /** Forgets the best value, or sets it. */
  protected final void setBest(@Nullable Double value) {
    this.best = value;
  }

  /** Returns the name of the number that is watched. */
  protected final String monitor() {
    return monitor;
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    higherIsBetter =
        switch (mode) {
          case "min" -> false;
          case "max" -> true;
          default -> directionOfMonitor();
        };
  }

  /** Returns the watched value, or null after a warning if the logs don't have it. */
  protected final @Nullable Double current(Map<String, Double> logs) {
    Double value = logs.get(monitor);
    if (value == null) {
      LOG.warn(
          "{} watches '{}', which is not available. Available: {}",
          getClass().getSimpleName(),
          monitor,
          String.join(", ", logs.keySet()));
    }

    return value;
  }

  /** Tells whether a value is better than a reference by more than {@code minDelta}. */
  protected final boolean improves(double value, @Nullable Double reference) {
    if (reference == null) {
      return true;
    }

    float bound = reference.floatValue();
    return higherIsBetter
        ? (float) ((float) value - minDelta) > bound
        : (float) ((float) value + minDelta) < bound;
  }

  private boolean directionOfMonitor() {
    String whole = monitor.startsWith("val_") ? monitor.substring(4) : monitor;
    String name = whole.replaceFirst("\\[\\d+]$", "");
    if (model().losses().contains(name)) {
      return false;
    }

    Metric metric = model().metrics().get(name);
    if (metric != null) {
      return metric.higherIsBetter();
    }

    throw new IllegalArgumentException(
        "%s: the direction of '%s' is unknown, for it is no metric of compile (%s). Set 'mode' to min or max"
            .formatted(
                getClass().getSimpleName(),
                monitor,
                String.join(", ", model().metrics().keySet())));
  }

  /** Returns the shared arguments. */
  protected final Config monitorConfig() {
    return Config.builder()
        .put("monitor", monitor)
        .put("mode", mode)
        .put("min_delta", minDelta)
        .build();
  }

  /** Returns the state that all have in common. */
  protected final Config monitorState() {
    return Config.builder().put("best", best).build();
  }

  /** Takes back {@link #monitorState}. */
  protected final void restoreMonitor(ConfigReader state) {
    best = state.nullableNumber("best", null);
  }

  /**
   * The shared arguments of callbacks that watch a number.
   *
   * @param <B> the concrete builder
   */
  public abstract static class Builder<B extends Builder<B>> {
    private String monitor = "val_loss";
    private String mode = "auto";
    private double minDelta;

    /** Creates a builder. */
    protected Builder(double minDelta) {
      this.minDelta = minDelta;
    }

    /** Returns this builder. */
    protected abstract B self();

    /** Sets the name of the number to watch; {@code val_loss} unless set. */
    public B monitor(String value) {
      this.monitor = value;
      return self();
    }

    /** Sets {@code min}, {@code max} or {@code auto}; {@code auto} unless set. */
    public B mode(String value) {
      this.mode = value;
      return self();
    }

    /** Sets by how much a value must be better to count as better. */
    public B minDelta(double value) {
      this.minDelta = value;
      return self();
    }

    /** Reads the shared arguments. */
    protected B read(ConfigReader config) {
      monitor = config.string("monitor", monitor);
      mode = config.string("mode", mode);
      minDelta = config.number("min_delta", minDelta);
      return self();
    }
  }
}
