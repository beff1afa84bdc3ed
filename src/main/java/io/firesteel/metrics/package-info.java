/**
 * Metrics as sums that merge exactly over shards: the abstract {@link io.firesteel.metrics.Metric},
 * one class per file, and the registry {@link io.firesteel.metrics.Metrics}.
 */
@NullMarked
package io.firesteel.metrics;

import org.jspecify.annotations.NullMarked;
