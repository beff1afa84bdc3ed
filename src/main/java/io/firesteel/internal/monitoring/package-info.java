/**
 * How a training goes, for those who show it: {@link
 * io.firesteel.internal.monitoring.TrainingMonitor} hears of it, {@link
 * io.firesteel.internal.monitoring.StepClock} measures where the time goes. No public API; imports
 * what lies above it in the order of packages, and nothing of the loop.
 */
@NullMarked
package io.firesteel.internal.monitoring;

import org.jspecify.annotations.NullMarked;
