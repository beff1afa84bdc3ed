package io.firesteel.spark.resident;

import io.firesteel.data.BatchPlan;
import io.firesteel.spark.shards.DealtShards;

/**
 * A data set that resident tasks work on.
 *
 * @param shards its shards
 * @param plan its batches
 */
record ResidentData(DealtShards shards, BatchPlan plan) {}
