package io.firesteel.data;

import org.jspecify.annotations.Nullable;

/**
 * Some rows of features and labels, row-major, the input of one gradient computation. The arrays
 * may be longer than that; only the first {@code rows} rows count.
 *
 * @param rows the number of rows
 * @param features rows x feature size
 * @param labels rows x label size; class indices are held as floats (exact up to 2^24)
 * @param weights one weight a row, or null where all are 1
 */
public record Batch(int rows, float[] features, float[] labels, float @Nullable [] weights) {}
