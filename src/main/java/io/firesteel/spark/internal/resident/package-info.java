/**
 * Gradients by tasks that stay for a whole fit: the exchange between them and the trainer, the
 * connection to executors in other processes, and the slots that fits and other jobs share. No
 * public API.
 */
@NullMarked
package io.firesteel.spark.internal.resident;

import org.jspecify.annotations.NullMarked;
