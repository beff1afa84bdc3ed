/**
 * The main methods for spark-submit: Train, Evaluate, Predict, Inspect, driven by one JSON file.
 */
@NullMarked
package io.firesteel.jobs;

import org.jspecify.annotations.NullMarked;
