package io.firesteel.spark.internal.frames;

import io.firesteel.internal.data.ShardRange;

/**
 * One attempt of one task of one incarnation of the resident job of a fit.
 *
 * @param fit the fit
 * @param incarnation how many resident jobs the fit had before this one
 * @param task the index of the task
 * @param shards its shards
 * @param attempt Spark's id of the task attempt
 * @param stageAttempt the attempt of the stage
 */
public record TaskId(
    long fit, int incarnation, int task, ShardRange shards, long attempt, int stageAttempt) {}
