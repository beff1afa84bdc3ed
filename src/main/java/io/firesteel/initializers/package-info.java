/**
 * The start values of variables, as Keras names them: the abstract {@link
 * io.firesteel.initializers.Initializer}, a class for each of those that differ in more than
 * numbers, and the registry {@link io.firesteel.initializers.Initializers}. A new one is a file and
 * a registry line.
 */
@NullMarked
package io.firesteel.initializers;

import org.jspecify.annotations.NullMarked;
