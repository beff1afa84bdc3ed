package io.firesteel.training;

import io.firesteel.callbacks.Callback;
import io.firesteel.saving.Argument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code evaluate} and {@code predict} besides the data, under Keras's names and
 * with Keras's defaults.
 *
 * @param batchSize the rows of a batch
 * @param steps how many batches are taken at most, the first ones; null for all
 * @param callbacks what is called before and after each batch
 */
public record BatchOptions(int batchSize, @Nullable Integer steps, List<Callback> callbacks) {

  /** Batches of 32, all of them, without callbacks. */
  public static final BatchOptions DEFAULTS = new BatchOptions(32, null, List.of());

  /**
   * Creates options.
   *
   * @throws IllegalArgumentException if {@code batchSize} or {@code steps} is below 1
   */
  public BatchOptions {
    Argument.integer("batches", "batch_size", 1, batchSize);
    if (steps != null) {
      Argument.integer("batches", "steps", 1, steps);
    }

    callbacks = List.copyOf(callbacks);
  }

  /** Returns options with batches of that size and else Keras's defaults. */
  public static BatchOptions of(int batchSize) {
    return DEFAULTS.withBatchSize(batchSize);
  }

  /** Returns these options with another number of rows a batch. */
  public BatchOptions withBatchSize(int value) {
    return new BatchOptions(value, steps, callbacks);
  }

  /** Returns these options with so many batches at most. */
  public BatchOptions withSteps(int value) {
    return new BatchOptions(batchSize, value, callbacks);
  }

  /** Returns these options with callbacks, called in that order. */
  public BatchOptions withCallbacks(Callback... values) {
    return new BatchOptions(batchSize, steps, List.of(values));
  }

  /** Returns the rows of data that are taken. */
  TrainingData of(TrainingData data) {
    return steps == null ? data : data.first((long) steps * batchSize);
  }
}
