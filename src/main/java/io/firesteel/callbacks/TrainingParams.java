package io.firesteel.callbacks;

/**
 * The size of a training, as Keras's callbacks have it in {@code params}.
 *
 * @param epochs the number of epochs
 * @param batches the number of batches of an epoch
 * @param rows the number of rows of an epoch
 * @param validationFreq the most epochs until there is a validation, 0 if there is none
 */
public record TrainingParams(int epochs, int batches, long rows, int validationFreq) {}
