/**
 * The stack of layers that computes the gradients of a batch. It is rebuilt on executors from its
 * config, and never sees an optimizer.
 */
@NullMarked
package io.firesteel.internal.network;

import org.jspecify.annotations.NullMarked;
