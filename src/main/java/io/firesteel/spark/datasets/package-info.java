/**
 * Data sets to try models on, made up where they are needed: each a class that makes the rows of a
 * seed, the same on every cluster.
 */
@NullMarked
package io.firesteel.spark.datasets;

import org.jspecify.annotations.NullMarked;
