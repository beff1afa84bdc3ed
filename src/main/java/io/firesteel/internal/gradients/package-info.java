/**
 * Where the gradients of a step come from: a {@link io.firesteel.internal.gradients.GradientSource}
 * has workers compute the sums of their shards ({@link
 * io.firesteel.internal.gradients.ShardWorker}), which are added in a fixed tree ({@link
 * io.firesteel.internal.gradients.ReductionTree}), so that every source gives the same bits. No
 * public API, no Spark.
 */
@NullMarked
package io.firesteel.internal.gradients;

import org.jspecify.annotations.NullMarked;
