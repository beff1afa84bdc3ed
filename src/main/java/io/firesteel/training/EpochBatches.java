package io.firesteel.training;

import io.firesteel.internal.data.BatchPlan;
import org.jspecify.annotations.Nullable;

/**
 * Which batches of which pass over the rows an epoch has: all of one pass, or with {@code
 * steps_per_epoch} as many as that, of which the last epoch of a pass has what is left (Keras 3.15,
 * keras/src/trainers/epoch_iterator.py).
 *
 * <p>The first epoch of a fit begins a pass, whatever its number.
 *
 * @param batches the batches of a pass
 * @param stepsPerEpoch how many an epoch has at most, null for all
 * @param initialEpoch the number of the first epoch
 */
record EpochBatches(int batches, @Nullable Integer stepsPerEpoch, int initialEpoch) {

  /** Returns those of a fit. */
  static EpochBatches of(BatchPlan plan, FitOptions options) {
    return new EpochBatches(plan.batches(), options.stepsPerEpoch(), options.initialEpoch());
  }

  /** Returns how many batches an epoch has at most. */
  int longest() {
    return stepsPerEpoch == null ? batches : Math.min(stepsPerEpoch, batches);
  }

  private int epochsOfPass() {
    return Math.max(1, (batches + longest() - 1) / Math.max(1, longest()));
  }

  /** Returns the pass that an epoch belongs to. */
  int pass(int epoch) {
    return initialEpoch + (epoch - initialEpoch) / epochsOfPass();
  }

  /** Returns the first batch of an epoch within its pass. */
  int first(int epoch) {
    return (epoch - initialEpoch) % epochsOfPass() * longest();
  }

  /** Returns how many batches an epoch has. */
  int count(int epoch) {
    return Math.min(longest(), batches - first(epoch));
  }
}
