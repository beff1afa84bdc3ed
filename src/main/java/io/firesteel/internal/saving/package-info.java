/**
 * How names become objects of Keras's kinds again ({@link
 * io.firesteel.internal.saving.ObjectRegistry}), custom classes among them, and the names that
 * Keras makes of classes.
 */
@NullMarked
package io.firesteel.internal.saving;

import org.jspecify.annotations.NullMarked;
