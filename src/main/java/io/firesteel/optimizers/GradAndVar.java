package io.firesteel.optimizers;

import io.firesteel.tensor.Gradient;
import io.firesteel.variables.Variable;
import org.jspecify.annotations.Nullable;

/**
 * A gradient and the variable it belongs to.
 *
 * <p>A {@link io.firesteel.tensor.RowSparse} gradient gives the bits that its {@link
 * io.firesteel.tensor.RowSparse#toDense dense form} gives, unless the optimizer is set to be lazy.
 *
 * @param gradient of the variable's shape, or null where there is none; the optimizer may overwrite
 *     its values
 * @param variable the variable to update
 */
public record GradAndVar(@Nullable Gradient gradient, Variable variable) {}
