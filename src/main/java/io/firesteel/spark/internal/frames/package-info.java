/**
 * What the driver and its tasks tell each other, and in which bytes: commands, reports, variables
 * and sums. Nothing here sends or waits. No public API.
 */
@NullMarked
package io.firesteel.spark.internal.frames;

import org.jspecify.annotations.NullMarked;
