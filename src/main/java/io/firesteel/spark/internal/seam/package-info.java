/**
 * All that Firesteel uses of Spark's internals, which Spark may change in any release: each class
 * says why, what it relies on, and what happens where that is missing. No public API.
 */
@NullMarked
package io.firesteel.spark.internal.seam;

import org.jspecify.annotations.NullMarked;
