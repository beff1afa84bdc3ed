package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.spark.internal.shards.DealtShards;

/**
 * A data set that resident tasks work on.
 *
 * @param shards its shards
 * @param plan its batches
 */
record ResidentData(DealtShards shards, BatchPlan plan) {}
