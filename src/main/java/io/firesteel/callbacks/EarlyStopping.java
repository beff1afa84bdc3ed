package io.firesteel.callbacks;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops training when a number has not improved for {@code patience} epochs, and puts back the
 * weights of the best epoch if {@code restoreBestWeights} is set.
 *
 * <p>As in Keras, training does not stop in its first epoch, {@code baseline} only decides whether
 * the patience starts anew, and the best weights are put back at the end of training even if it was
 * not stopped early; the optimizer's state is left as it is.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/early_stopping.py.
 */
public final class EarlyStopping extends MonitorCallback {

  private static final Logger LOG = LoggerFactory.getLogger(EarlyStopping.class);

  private final long patience;
  private final @Nullable Double baseline;
  private final boolean restoreBestWeights;
  private final long startFromEpoch;

  private long wait;
  private long bestEpoch;
  private @Nullable Long stoppedEpoch;
  private @Nullable List<Variable> bestWeights;

  private EarlyStopping(Builder builder) {
    super(builder);
    this.patience = builder.patience;
    this.baseline = builder.baseline;
    this.restoreBestWeights = builder.restoreBestWeights;
    this.startFromEpoch = builder.startFromEpoch;
    Argument.integer("EarlyStopping", "patience", 0, patience);
    Argument.integer("EarlyStopping", "start_from_epoch", 0, startFromEpoch);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Rebuilds the callback from its config. */
  public static EarlyStopping fromConfig(Config config) {
    ConfigReader reader = config.reader("EarlyStopping");
    Builder builder = builder().read(reader);
    builder.patience = reader.integer("patience", builder.patience);
    builder.baseline = reader.nullableNumber("baseline", null);
    builder.restoreBestWeights = reader.bool("restore_best_weights", false);
    builder.startFromEpoch = reader.integer("start_from_epoch", 0);
    reader.finish();
    return builder.build();
  }

  /** Returns the epoch after which training was stopped, or null if it was not. */
  public @Nullable Long stoppedEpoch() {
    return stoppedEpoch;
  }

  /** Returns the best epoch so far, from 0. */
  public long bestEpoch() {
    return bestEpoch;
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    super.onTrainBegin(params);
    wait = 0;
    bestEpoch = 0;
    stoppedEpoch = null;
    bestWeights = null;
    setBest(null);
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    Double value = current(logs);
    if (value == null || epoch < startFromEpoch) {
      return;
    }

    if (restoreBestWeights && bestWeights == null) {
      keep(epoch);
    }

    wait++;
    if (improves(value, best())) {
      setBest(value);
      keep(epoch);
      if (baseline == null || improves(value, baseline)) {
        wait = 0;
      }

      return;
    }

    if (wait >= patience && epoch > 0) {
      stoppedEpoch = (long) epoch;
      model().stopTraining();
    }
  }

  @Override
  public void onTrainEnd() {
    if (stoppedEpoch != null) {
      LOG.info("Epoch {}: early stopping", stoppedEpoch + 1);
    }

    if (bestWeights != null) {
      LOG.info("The weights of the best epoch, {}, are put back", bestEpoch + 1);
      List<Variable> variables = model().variables();
      for (int i = 0; i < variables.size(); i++) {
        variables.get(i).assign(bestWeights.get(i).values());
      }
    }
  }

  private void keep(int epoch) {
    bestEpoch = epoch;
    if (restoreBestWeights) {
      bestWeights = model().variables().stream().map(Variable::copy).toList();
    }
  }

  @Override
  public Config getConfig() {
    return monitorConfig().toBuilder()
        .put("patience", patience)
        .put("baseline", baseline)
        .put("restore_best_weights", restoreBestWeights)
        .put("start_from_epoch", startFromEpoch)
        .build();
  }

  @Override
  public Config state() {
    return monitorState().toBuilder()
        .put("wait", wait)
        .put("best_epoch", bestEpoch)
        .put("stopped_epoch", stoppedEpoch)
        .build();
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("EarlyStopping");
    restoreMonitor(reader);
    wait = reader.integer("wait");
    bestEpoch = reader.integer("best_epoch");
    stoppedEpoch = reader.nullableInteger("stopped_epoch", null);
    reader.finish();
  }

  @Override
  public List<Variable> tensors() {
    return bestWeights == null ? List.of() : bestWeights;
  }

  @Override
  public void restoreTensors(List<Variable> tensors) {
    bestWeights = tensors.isEmpty() ? null : tensors;
  }

  /** Collects the arguments. */
  public static final class Builder extends MonitorCallback.Builder<Builder> {
    private long patience;
    private @Nullable Double baseline;
    private boolean restoreBestWeights;
    private long startFromEpoch;

    private Builder() {
      super(0);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets after how many epochs without improvement training stops; 0 unless set. */
    public Builder patience(long value) {
      this.patience = value;
      return this;
    }

    /** Sets a value that must be improved on, too, for the patience to start anew. */
    public Builder baseline(@Nullable Double value) {
      this.baseline = value;
      return this;
    }

    /** Sets whether the weights of the best epoch are put back at the end; false unless set. */
    public Builder restoreBestWeights(boolean value) {
      this.restoreBestWeights = value;
      return this;
    }

    /** Sets the first epoch that is looked at; 0 unless set. */
    public Builder startFromEpoch(long value) {
      this.startFromEpoch = value;
      return this;
    }

    /** Returns the callback. */
    public EarlyStopping build() {
      return new EarlyStopping(this);
    }
  }
}
