/**
 * Rows and the plan of who computes which rows when: batches, the rows of a shard and where they
 * are held, the order of rows by content, the batch plan. Imports {@code tensor} only.
 */
@NullMarked
package io.firesteel.internal.data;

import org.jspecify.annotations.NullMarked;
