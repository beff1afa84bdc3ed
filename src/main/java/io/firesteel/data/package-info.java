/**
 * Rows in memory and the plan of who computes which rows when: batches, the block of rows of a
 * shard, the order of rows by content, the batch plan. Imports {@code tensor} only.
 */
@NullMarked
package io.firesteel.data;

import org.jspecify.annotations.NullMarked;
