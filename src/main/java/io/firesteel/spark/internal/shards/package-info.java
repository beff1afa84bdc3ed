/**
 * Rows dealt into shards that stay on the executors, in memory or in files, and gradients by one
 * ordinary Spark job a step over them. No public API.
 */
@NullMarked
package io.firesteel.spark.internal.shards;

import org.jspecify.annotations.NullMarked;
