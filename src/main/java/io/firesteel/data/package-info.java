/**
 * Rows in memory and the plan of who computes which rows when: batches, the blocks of a shard, the
 * batch plan. Imports {@code tensor} only.
 */
@NullMarked
package io.firesteel.data;

import org.jspecify.annotations.NullMarked;
