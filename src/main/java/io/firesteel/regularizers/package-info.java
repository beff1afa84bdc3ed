/**
 * Penalties on weights, added to the loss once per step on the driver: the abstract {@link
 * io.firesteel.regularizers.Regularizer}, one class per file, and the registry {@link
 * io.firesteel.regularizers.Regularizers}.
 */
@NullMarked
package io.firesteel.regularizers;

import org.jspecify.annotations.NullMarked;
