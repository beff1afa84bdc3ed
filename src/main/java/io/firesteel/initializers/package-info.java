/**
 * The start values of variables, as Keras names them: the abstract {@link
 * io.firesteel.initializers.Initializer}, one class per file, and the registry {@link
 * io.firesteel.initializers.Initializers}. A new one is a file and a registry line.
 */
@NullMarked
package io.firesteel.initializers;

import org.jspecify.annotations.NullMarked;
