/**
 * Learning-rate schedules, pure functions of the step: the abstract {@link
 * io.firesteel.optimizers.schedules.LearningRateSchedule}, one class per file, and the registry
 * {@link io.firesteel.optimizers.schedules.LearningRateSchedules}.
 */
@NullMarked
package io.firesteel.optimizers.schedules;

import org.jspecify.annotations.NullMarked;
