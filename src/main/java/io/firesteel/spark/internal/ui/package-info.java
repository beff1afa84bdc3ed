/**
 * Training as Spark shows it: events in Spark's event log, a tab in the web UI and in the History
 * Server, gauges in Spark's metrics system. A training's monitor posts the events; a listener makes
 * runs of them, live or out of a log, and everything shown comes from those.
 */
@NullMarked
package io.firesteel.spark.internal.ui;

import org.jspecify.annotations.NullMarked;
