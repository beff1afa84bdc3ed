"""Writes what Keras computes for layers of sequences and others, for LayerValuesTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_sequences.py
Output: src/test/resources/golden-layers/values-of-sequences.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers

RNG = np.random.default_rng(11)
CASES = []


def add(layer, shape, mask=None, training=False):
    layer.build((None, *shape))
    weights = [
        RNG.normal(0, 0.7, v.shape).astype(np.float32) for v in layer.trainable_variables
    ]
    others = [v.value for v in layer.non_trainable_variables]
    x = RNG.normal(0, 1, (3, *shape)).astype(np.float32)
    kwargs = {} if mask is None else {"mask": np.asarray(mask)}
    if training:
        kwargs["training"] = True

    def call(weights, x):
        return layer.stateless_call(weights, others, x, **kwargs)[0]

    y = call(weights, x)
    updated = layer.stateless_call(weights, others, x, **kwargs)[1]
    cotangent = RNG.normal(0, 1, y.shape).astype(np.float32)
    of_weights, of_x = jax.grad(
        lambda w, x: jax.numpy.sum(call(w, x) * cotangent), (0, 1)
    )(weights, x)
    case = {
        "serialized": keras.saving.serialize_keras_object(layer),
        "input_shape": list(shape),
        "output_shape": list(y.shape[1:]),
        "training": training,
        "weights": [flat(w) for w in weights + others if w.dtype == np.float32],
        "x": flat(x),
        "y": flat(y),
        "cotangent": flat(cotangent),
        "weight_gradients": [flat(g) for g in of_weights],
        "updated": [flat(v) for v in updated if v.dtype == np.float32],
        "input_gradient": flat(of_x),
    }
    if mask is not None:
        case["mask"] = [bool(m) for m in np.ravel(mask)]
    CASES.append(case)


IMAGE, FIRST, SEQUENCE = (6, 5, 3), (3, 6, 5), (5, 4)
MASK = [[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 1, 1, 1]]
MASK = np.array(MASK, bool)

add(layers.ZeroPadding1D(2), SEQUENCE)
add(layers.ZeroPadding1D((1, 0)), SEQUENCE)
add(layers.ZeroPadding2D(), IMAGE)
add(layers.ZeroPadding2D(((1, 0), (2, 3))), IMAGE)
add(layers.ZeroPadding2D((1, 2), data_format="channels_first"), FIRST)
add(layers.Cropping1D((1, 2)), SEQUENCE)
add(layers.Cropping2D(((1, 0), (2, 1))), IMAGE)
add(layers.Cropping2D((1, 2), data_format="channels_first"), FIRST)
add(layers.UpSampling2D(), IMAGE)
add(layers.UpSampling2D((1, 3), data_format="channels_first"), FIRST)
add(layers.Permute((2, 1)), SEQUENCE)
add(layers.Permute((3, 1, 2)), IMAGE)
add(layers.RepeatVector(3), (4,))
add(layers.Identity(), SEQUENCE)
add(layers.PReLU(), SEQUENCE)
add(layers.PReLU(shared_axes=[1, 2]), IMAGE)
add(layers.UnitNormalization(), SEQUENCE)
add(layers.UnitNormalization(axis=[1, 2]), SEQUENCE)
for pooling in [layers.MaxPooling1D, layers.AveragePooling1D]:
    add(pooling(2), SEQUENCE)
    add(pooling(3, 1, "same"), SEQUENCE)
    add(pooling(2, 3), (8, 2))
add(layers.GlobalMaxPooling1D(), SEQUENCE)
add(layers.GlobalMaxPooling2D(keepdims=True), IMAGE)
add(layers.GlobalMaxPooling2D(data_format="channels_first"), FIRST)
add(layers.GlobalAveragePooling1D(), SEQUENCE)
add(layers.GlobalAveragePooling1D(keepdims=True), SEQUENCE, MASK)
add(layers.Conv1D(3, 2), SEQUENCE)
add(layers.Conv1D(3, 3, 2, "same", activation="tanh"), (7, 4))
add(layers.Conv1D(3, 2, dilation_rate=2, use_bias=False), SEQUENCE)
for recurrent in [layers.SimpleRNN, layers.GRU, layers.LSTM]:
    add(recurrent(3), SEQUENCE)
    add(recurrent(3, return_sequences=True), SEQUENCE)
    add(recurrent(2, go_backwards=True, return_sequences=True, use_bias=False), SEQUENCE)
    add(recurrent(3, activation="relu"), SEQUENCE)
    add(recurrent(3), SEQUENCE, MASK)
    add(recurrent(3, return_sequences=True), SEQUENCE, MASK)
    add(recurrent(3, return_sequences=True, zero_output_for_mask=True), SEQUENCE, MASK)
for mode in ["concat", "sum", "ave", "mul"]:
    add(layers.Bidirectional(layers.LSTM(3), merge_mode=mode), SEQUENCE)
    add(layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=mode), SEQUENCE, MASK)
add(layers.TimeDistributed(layers.Dense(3, activation="tanh")), SEQUENCE)
add(layers.TimeDistributed(layers.Conv2D(2, 2)), (2, 4, 3, 2))
for activation, gates in [("hard_sigmoid", "hard_sigmoid"), ("silu", "sigmoid"), ("gelu", "hard_sigmoid")]:
    add(layers.SimpleRNN(3, activation=activation), SEQUENCE)
    for recurrent in [layers.GRU, layers.LSTM]:
        add(recurrent(3, activation=activation, recurrent_activation=gates, return_sequences=True), SEQUENCE, MASK)
add(layers.GRU(3, reset_after=False), SEQUENCE)
add(layers.GRU(3, reset_after=False, return_sequences=True), SEQUENCE, MASK)
add(layers.GRU(2, reset_after=False, use_bias=False, activation="softplus"), SEQUENCE)
add(layers.DepthwiseConv2D(3), IMAGE)
add(layers.DepthwiseConv2D((3, 2), 2, "same", 2, activation="silu"), IMAGE)
add(layers.DepthwiseConv2D(2, dilation_rate=2, data_format="channels_first", activation="softmax"), FIRST)
add(layers.SeparableConv2D(4, 3), IMAGE)
add(layers.SeparableConv2D(4, (2, 3), 2, "same", depth_multiplier=2, activation="gelu"), IMAGE)
add(layers.SeparableConv2D(4, 2, dilation_rate=(2, 1), data_format="channels_first", use_bias=False), FIRST)
add(layers.Conv2DTranspose(4, 3), IMAGE)
for padding in ["valid", "same"]:
    add(layers.Conv2DTranspose(2, 2, 3, padding), IMAGE)
    add(layers.Conv2DTranspose(2, (4, 3), 2, padding, activation="tanh"), IMAGE)
    add(layers.Conv2DTranspose(2, (3, 5), 2, padding, output_padding=(0, 1)), IMAGE)
    add(layers.Conv2DTranspose(2, 3, 1, padding, dilation_rate=2, data_format="channels_first", activation="silu"), FIRST)
add(layers.GroupNormalization(2), SEQUENCE)
add(layers.GroupNormalization(-1, epsilon=0.1), IMAGE)
add(layers.GroupNormalization(3, axis=1, scale=False), FIRST)
add(layers.RMSNormalization(), SEQUENCE)
add(layers.RMSNormalization([2, 3], 0.1), IMAGE)
add(layers.LayerNormalization([1, 3]), IMAGE)
add(layers.UpSampling1D(3), SEQUENCE)
add(layers.Conv1D(4, 3, padding="causal"), SEQUENCE)
add(layers.Conv1D(4, 2, 2, "causal", activation="tanh"), SEQUENCE)
add(layers.Conv1D(4, 2, padding="causal", dilation_rate=2, groups=2), SEQUENCE)
add(layers.Conv1D(6, 3, 2, "same", data_format="channels_first", groups=2), (4, 7))
add(layers.Conv2D(4, 3, groups=2), (5, 6, 4))
add(layers.Conv2D(6, (2, 3), 2, "same", groups=3, activation="gelu"), (5, 6, 3))
add(layers.Conv2D(4, 2, dilation_rate=2, groups=4, use_bias=False, data_format="channels_first"), (8, 5, 6))
add(layers.DepthwiseConv1D(3), SEQUENCE)
add(layers.DepthwiseConv1D(2, 2, "same", 3, activation="silu"), SEQUENCE)
add(layers.DepthwiseConv1D(2, dilation_rate=2, data_format="channels_first", use_bias=False), SEQUENCE)
add(layers.SeparableConv1D(3, 3), SEQUENCE)
add(layers.SeparableConv1D(3, 2, 2, "same", depth_multiplier=2, activation="tanh"), SEQUENCE)
add(layers.SeparableConv1D(3, 2, dilation_rate=2, data_format="channels_first"), SEQUENCE)
for padding in ["valid", "same"]:
    add(layers.Conv1DTranspose(3, 4, 2, padding, activation="tanh"), SEQUENCE)
    add(layers.Conv1DTranspose(3, 3, 2, padding, output_padding=1), SEQUENCE)
    add(layers.Conv1DTranspose(3, 2, 1, padding, dilation_rate=2, data_format="channels_first"), SEQUENCE)
add(layers.EinsumDense("ab,bc->ac", 3, bias_axes="c", activation="silu"), (4,))
add(layers.EinsumDense("abc,cd->abd", (None, 3)), SEQUENCE)
add(layers.EinsumDense("abc,cde->abed", (None, 2, 3), bias_axes="e", activation="softmax"), SEQUENCE)
add(layers.EinsumDense("abc,bcd->abd", (5, 3), bias_axes="bd"), SEQUENCE)
add(layers.EinsumDense("abc,bd->ad", 3, bias_axes="d"), SEQUENCE)
add(layers.EinsumDense("abcd,cde->abe", (6, 2), bias_axes="b"), IMAGE)
add(layers.EinsumDense("...x,xy->...y", 3, bias_axes="y", activation="tanh"), IMAGE)
add(layers.EinsumDense("ab...,bc->ac...", 3, bias_axes="c"), SEQUENCE)
for training in [True, False]:
    add(layers.BatchNormalization(), SEQUENCE, MASK, training)
    add(layers.BatchNormalization(momentum=0.8, epsilon=0.1, scale=False), SEQUENCE, MASK, training)
for interpolation in ["bilinear", "bicubic", "lanczos3", "lanczos5"]:
    add(layers.UpSampling2D(2, interpolation=interpolation), IMAGE)
    add(layers.UpSampling2D((3, 1), "channels_first", interpolation), FIRST)
add(layers.ZeroPadding1D((1, 2), data_format="channels_first"), SEQUENCE)
add(layers.MaxPooling1D(2, padding="same", data_format="channels_first"), SEQUENCE)
add(layers.AveragePooling1D(3, 2, "same", data_format="channels_first"), SEQUENCE)
for training in [True, False]:
    add(layers.SpectralNormalization(layers.Dense(3)), SEQUENCE, training=training)
    add(layers.SpectralNormalization(layers.Conv2D(3, 2), power_iterations=2), IMAGE, training=training)
for cell in [layers.SimpleRNNCell(3), layers.GRUCell(3, reset_after=False), layers.LSTMCell(3, activation="relu")]:
    add(layers.RNN(cell), SEQUENCE)
    add(layers.RNN(cell.__class__(2), return_sequences=True, go_backwards=True), SEQUENCE, MASK)
if __name__ == "__main__":
    write("values-of-sequences", {"cases": CASES})
