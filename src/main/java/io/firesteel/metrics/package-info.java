/**
 * Metrics as sums that merge exactly over shards: the abstract {@link io.firesteel.metrics.Metric},
 * a class or a line of a table for each of Keras's, and the registry {@link
 * io.firesteel.metrics.Metrics}. The metrics that are means of losses are in {@code LossMeans}.
 */
@NullMarked
package io.firesteel.metrics;

import org.jspecify.annotations.NullMarked;
