/**
 * The rows of Spark data sets: columns are read, checked and converted to float32, and rows are put
 * in one global order that has nothing to do with partitions. No public API.
 */
@NullMarked
package io.firesteel.spark.internal.rows;

import org.jspecify.annotations.NullMarked;
