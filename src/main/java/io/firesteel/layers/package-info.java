/**
 * Layers with their backward pass: the abstract {@link io.firesteel.layers.Layer}, one class per
 * file under its Keras name, and the registry {@link io.firesteel.layers.Layers}. A layer holds its
 * configuration alone; weights and buffers come with each call.
 */
@NullMarked
package io.firesteel.layers;

import org.jspecify.annotations.NullMarked;
