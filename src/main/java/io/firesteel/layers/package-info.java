/**
 * Layers with their backward pass: the abstract {@link io.firesteel.layers.Layer}, one class per
 * file under its Keras name, and the registry {@link io.firesteel.layers.Layers}. A layer holds its
 * configuration alone; weights and buffers come with each {@link io.firesteel.layers.LayerCall}.
 *
 * <h2>How to add a layer</h2>
 *
 * <p>One file, a line in {@link io.firesteel.layers.Layers}, a case in {@code LayerConformanceTest}
 * and in {@code golden_layers.py}:
 *
 * <ul>
 *   <li>Extend {@link io.firesteel.layers.KerasLayer}, which has the common arguments, and
 *       implement {@code with}, {@code computeOutputShape}, {@code forward}, {@code backward},
 *       {@code getConfig} and a static {@code fromConfig}. With several inputs extend {@link
 *       io.firesteel.layers.MultiInputLayer}: the inputs are {@code call.input(k)}, their gradients
 *       {@code call.inputGradient(k)}. A layer of several outputs overrides {@code
 *       computeOutputShapes}, and puts them one after the other in each row.
 *   <li>{@code weights} describes the weights in Keras's order: shape, start values, penalty,
 *       constraint, trainable or not. One that Keras keeps in a part of the layer, such as the cell
 *       of an LSTM, is {@link io.firesteel.layers.WeightSpec#ofPart}.
 *   <li>Forward fills {@code call.output()}, backward <em>fills</em> (it does not add to) {@code
 *       call.weightGradient(i)} and {@code call.inputGradient()}, each of which may be null. Sums
 *       are over the rows of the call; a layer never sees the whole batch, which is spread over
 *       shards.
 *   <li>State that training moves but that has no gradient is a weight with a momentum: in training
 *       forward puts what it measured, times the rows, into {@code call.statistic(i)}, and the
 *       driver moves the weight once a step. With the momentum 0 the weight becomes the mean over
 *       all shards of what they measured: so a value that is the same everywhere is handed on.
 *   <li>{@code call.training()} is the mode of the call; {@code call.seed()} the seed of this
 *       call's randomness in this step, for {@code RandomStream}, which backward may use again.
 *       {@code call.scratch(n)} keeps its values from forward to backward. Neither may allocate in
 *       each call.
 *   <li>A layer that computes each step of time by itself returns true from {@code
 *       supportsMasking}, as Keras sets it: the mask of its input is then that of its output. One
 *       that makes or changes a mask overrides {@code computeMaskShape} and {@code computeMask};
 *       one that reads it has {@code call.mask(0)}, a value for each row and step, or null.
 *   <li>The {@code activity_regularizer}, {@code trainable} and the names need nothing from a
 *       layer.
 *   <li>{@code builtAtInit} says whether Keras writes no {@code build_config} for it.
 * </ul>
 */
@NullMarked
package io.firesteel.layers;

import org.jspecify.annotations.NullMarked;
