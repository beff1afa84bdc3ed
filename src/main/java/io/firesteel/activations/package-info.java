/**
 * Elementwise and row-wise functions of a layer output, with their derivatives: the abstract {@link
 * io.firesteel.activations.ActivationFunction}, the built-in functions, and the registry {@link
 * io.firesteel.activations.Activations}.
 */
@NullMarked
package io.firesteel.activations;

import org.jspecify.annotations.NullMarked;
