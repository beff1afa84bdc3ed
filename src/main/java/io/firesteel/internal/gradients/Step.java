package io.firesteel.internal.gradients;

import java.io.Serializable;

/**
 * One step of training, as a shard needs to know it.
 *
 * @param step the number of steps completed before this one, over all epochs
 * @param epoch the epoch, from 0
 * @param batch the batch within the epoch, from 0
 * @param lossScale what losses are multiplied by before gradients are taken
 */
public record Step(long step, int epoch, int batch, float lossScale) implements Serializable {}
