/**
 * Losses with their gradients: the abstract {@link io.firesteel.losses.Loss}, a class for each of
 * those with arguments of their own, one table of those without, and the registry {@link
 * io.firesteel.losses.Losses}. A new loss is a line of {@code ElementwiseLoss}, or a file and a
 * registry line, and gets the shared gradient and reduction tests.
 */
@NullMarked
package io.firesteel.losses;

import org.jspecify.annotations.NullMarked;
