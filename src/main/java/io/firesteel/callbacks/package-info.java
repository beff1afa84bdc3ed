/**
 * What happens beside training: the {@link io.firesteel.callbacks.Callback} contract, one class per
 * callback, and the registry {@link io.firesteel.callbacks.Callbacks}.
 */
@NullMarked
package io.firesteel.callbacks;

import org.jspecify.annotations.NullMarked;
