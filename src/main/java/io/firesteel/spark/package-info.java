/**
 * Spark beneath the ports: data sets dealt into shards, gradients by Spark jobs, checkpoints
 * through the Hadoop file systems.
 */
@NullMarked
package io.firesteel.spark;

import org.jspecify.annotations.NullMarked;
