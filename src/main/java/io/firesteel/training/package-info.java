/**
 * The training loop without Spark: the {@link io.firesteel.training.Trainer}, what it is given
 * ({@link io.firesteel.training.TrainingData}, {@link io.firesteel.training.FitOptions}), and its
 * checkpoints.
 */
@NullMarked
package io.firesteel.training;

import org.jspecify.annotations.NullMarked;
