/**
 * Losses with their gradients: the abstract {@link io.firesteel.losses.Loss}, one class per file
 * under its Keras name, and the registry {@link io.firesteel.losses.Losses}. A new loss is a file
 * and a registry line, and gets the shared gradient and reduction tests.
 */
@NullMarked
package io.firesteel.losses;

import org.jspecify.annotations.NullMarked;
