package io.firesteel.callbacks;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the model as a {@code .keras} file, or its weights as a {@code .weights.h5} file, after
 * each epoch, or every so many batches, always or only when a number has improved.
 *
 * <p>The path may hold fields as Python's {@code format} writes them: {@code {epoch}} (from 1),
 * {@code {batch}} (from 1) and every name of the logs, e.g. {@code
 * "best-{epoch:02d}-{val_loss:.2f}.keras"}. It may be on any file system that the session knows.
 *
 * <p>To resume training after an interruption, use the checkpoints of {@code fit}: they hold more
 * than the model.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/model_checkpoint.py. Differs from Keras: whole models
 * in the {@code .h5} format are refused; once a file was written, a later one that can't be is
 * warned of and does not end the training, nor does it count as the best.
 */
public final class ModelCheckpoint extends MonitorCallback {

  private static final Logger LOG = LoggerFactory.getLogger(ModelCheckpoint.class);

  private final FilePattern filepath;
  private final boolean saveBestOnly;
  private final boolean saveWeightsOnly;
  private final @Nullable Long saveFreq;
  private final @Nullable Double initialValueThreshold;

  private int epoch;
  private long batchesSinceSave;
  private boolean wasSaved;

  private ModelCheckpoint(Builder builder) {
    super(builder);
    this.filepath = new FilePattern(builder.filepath);
    this.saveBestOnly = builder.saveBestOnly;
    this.saveWeightsOnly = builder.saveWeightsOnly;
    this.saveFreq = builder.saveFreq;
    this.initialValueThreshold = builder.initialValueThreshold;
    String end = saveWeightsOnly ? ".weights.h5" : ".keras";
    Argument.require(
        "ModelCheckpoint",
        "filepath",
        builder.filepath,
        builder.filepath.endsWith(end),
        "a path that ends in %s with save_weights_only=%s".formatted(end, saveWeightsOnly));
    Argument.check(
        "ModelCheckpoint",
        "save_freq",
        saveFreq,
        saveFreq == null || saveFreq >= 1,
        "\"epoch\" or a number of batches from 1");
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder(String filepath) {
    return new Builder(filepath);
  }

  /** Rebuilds the callback from its config. */
  public static ModelCheckpoint fromConfig(Config config) {
    ConfigReader reader = config.reader("ModelCheckpoint");
    Builder builder = builder(reader.string("filepath")).read(reader);
    builder.saveBestOnly = reader.bool("save_best_only", false);
    builder.initialValueThreshold = reader.nullableNumber("initial_value_threshold", null);
    builder.saveWeightsOnly = reader.bool("save_weights_only", false);
    Object freq = reader.any("save_freq");
    builder.saveFreq = freq == null || freq.equals("epoch") ? null : reader.integer("save_freq");
    reader.finish();
    return builder.build();
  }

  @Override
  public void checkOutputs() {
    Outputs.check("ModelCheckpoint", "filepath", filepath.toString(), filepath.example());
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    if (saveBestOnly) {
      super.onTrainBegin(params);
    }

    filepath.check(saveFreq != null, params);
    setBest(initialValueThreshold);
    batchesSinceSave = 0;
    wasSaved = false;
  }

  @Override
  public void onEpochBegin(int epoch) {
    this.epoch = epoch;
  }

  @Override
  public void onEpochResume(int epoch, int batch) {
    this.epoch = epoch;
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    if (saveFreq == null) {
      return;
    }

    batchesSinceSave++;
    if (batchesSinceSave >= saveFreq) {
      batchesSinceSave = 0;
      saveIfWanted(epoch, batch, logs);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    if (saveFreq == null) {
      saveIfWanted(epoch, null, logs);
    }
  }

  private void saveIfWanted(int inEpoch, @Nullable Integer batch, Map<String, Double> logs) {
    Double before = best();
    if (saveBestOnly) {
      Double value = current(logs);
      if (value != null && !improves(value, best())) {
        return;
      }

      if (value != null) {
        setBest(value);
      }
    }

    String path = filepath.format(inEpoch + 1, batch == null ? null : batch + 1, logs);
    try {
      if (saveWeightsOnly) {
        model().saveWeights(path);
      } else {
        model().save(path);
      }
    } catch (UncheckedIOException e) {
      if (!wasSaved) {
        throw e;
      }

      setBest(before);
      LOG.warn(
          "ModelCheckpoint can't write {} in epoch {}: {}. Training goes on",
          path,
          inEpoch + 1,
          String.valueOf(e.getCause()).lines().findFirst().orElse(""));
      return;
    }

    wasSaved = true;
    LOG.info(
        "Epoch {}: the {} saved to {}",
        inEpoch + 1,
        saveWeightsOnly ? "weights are" : "model is",
        path);
  }

  @Override
  public Config getConfig() {
    return monitorConfig().toBuilder()
        .put("filepath", filepath.toString())
        .put("save_best_only", saveBestOnly)
        .put("save_weights_only", saveWeightsOnly)
        .put("save_freq", saveFreq == null ? "epoch" : saveFreq)
        .put("initial_value_threshold", initialValueThreshold)
        .build();
  }

  @Override
  public Config contract() {
    return getConfig().without("filepath");
  }

  @Override
  public Config state() {
    return monitorState().toBuilder().put("batches_since_save", batchesSinceSave).build();
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("ModelCheckpoint");
    restoreMonitor(reader);
    batchesSinceSave = reader.integer("batches_since_save");
    reader.finish();
  }

  /** Collects the arguments. */
  public static final class Builder extends MonitorCallback.Builder<Builder> {
    private final String filepath;
    private boolean saveBestOnly;
    private boolean saveWeightsOnly;
    private @Nullable Long saveFreq;
    private @Nullable Double initialValueThreshold;

    private Builder(String filepath) {
      super(0);
      this.filepath = filepath;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets whether to save only when the watched number is the best so far; false unless set. */
    public Builder saveBestOnly(boolean value) {
      this.saveBestOnly = value;
      return this;
    }

    /**
     * Sets whether to save weights alone, as {@code Model.saveWeights} does, to a path that ends in
     * {@code .weights.h5}; false unless set.
     */
    public Builder saveWeightsOnly(boolean value) {
      this.saveWeightsOnly = value;
      return this;
    }

    /** Saves every so many batches instead of after each epoch. */
    public Builder saveFreq(long batches) {
      this.saveFreq = batches;
      return this;
    }

    /** Sets the value to improve on before the first save. */
    public Builder initialValueThreshold(double value) {
      this.initialValueThreshold = value;
      return this;
    }

    /** Returns the callback. */
    public ModelCheckpoint build() {
      return new ModelCheckpoint(this);
    }
  }
}
