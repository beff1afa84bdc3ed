/**
 * What the Spark jobs and tasks of all kinds have in common: settings, descriptions and failures of
 * jobs, and the networks and libraries that executors compute with. No public API.
 */
@NullMarked
package io.firesteel.spark.internal.execution;

import org.jspecify.annotations.NullMarked;
