package io.firesteel.spark;

import io.firesteel.data.BatchPlan;

/**
 * A data set that resident tasks work on.
 *
 * @param shards its shards
 * @param plan its batches
 */
record ResidentData(DealtShards shards, BatchPlan plan) {}
