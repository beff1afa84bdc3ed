package io.firesteel.training;

import io.firesteel.saving.Argument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code fit} on validation.
 *
 * @param data the rows, or null
 * @param split the fraction of the training rows, 0 for none
 * @param freq after how many epochs a validation comes
 * @param epochs the epochs after which one comes, from 1; empty for a regular one
 * @param steps how many batches it has at most, or null for all
 * @param batchSize the rows of a batch, or null for those in training
 */
record Validation(
    @Nullable TrainingData data,
    double split,
    int freq,
    List<Integer> epochs,
    @Nullable Integer steps,
    @Nullable Integer batchSize) {

  Validation {
    Argument.integer("fit", "validation_freq", 1, freq);
    epochs = epochs.stream().sorted().distinct().toList();
    epochs.forEach(epoch -> Argument.integer("fit", "validation_freq", 1, epoch));
    boolean isAsked = data != null || split > 0;
    require("validation_steps", steps, isAsked);
    require("validation_batch_size", batchSize, isAsked);
    Argument.belowOne("fit", "validation_split", split);
    if (split > 0 && data != null) {
      throw new IllegalArgumentException(
          "fit: only one of 'validation_split' and 'validation_data' can be set. Received: validation_split=%s and validation_data"
              .formatted(split));
    }
  }

  private static void require(String argument, @Nullable Integer value, boolean isAsked) {
    if (value == null) {
      return;
    }

    Argument.integer("fit", argument, 1, value);
    if (!isAsked) {
      throw new IllegalArgumentException(
          "fit: '%s' needs 'validation_data' or 'validation_split'. Received: %s=%d and neither"
              .formatted(argument, argument, value));
    }
  }

  /** Tells whether a validation comes after an epoch, which is counted from 0. */
  boolean isDueAfter(int epoch) {
    return epochs.isEmpty() ? (epoch + 1) % freq == 0 : epochs.contains(epoch + 1);
  }

  /** Returns the most epochs from one validation to the next in a training of so many. */
  int longestGap(int trained) {
    if (epochs.isEmpty()) {
      return freq;
    }

    int longest = 1;
    int last = 0;
    for (int epoch : epochs) {
      longest = Math.max(longest, epoch - last);
      last = epoch;
    }

    return Math.max(longest, trained + 1 - last);
  }
}
