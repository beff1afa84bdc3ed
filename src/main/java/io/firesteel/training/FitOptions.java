package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.ProgbarLogger;
import io.firesteel.saving.Argument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code fit} besides the data, under Keras's names and with Keras's defaults.
 *
 * <p>The same seed, data and number of shards give the same weights to the bit. The number of
 * shards is {@link io.firesteel.internal.data.BatchPlan#defaultShards} unless set, a function of
 * the batch size alone.
 */
public final class FitOptions {

  private final int epochs;
  private final int initialEpoch;
  private final @Nullable Integer stepsPerEpoch;
  private final int batchSize;
  private final boolean shuffle;
  private final long seed;
  private final @Nullable Integer shards;
  private final Validation validation;
  private final Map<Integer, Double> classWeight;
  private final List<Callback> callbacks;
  private final List<Callback> observers;
  private final @Nullable Checkpointing checkpoints;
  private final ProgbarLogger.@Nullable Display display;
  private final Duration progressInterval;
  private final boolean silent;
  private final OnNan onNan;

  /** What happens when the loss of a step is NaN or infinite. */
  public enum OnNan {
    /** A warning with step and epoch, once; training goes on. */
    WARN,
    /** Training fails with a {@link NonFiniteLossException}. */
    FAIL
  }

  private FitOptions(Builder builder) {
    this.epochs = builder.epochs;
    this.initialEpoch = builder.initialEpoch;
    this.stepsPerEpoch = builder.stepsPerEpoch;
    this.batchSize = builder.batchSize;
    this.shuffle = builder.shuffle;
    this.seed = builder.seed;
    this.shards = builder.shards;
    this.classWeight = Map.copyOf(builder.classWeight);
    this.callbacks = List.copyOf(builder.callbacks);
    this.observers = List.copyOf(builder.observers);
    this.checkpoints = builder.checkpoints;
    this.display = builder.display;
    this.progressInterval = builder.progressInterval;
    this.silent = builder.silent;
    this.onNan = builder.onNan;
    Argument.integer("fit", "epochs", 1, epochs);
    Argument.integer("fit", "initial_epoch", 0, epochs - 1L, initialEpoch);
    if (stepsPerEpoch != null) {
      Argument.integer("fit", "steps_per_epoch", 1, stepsPerEpoch);
    }

    Argument.integer("fit", "batch_size", 1, batchSize);
    if (shards != null) {
      Argument.integer("fit", "shards", 1, shards);
    }

    validation =
        new Validation(
            builder.validationData,
            builder.validationSplit,
            builder.validationFreq,
            builder.validationEpochs,
            builder.validationSteps,
            builder.validationBatchSize);
  }

  /** Returns a builder with Keras's defaults: 1 epoch, batches of 32, shuffled. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns options with a number of epochs and else Keras's defaults. */
  public static FitOptions epochs(int epochs) {
    return builder().epochs(epochs).build();
  }

  /** Returns the number of epochs. */
  public int epochs() {
    return epochs;
  }

  /** Returns the epoch that training begins with, from 0. */
  public int initialEpoch() {
    return initialEpoch;
  }

  /** Returns how many batches an epoch has at most, or null for all. */
  public @Nullable Integer stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Returns the rows of a batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Tells whether rows are shuffled. */
  public boolean shuffle() {
    return shuffle;
  }

  /** Returns the seed of the rows' order and of dropout. */
  public long seed() {
    return seed;
  }

  /** Returns the number of shards, or null for the default. */
  public @Nullable Integer shards() {
    return shards;
  }

  /** Returns the rows to validate on, or null. */
  public @Nullable TrainingData validationData() {
    return validation.data();
  }

  /** Returns the fraction of the rows to validate on, 0 for none. */
  public double validationSplit() {
    return validation.split();
  }

  /** Returns after how many epochs a validation comes, of epochs that are listed at the latest. */
  public int validationFreq() {
    return validation.longestGap(epochs);
  }

  /** Returns the epochs after which a validation comes, from 1; empty for a regular one. */
  public List<Integer> validationEpochs() {
    return validation.epochs();
  }

  /** Tells whether a validation comes after an epoch, which is counted from 0. */
  boolean validatesAfter(int epoch) {
    return validation.isDueAfter(epoch);
  }

  /** Returns how many batches a validation has at most, or null for all. */
  public @Nullable Integer validationSteps() {
    return validation.steps();
  }

  /** Returns the rows of a batch of validations, those of a batch in training unless set. */
  public int validationBatchSize() {
    Integer own = validation.batchSize();
    return own == null ? batchSize : own;
  }

  /** Returns the weights of rows in training by the class of their label, empty for none. */
  public Map<Integer, Double> classWeight() {
    return classWeight;
  }

  /** Returns the callbacks in order. */
  public List<Callback> callbacks() {
    return callbacks;
  }

  /** Returns where checkpoints go, or null for nowhere. */
  public @Nullable Checkpointing checkpoints() {
    return checkpoints;
  }

  /** Returns what happens when the loss of a step is NaN or infinite. */
  public OnNan onNan() {
    return onNan;
  }

  /** Returns the callbacks that only look on, the progress among them. */
  List<Callback> observers() {
    List<Callback> all = new ArrayList<>(observers);
    if (!silent) {
      all.add(
          display == null
              ? ProgbarLogger.auto(progressInterval)
              : new ProgbarLogger(display, progressInterval));
    }

    return all;
  }

  void closeCallbacks() {
    callbacks.forEach(Callback::onTrainClose);
    observers.forEach(Callback::onTrainClose);
  }

  boolean checkpointDueAfterStep(long step) {
    return checkpoints != null && checkpoints.dueAfterStep(step);
  }

  boolean checkpointDueAfterEpoch(int epoch, double secondsSinceLast) {
    return checkpoints != null && checkpoints.dueAfterEpoch(epoch, secondsSinceLast);
  }

  /** Collects the arguments. */
  public static final class Builder {
    private int epochs = 1;
    private int initialEpoch;
    private @Nullable Integer stepsPerEpoch;
    private int batchSize = 32;
    private boolean shuffle = true;
    private long seed;
    private @Nullable Integer shards;
    private @Nullable TrainingData validationData;
    private double validationSplit;
    private int validationFreq = 1;
    private List<Integer> validationEpochs = List.of();
    private @Nullable Integer validationSteps;
    private @Nullable Integer validationBatchSize;
    private Map<Integer, Double> classWeight = Map.of();
    private final List<Callback> callbacks = new ArrayList<>();
    private final List<Callback> observers = new ArrayList<>();
    private @Nullable Checkpointing checkpoints;
    private ProgbarLogger.@Nullable Display display;
    private Duration progressInterval = ProgbarLogger.INTERVAL;
    private boolean silent;
    private OnNan onNan = OnNan.WARN;

    private Builder() {}

    /** Sets the number of epochs; 1 unless set. */
    public Builder epochs(int value) {
      this.epochs = value;
      return this;
    }

    /**
     * Sets the epoch to begin with, from 0, less than {@link #epochs}: as if those before it had
     * been run already. With {@link #stepsPerEpoch} it begins with the first batches, as in Keras.
     * A resumed run goes on where its checkpoint is.
     */
    public Builder initialEpoch(int value) {
      this.initialEpoch = value;
      return this;
    }

    /**
     * Sets how many batches an epoch has at most. The next epoch goes on with the batches that
     * follow; when all rows were seen, the epoch ends, and the next one begins with a new order, as
     * in Keras.
     */
    public Builder stepsPerEpoch(int value) {
      this.stepsPerEpoch = value;
      return this;
    }

    /** Sets the rows of a batch; 32 unless set. */
    public Builder batchSize(int value) {
      this.batchSize = value;
      return this;
    }

    /**
     * Sets whether each epoch visits the rows in another order; true unless set. Without shuffling
     * the data must have an order of its own.
     */
    public Builder shuffle(boolean value) {
      this.shuffle = value;
      return this;
    }

    /** Sets the seed of the rows' order and of dropout; 0 unless set. */
    public Builder seed(long value) {
      this.seed = value;
      return this;
    }

    /** Sets the number of shards. */
    public Builder shards(int value) {
      this.shards = value;
      return this;
    }

    /** Sets the rows to validate on after each epoch. */
    public Builder validationData(TrainingData value) {
      this.validationData = value;
      return this;
    }

    /** Sets which fraction of the rows, the last ones in the order, is kept for validation. */
    public Builder validationSplit(double value) {
      this.validationSplit = value;
      return this;
    }

    /** Sets after how many epochs a validation comes; 1 unless set. */
    public Builder validationFreq(int value) {
      this.validationFreq = value;
      this.validationEpochs = List.of();
      return this;
    }

    /** Sets the epochs after which a validation comes, counted from 1, as Keras's list. */
    public Builder validationFreq(List<Integer> epochs) {
      if (epochs.isEmpty()) {
        throw Argument.invalid("fit", "validation_freq", epochs, "at least one epoch");
      }

      this.validationFreq = 1;
      this.validationEpochs = List.copyOf(epochs);
      return this;
    }

    /**
     * Sets how many batches a validation has at most, always the first ones in the order in which
     * the rows are given. Rows of a cluster that have no order are taken in one that depends on
     * their content alone.
     */
    public Builder validationSteps(int value) {
      this.validationSteps = value;
      return this;
    }

    /** Sets the rows of a batch of validations; those of {@link #batchSize} unless set. */
    public Builder validationBatchSize(int value) {
      this.validationBatchSize = value;
      return this;
    }

    /**
     * Weighs rows in training by the class of their label, as Keras's {@code class_weight}: the
     * label itself, or the place of the 1 in a one-hot one. Other classes have the weight 1.
     * Validation is not weighed. The data must have no weights of its own.
     */
    public Builder classWeight(Map<Integer, Double> value) {
      this.classWeight = Map.copyOf(value);
      return this;
    }

    /** Adds callbacks, called in the order in which they were added. */
    public Builder callbacks(Callback... values) {
      this.callbacks.addAll(List.of(values));
      return this;
    }

    /**
     * Adds callbacks that only look on, after the others. They are not part of what must be the
     * same when a run resumes, and have no state in its checkpoints.
     */
    public Builder observers(Callback... values) {
      this.observers.addAll(List.of(values));
      return this;
    }

    /** Sets what happens when the loss is not finite; {@link OnNan#WARN} unless set. */
    public Builder onNan(OnNan value) {
      this.onNan = value;
      return this;
    }

    /** Sets where checkpoints go; nowhere unless set. */
    public Builder checkpoints(Checkpointing value) {
      this.checkpoints = value;
      return this;
    }

    /**
     * Sets Keras's {@code verbose}: 0 silent, 1 a progress bar, 2 a line an epoch. Unless set, a
     * bar in a terminal and lines elsewhere.
     */
    public Builder verbose(int value) {
      switch (value) {
        case 0 -> this.silent = true;
        case 1 -> this.display = ProgbarLogger.Display.BAR;
        case 2 -> this.display = ProgbarLogger.Display.EPOCHS;
        default -> throw Argument.invalid("fit", "verbose", value, "one of 0, 1, 2");
      }

      return this;
    }

    /** Sets the time between two lines of progress where there is no terminal; 10 s unless set. */
    public Builder progressInterval(Duration value) {
      this.progressInterval = value;
      return this;
    }

    /** Returns the options. */
    public FitOptions build() {
      return new FitOptions(this);
    }
  }
}
