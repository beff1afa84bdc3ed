/**
 * Firesteel on Spark, what applications name: data sets to train on, predictions, checkpoints on
 * Hadoop file systems, the history as a frame, the plugin and Kryo's registrator. The packages
 * under {@code internal} are its parts and no public API.
 */
@NullMarked
package io.firesteel.spark;

import org.jspecify.annotations.NullMarked;
