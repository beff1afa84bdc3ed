package io.firesteel.callbacks;

import io.firesteel.optimizers.Optimizer;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multiplies the learning rate by {@code factor} when a number has not improved for {@code
 * patience} epochs, down to {@code minLr}, then waits {@code cooldown} epochs.
 *
 * <p>Adds {@code learning_rate} to the logs of each epoch. Refuses an optimizer whose rate a
 * schedule determines, before the first step.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/reduce_lr_on_plateau.py. Stricter than Keras: the
 * factor must be in (0, 1).
 */
public final class ReduceLROnPlateau extends MonitorCallback {

  private static final Logger LOG = LoggerFactory.getLogger(ReduceLROnPlateau.class);

  private final double factor;
  private final long patience;
  private final long cooldown;
  private final double minLr;

  private long wait;
  private long cooldownCounter;

  private ReduceLROnPlateau(Builder builder) {
    super(builder);
    this.factor = builder.factor;
    this.patience = builder.patience;
    this.cooldown = builder.cooldown;
    this.minLr = builder.minLr;
    Argument.insideUnit("ReduceLROnPlateau", "factor", factor);
    Argument.integer("ReduceLROnPlateau", "patience", 0, patience);
    Argument.integer("ReduceLROnPlateau", "cooldown", 0, cooldown);
    Argument.nonNegative("ReduceLROnPlateau", "min_lr", minLr);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Rebuilds the callback from its config. */
  public static ReduceLROnPlateau fromConfig(Config config) {
    ConfigReader reader = config.reader("ReduceLROnPlateau");
    Builder builder = builder().read(reader);
    builder.factor = reader.number("factor", builder.factor);
    builder.patience = reader.integer("patience", builder.patience);
    builder.cooldown = reader.integer("cooldown", builder.cooldown);
    builder.minLr = reader.number("min_lr", builder.minLr);
    reader.finish();
    return builder.build();
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    super.onTrainBegin(params);
    LearningRates.requireSettable(model().optimizer(), "ReduceLROnPlateau");
    wait = 0;
    cooldownCounter = 0;
    setBest(null);
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    LearningRates.putInto(logs, model().optimizer());
    Double value = current(logs);
    if (value == null) {
      return;
    }

    if (cooldownCounter > 0) {
      cooldownCounter--;
      wait = 0;
    }

    if (improves(value, best())) {
      setBest(value);
      wait = 0;
    } else if (cooldownCounter == 0) {
      wait++;
      if (wait >= patience) {
        reduce(epoch);
      }
    }
  }

  private void reduce(int epoch) {
    boolean reduced = false;
    for (Optimizer optimizer : LearningRates.optimizers(model().optimizer())) {
      reduced |= reduce(epoch, optimizer);
    }

    if (reduced) {
      cooldownCounter = cooldown;
      wait = 0;
    }
  }

  private boolean reduce(int epoch, Optimizer optimizer) {
    double old = optimizer.learningRate();
    if (old <= (float) minLr) {
      return false;
    }

    double rate = Math.max(old * factor, minLr);
    optimizer.setLearningRate(rate);
    LOG.info(
        "Epoch {}: the learning rate of {} is reduced from {} to {}",
        epoch + 1,
        optimizer.name(),
        old,
        rate);
    return true;
  }

  @Override
  public Config getConfig() {
    return monitorConfig().toBuilder()
        .put("factor", factor)
        .put("patience", patience)
        .put("cooldown", cooldown)
        .put("min_lr", minLr)
        .build();
  }

  @Override
  public Config state() {
    return monitorState().toBuilder()
        .put("wait", wait)
        .put("cooldown_counter", cooldownCounter)
        .build();
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("ReduceLROnPlateau");
    restoreMonitor(reader);
    wait = reader.integer("wait");
    cooldownCounter = reader.integer("cooldown_counter");
    reader.finish();
  }

  /** Collects the arguments. */
  public static final class Builder extends MonitorCallback.Builder<Builder> {
    private double factor = 0.1;
    private long patience = 10;
    private long cooldown;
    private double minLr;

    private Builder() {
      super(1e-4);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets what the rate is multiplied by, in (0, 1); 0.1 unless set. */
    public Builder factor(double value) {
      this.factor = value;
      return this;
    }

    /** Sets after how many epochs without improvement the rate is reduced; 10 unless set. */
    public Builder patience(long value) {
      this.patience = value;
      return this;
    }

    /** Sets how many epochs after a reduction are not looked at; 0 unless set. */
    public Builder cooldown(long value) {
      this.cooldown = value;
      return this;
    }

    /** Sets the lowest rate; 0 unless set. */
    public Builder minLr(double value) {
      this.minLr = value;
      return this;
    }

    /** Returns the callback. */
    public ReduceLROnPlateau build() {
      return new ReduceLROnPlateau(this);
    }
  }
}
