package io.firesteel.spark.internal.frames;

/**
 * Who speaks: one attempt of one task of one incarnation of the resident job of a fit.
 *
 * @param fit the fit
 * @param incarnation how many resident jobs the fit had before this one
 * @param task the index of the task
 * @param lo the first shard of its range
 * @param hi the shard after the last one
 * @param attempt Spark's id of the task attempt
 * @param stageAttempt the attempt of the stage
 */
public record ResidentId(
    long fit, int incarnation, int task, int lo, int hi, long attempt, int stageAttempt) {}
