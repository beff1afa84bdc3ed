package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback made of functions, for Java and Scala.
 *
 * <pre>{@code
 * LambdaCallback.builder()
 *     .onEpochEnd((epoch, logs) -> System.out.println(epoch + " " + logs.get("loss")))
 *     .build()
 * }</pre>
 *
 * <p>Keras takes functions of evaluations and predictions by name as well; so does this.
 *
 * <p>It remembers nothing that a resumed run gets back; a callback that has to is a class of its
 * own. For the same reason a job file can't name it. A run that resumes must have the same
 * functions in place, which is all that can be compared of them.
 *
 * <p>Source: Keras 3.15, keras/src/callbacks/lambda_callback.py.
 */
public final class LambdaCallback extends Callback {

  /** What is called with an epoch. */
  @FunctionalInterface
  public interface EpochBegin {
    /** Called with the epoch, from 0. */
    void call(int epoch);
  }

  /** What is called with a batch or an epoch and its loss and metrics. */
  @FunctionalInterface
  public interface End {
    /**
     * Called when it has ended.
     *
     * @param index the batch or epoch, from 0
     * @param logs the loss and metrics by name
     */
    void call(int index, Map<String, Double> logs);
  }

  private final @Nullable Consumer<TrainingParams> onTrainBegin;
  private final @Nullable EpochBegin onEpochBegin;
  private final @Nullable EpochBegin onTrainBatchBegin;
  private final @Nullable End onTrainBatchEnd;
  private final @Nullable End onEpochEnd;
  private final @Nullable Runnable onTrainEnd;
  private final @Nullable Runnable onTestBegin;
  private final @Nullable EpochBegin onTestBatchBegin;
  private final @Nullable End onTestBatchEnd;
  private final @Nullable Consumer<Map<String, Double>> onTestEnd;
  private final @Nullable Runnable onPredictBegin;
  private final @Nullable EpochBegin onPredictBatchBegin;
  private final @Nullable BiConsumer<Integer, float[][]> onPredictBatchEnd;
  private final @Nullable Runnable onPredictEnd;
  private final boolean usesCluster;

  private LambdaCallback(Builder builder) {
    this.onTrainBegin = builder.onTrainBegin;
    this.onEpochBegin = builder.onEpochBegin;
    this.onTrainBatchBegin = builder.onTrainBatchBegin;
    this.onTrainBatchEnd = builder.onTrainBatchEnd;
    this.onEpochEnd = builder.onEpochEnd;
    this.onTrainEnd = builder.onTrainEnd;
    this.onTestBegin = builder.onTestBegin;
    this.onTestBatchBegin = builder.onTestBatchBegin;
    this.onTestBatchEnd = builder.onTestBatchEnd;
    this.onTestEnd = builder.onTestEnd;
    this.onPredictBegin = builder.onPredictBegin;
    this.onPredictBatchBegin = builder.onPredictBatchBegin;
    this.onPredictBatchEnd = builder.onPredictBatchEnd;
    this.onPredictEnd = builder.onPredictEnd;
    this.usesCluster = builder.usesCluster;
  }

  /** Returns a builder of a callback that does nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Refuses: functions are not in a config.
   *
   * @throws IllegalArgumentException always
   */
  public static LambdaCallback fromConfig(Config config) {
    throw new IllegalArgumentException(
        "LambdaCallback consists of functions, which can't be named in a config. Write a class that"
            + " extends Callback, and name it in custom_objects. Received: "
            + config);
  }

  @Override
  public boolean usesCluster() {
    return usesCluster;
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    if (onTrainBegin != null) {
      onTrainBegin.accept(params);
    }
  }

  @Override
  public void onEpochBegin(int epoch) {
    if (onEpochBegin != null) {
      onEpochBegin.call(epoch);
    }
  }

