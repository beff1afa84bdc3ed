package io.firesteel.callbacks;

/**
 * The size of a training, as Keras's callbacks have it in {@code params}.
 *
 * @param epochs the number of epochs
 * @param batches the number of batches of an epoch
 * @param rows the number of rows of an epoch
 */
public record TrainingParams(int epochs, int batches, long rows) {}
