package io.firesteel.training;

import io.firesteel.data.Batch;
import io.firesteel.data.BatchBuffer;
import io.firesteel.data.BatchPlan;
import io.firesteel.data.ShardBlock;
import io.firesteel.network.GradientSums;
import io.firesteel.network.NetworkPass;
import io.firesteel.variables.VariableSnapshot;
import org.jspecify.annotations.Nullable;

/** Computes what one shard contributes to a step or to an evaluation, for one thread. */
final class ShardPass {

  private static final int EVALUATION_ROWS = 512;

  private final NetworkPass pass;
  private final BatchBuffer buffer = new BatchBuffer();

  /** Creates a pass that works in the buffers of a network pass. */
  ShardPass(NetworkPass pass) {
    this.pass = pass;
  }

  /** Returns the sums over the shard's rows in the step's batch, null if it has none. */
  @Nullable GradientSums gradients(
      BatchPlan plan, ShardBlock block, VariableSnapshot variables, Step step) {
    Batch batch = block.batch(plan, step.epoch(), step.batch(), buffer);
    if (batch == null) {
      return null;
    }

    long seed = plan.batchSeed(step.epoch(), step.batch(), block.shard());
    return pass.computeGradients(variables, batch, seed, step.lossScale());
  }

  /**
   * Returns the sums over all the shard's rows, null if it has none. The rows go through in local
   * order, a fixed number at a time.
   */
  @Nullable GradientSums evaluate(ShardBlock block, VariableSnapshot variables) {
    GradientSums sums = null;
    for (int first = 0; first < block.rows(); first += EVALUATION_ROWS) {
      int end = Math.min(first + EVALUATION_ROWS, block.rows());
      GradientSums part = pass.evaluate(variables, block.slice(first, end, buffer));
      if (sums == null) {
        sums = part;
      } else {
        sums.add(part);
      }
    }

    return sums;
  }
}
