package io.firesteel.callbacks;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes event files for TensorBoard, on any file system at hand.
 *
 * <p>In {@code log_dir/train}: {@code epoch_loss}, {@code epoch_accuracy}, ... and {@code
 * epoch_learning_rate} at each epoch, counted from 0; with {@code update_freq}, {@code batch_loss},
 * ... at every so many batches, counted from 1 over all epochs. In {@code log_dir/validation}:
 * {@code epoch_loss}, ..., and {@code evaluation_loss_vs_iterations}, ... at the optimizer's
 * iterations.
 *
 * <p>A run that resumes cuts off what the interrupted one had written after its last checkpoint,
 * and goes on in another file of the same folder. So does one whose file system is away for a
 * while, once it is back; what came meanwhile is kept.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/tensorboard.py. Differs from Keras: scalars alone;
 * graphs, histograms, images, embeddings and profiles are refused, and {@code write_graph} is
 * false.
 */
public final class TensorBoard extends Callback {

  private static final long FLUSH_MILLIS = 5_000;

  private final String logDir;
  private final boolean writeStepsPerSecond;
  private final @Nullable Long updateFreq;
  private final Clock clock;

  private EventFolder train;
  private EventFolder validation;
  private long batches;
  private long batchEnded;
  private long epochBegan;
  private long batchesBeforeEpoch;
  private long flushed;

  private TensorBoard(Builder builder) {
    this.logDir = builder.logDir;
    this.writeStepsPerSecond = builder.writeStepsPerSecond;
    this.updateFreq = builder.updateFreq;
    this.clock = builder.clock;
    Argument.notBlank("TensorBoard", "log_dir", logDir);
    Argument.check(
        "TensorBoard",
        "update_freq",
        updateFreq,
        updateFreq == null || updateFreq >= 1,
        "\"epoch\", \"batch\" or a number of batches from 1");
    this.train = new EventFolder(logDir + "/train", clock);
    this.validation = new EventFolder(logDir + "/validation", clock);
  }

  /** Returns a builder with Keras's defaults: values at epochs. */
  public static Builder builder(String logDir) {
    return new Builder(logDir);
  }

  /** Rebuilds the callback from its config. */
  public static TensorBoard fromConfig(Config config) {
    ConfigReader reader = config.reader("TensorBoard");
    Builder builder = builder(reader.string("log_dir", "logs"));
    builder.writeStepsPerSecond(reader.bool("write_steps_per_second", false));
    Object freq = reader.any("update_freq");
    if ("batch".equals(freq)) {
      builder.updateFreq(1);
    } else if (freq != null && !"epoch".equals(freq)) {
      builder.updateFreq = reader.integer("update_freq");
    }

    for (String flag : List.of("write_graph", "write_images")) {
      if (reader.bool(flag, false)) {
        throw reader.invalid(flag, "false: only scalars are written");
      }
    }

    for (String number : List.of("histogram_freq", "profile_batch", "embeddings_freq")) {
      if (reader.integer(number, 0) != 0) {
        throw reader.invalid(number, "0: only scalars are written");
      }
    }

    reader.finish();
    return builder.build();
  }

  @Override
  public void checkOutputs() {
    Outputs.check("TensorBoard", "log_dir", logDir, logDir + "/train/events");
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    train = new EventFolder(logDir + "/train", clock);
    validation = new EventFolder(logDir + "/validation", clock);
    batches = 0;
    flushed = clock.millis();
  }

  @Override
  public void onEpochBegin(int epoch) {
    epochBegan = clock.millis();
    batchEnded = epochBegan;
    batchesBeforeEpoch = batches;
  }

  @Override
  public void onEpochResume(int epoch, int batch) {
    onEpochBegin(epoch);
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    batches++;
    long now = clock.millis();
    if (updateFreq != null && batches % updateFreq == 0) {
      if (writeStepsPerSecond) {
        train.add("batch_steps_per_second", batches, perSecond(1, now - batchEnded));
      }

      logs.forEach((name, value) -> train.add("batch_" + name, batches, value));
      if (now - flushed >= FLUSH_MILLIS) {
        flush(now);
      }
    }

    batchEnded = now;
  }

  @Override
  public void onTestEnd(Map<String, Double> logs) {
    long iterations = model().optimizer().iterations();
    logs.forEach(
        (name, value) ->
            validation.add("evaluation_%s_vs_iterations".formatted(name), iterations, value));
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    long now = clock.millis();
    Map<String, Double> ofTraining = new LinkedHashMap<>(logs);
    ofTraining.keySet().removeIf(name -> name.startsWith("val_"));
    LearningRates.putInto(ofTraining, model().optimizer());
    if (writeStepsPerSecond) {
      ofTraining.put("steps_per_second", perSecond(batches - batchesBeforeEpoch, now - epochBegan));
    }

    ofTraining.forEach((name, value) -> train.add("epoch_" + name, epoch, value));
    logs.forEach(
        (name, value) -> {
          if (name.startsWith("val_")) {
            validation.add("epoch_" + name.substring("val_".length()), epoch, value);
          }
        });
    flush(now);
  }

  @Override
  public void onTrainClose() {
    try {
      train.close();
    } finally {
      validation.close();
    }
  }

  private void flush(long now) {
    train.flush();
    validation.flush();
    flushed = now;
  }

  /** A time below the clock's resolution counts as one of its ticks. */
  private static double perSecond(long count, long millis) {
    return count * 1e3 / Math.max(1, millis);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("log_dir", logDir)
        .put("write_steps_per_second", writeStepsPerSecond)
        .put("update_freq", updateFreq == null ? "epoch" : updateFreq)
        .build();
  }

  @Override
  public Config contract() {
    return getConfig().without("log_dir");
  }

  @Override
  public Config state() {
    return Config.builder()
        .put("batches", batches)
        .put("train", train.state())
        .put("validation", validation.state())
        .build();
  }

  @Override
  public void restoreState(Config state) {
    ConfigReader reader = state.reader("TensorBoard");
    batches = reader.integer("batches");
    train.restore(reader.list("train"));
    validation.restore(reader.list("validation"));
    reader.finish();
  }

  /** Collects the arguments. */
  public static final class Builder {
    private final String logDir;
    private boolean writeStepsPerSecond;
    private @Nullable Long updateFreq;
    private Clock clock = Clock.systemUTC();

    private Builder(String logDir) {
      this.logDir = logDir;
    }

    /** Sets whether to write the steps a second; false unless set. */
    public Builder writeStepsPerSecond(boolean value) {
      this.writeStepsPerSecond = value;
      return this;
    }

    /** Also writes at every so many batches. */
    public Builder updateFreq(int batches) {
      this.updateFreq = (long) batches;
      return this;
    }

    Builder clock(Clock value) {
      this.clock = value;
      return this;
    }

    /**
     * Returns the callback.
     *
     * @throws IllegalArgumentException if the folder is blank or the frequency below 1
     */
    public TensorBoard build() {
      return new TensorBoard(this);
    }
  }
}
