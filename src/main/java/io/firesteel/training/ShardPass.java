package io.firesteel.training;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.NetworkPass;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableSnapshot;
import org.jspecify.annotations.Nullable;

/** Computes what one shard contributes to a step or to an evaluation, for one thread. */
final class ShardPass {

  private static final int MOST_ROWS_AT_ONCE = 1024;
  private static final int MOST_VALUES_AT_ONCE = 4_194_304;

  private final NetworkPass pass;
  private final BatchBuffer buffer = new BatchBuffer();
  private final Totals part;
  private final int evaluationRows;

  /** Creates a pass that works in the buffers of a network pass. */
  ShardPass(NetworkPass pass) {
    this.pass = pass;
    this.part = pass.network().newTotals();
    int width = pass.network().isSparse() ? 1 : pass.network().inputShape().size();
    this.evaluationRows = Math.max(1, Math.min(MOST_ROWS_AT_ONCE, MOST_VALUES_AT_ONCE / width));
  }

  /** Returns the shard's rows in the step's batch, null if it has none. */
  @Nullable Batch batch(BatchPlan plan, ShardBlock block, Step step) {
    return block.batch(plan, step.epoch(), step.batch(), buffer);
  }

  /** Fills in the sums over a shard's batch. */
  void gradients(
      BatchPlan plan,
      int shard,
      Batch batch,
      VariableSnapshot variables,
      Step step,
      GradientSums sums) {
    long seed = plan.batchSeed(step.epoch(), step.batch(), shard);
    pass.computeGradients(variables, batch, seed, step.lossScale(), sums);
  }

  /**
   * Fills in the sums over all rows of a shard that has some. The rows go through in local order, a
   * fixed number at a time.
   */
  void evaluate(ShardBlock block, VariableSnapshot variables, Totals totals) {
    int rows = block.rows();
    for (int first = 0; first < rows; first += evaluationRows) {
      int end = Math.min(first + evaluationRows, rows);
      Totals target = first == 0 ? totals : part;
      pass.evaluate(variables, block.slice(first, end, buffer), target);
      if (first > 0) {
        totals.add(part);
      }
    }
  }
}
