package io.firesteel.optimizers;

import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import org.jspecify.annotations.Nullable;

/**
 * A gradient and the variable it belongs to.
 *
 * @param gradient of the variable's shape, or null where there is none; the optimizer may overwrite
 *     its values
 * @param variable the variable to update
 */
public record GradAndVar(@Nullable Tensor gradient, Variable variable) {}