  @Override
  public void onTrainBatchBegin(int batch) {
    if (onTrainBatchBegin != null) {
      onTrainBatchBegin.call(batch);
    }
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    if (onTrainBatchEnd != null) {
      onTrainBatchEnd.call(batch, logs);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    if (onEpochEnd != null) {
      onEpochEnd.call(epoch, logs);
    }
  }

  @Override
  public void onTrainEnd() {
    if (onTrainEnd != null) {
      onTrainEnd.run();
    }
  }

  @Override
  public void onTestBegin() {
    if (onTestBegin != null) {
      onTestBegin.run();
    }
  }

  @Override
  public void onTestBatchBegin(int batch) {
    if (onTestBatchBegin != null) {
      onTestBatchBegin.call(batch);
    }
  }

  @Override
  public void onTestBatchEnd(int batch, Map<String, Double> logs) {
    if (onTestBatchEnd != null) {
      onTestBatchEnd.call(batch, logs);
    }
  }

  @Override
  public void onTestEnd(Map<String, Double> logs) {
    if (onTestEnd != null) {
      onTestEnd.accept(logs);
    }
  }

  @Override
  public void onPredictBegin() {
    if (onPredictBegin != null) {
      onPredictBegin.run();
    }
  }

  @Override
  public void onPredictBatchBegin(int batch) {
    if (onPredictBatchBegin != null) {
      onPredictBatchBegin.call(batch);
    }
  }

  @Override
  public void onPredictBatchEnd(int batch, float[][] outputs) {
    if (onPredictBatchEnd != null) {
      onPredictBatchEnd.accept(batch, outputs);
    }
  }

  @Override
  public void onPredictEnd() {
    if (onPredictEnd != null) {
      onPredictEnd.run();
    }
  }

  /** Returns which functions there are. */
  @Override
  public Config getConfig() {
    return Config.builder()
        .put("on_train_begin", mark(onTrainBegin))
        .put("on_epoch_begin", mark(onEpochBegin))
        .put("on_train_batch_begin", mark(onTrainBatchBegin))
        .put("on_train_batch_end", mark(onTrainBatchEnd))
        .put("on_epoch_end", mark(onEpochEnd))
        .put("on_train_end", mark(onTrainEnd))
        .build();
  }

  private static @Nullable String mark(@Nullable Object function) {
    return function == null ? null : "function";
  }

  /** Collects the functions. */
  public static final class Builder {
    private @Nullable Consumer<TrainingParams> onTrainBegin;
    private @Nullable EpochBegin onEpochBegin;
    private @Nullable EpochBegin onTrainBatchBegin;
    private @Nullable End onTrainBatchEnd;
    private @Nullable End onEpochEnd;
    private @Nullable Runnable onTrainEnd;
    private @Nullable Runnable onTestBegin;
    private @Nullable EpochBegin onTestBatchBegin;
    private @Nullable End onTestBatchEnd;
    private @Nullable Consumer<Map<String, Double>> onTestEnd;
    private @Nullable Runnable onPredictBegin;
    private @Nullable EpochBegin onPredictBatchBegin;
    private @Nullable BiConsumer<Integer, float[][]> onPredictBatchEnd;
    private @Nullable Runnable onPredictEnd;
    private boolean usesCluster;

    private Builder() {}

    /** Sets what is called before the first step. */
    public Builder onTrainBegin(Consumer<TrainingParams> function) {
      this.onTrainBegin = function;
      return this;
    }

    /** Sets what is called before an epoch. */
    public Builder onEpochBegin(EpochBegin function) {
      this.onEpochBegin = function;
      return this;
    }

    /** Sets what is called before a batch, with its number in the epoch. */
    public Builder onTrainBatchBegin(EpochBegin function) {
      this.onTrainBatchBegin = function;
      return this;
    }

    /** Sets what is called after a batch. */
    public Builder onTrainBatchEnd(End function) {
      this.onTrainBatchEnd = function;
      return this;
    }

    /** Sets what is called after an epoch and its validation. */
    public Builder onEpochEnd(End function) {
      this.onEpochEnd = function;
      return this;
    }

    /** Sets what is called after the last epoch. */
    public Builder onTrainEnd(Runnable function) {
      this.onTrainEnd = function;
      return this;
    }

    /** Sets what is called before an evaluation. */
    public Builder onTestBegin(Runnable function) {
      this.onTestBegin = function;
      return this;
    }

    /** Sets what is called before a batch of an evaluation, with its number. */
    public Builder onTestBatchBegin(EpochBegin function) {
      this.onTestBatchBegin = function;
      return this;
    }

    /** Sets what is called after a batch of an evaluation. */
    public Builder onTestBatchEnd(End function) {
      this.onTestBatchEnd = function;
      return this;
    }

    /** Sets what is called after an evaluation, with the loss and the metrics. */
    public Builder onTestEnd(Consumer<Map<String, Double>> function) {
      this.onTestEnd = function;
      return this;
    }

    /** Sets what is called before a prediction. */
    public Builder onPredictBegin(Runnable function) {
      this.onPredictBegin = function;
      return this;
    }

    /** Sets what is called before a batch of a prediction, with its number. */
    public Builder onPredictBatchBegin(EpochBegin function) {
      this.onPredictBatchBegin = function;
      return this;
    }

    /** Sets what is called after a batch of a prediction, with its number and its outputs. */
    public Builder onPredictBatchEnd(BiConsumer<Integer, float[][]> function) {
      this.onPredictBatchEnd = function;
      return this;
    }

    /** Sets what is called after a prediction. */
    public Builder onPredictEnd(Runnable function) {
      this.onPredictEnd = function;
      return this;
    }

    /** Says that the functions of epochs and of the end run jobs on the cluster. */
    public Builder usesCluster() {
      this.usesCluster = true;
      return this;
    }

    /** Returns the callback. */
    public LambdaCallback build() {
      return new LambdaCallback(this);
    }
  }
}
