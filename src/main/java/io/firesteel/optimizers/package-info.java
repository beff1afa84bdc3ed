/**
 * The optimizer core: the {@link io.firesteel.optimizers.Optimizer} contract, the fixed Keras
 * pipeline in {@link io.firesteel.optimizers.BaseOptimizer}, one class per optimizer, and the
 * registry {@link io.firesteel.optimizers.Optimizers}. A new optimizer is one file that overrides
 * {@code build}, {@code updateStep} and {@code getConfig}, and one registry line.
 */
@NullMarked
package io.firesteel.optimizers;

import org.jspecify.annotations.NullMarked;
