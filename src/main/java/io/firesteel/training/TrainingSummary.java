package io.firesteel.training;

import io.firesteel.callbacks.History;
import org.jspecify.annotations.Nullable;

/**
 * How a training went.
 *
 * @param history the loss and the metrics of every epoch
 * @param steps the number of steps, over all runs of a resumed training
 * @param epochs the number of epochs that were begun
 * @param stopped whether a callback ended training before its last epoch
 * @param seconds the time of training, over all runs of a resumed training
 * @param samplesPerSecond the rows that this run trained on per second, 0 if it had nothing to do
 * @param shards the number of shards
 * @param gradientSource the name of the gradient source
 * @param resumedFromStep the step this run resumed from, or null if it began
 */
public record TrainingSummary(
    History history,
    long steps,
    int epochs,
    boolean stopped,
    double seconds,
    double samplesPerSecond,
    int shards,
    String gradientSource,
    @Nullable Long resumedFromStep) {}
