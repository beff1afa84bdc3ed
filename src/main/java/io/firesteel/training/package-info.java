/**
 * The training loop without Spark: the {@link io.firesteel.training.Trainer}, its ports {@link
 * io.firesteel.training.TrainingData} and {@link io.firesteel.internal.gradients.GradientSource},
 * the fixed reduction tree, and the in-process gradient source.
 */
@NullMarked
package io.firesteel.training;

import org.jspecify.annotations.NullMarked;
