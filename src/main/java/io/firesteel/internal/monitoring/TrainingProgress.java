package io.firesteel.internal.monitoring;

import java.util.List;
import java.util.Map;

/**
 * How far a training is, and what happened since the report before.
 *
 * @param step the steps completed
 * @param epoch the epoch, from 0
 * @param batch the batches of the epoch completed
 * @param logs the running loss and metrics of the epoch
 * @param learningRate the learning rate, NaN if there is not one for all
 * @param gradientNorm the norm of all gradients before clipping, NaN if it was not measured
 * @param steps the steps since the report before
 * @param rows the rows trained on since then
 * @param seconds the time since then
 * @param phaseNanos the nanoseconds of every {@link Phase} since then, by its ordinal
 * @param workers the times of the workers; empty if they are not reported this time
 */
public record TrainingProgress(
    long step,
    int epoch,
    int batch,
    Map<String, Double> logs,
    double learningRate,
    double gradientNorm,
    long steps,
    long rows,
    double seconds,
    long[] phaseNanos,
    List<WorkerTime> workers) {}
