"""Writes what Keras computes for ConvLSTM1D, 2D and 3D, for ConvLSTMTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_conv_lstm.py
Output: src/test/resources/golden-layers/values-of-conv-lstm.json, and configs-of-conv-lstm.json

A row of the output has the states behind it, where they are returned.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers

RNG = np.random.default_rng(23)
CASES = []


def add(layer, shape, states=None):
    layer.build((None, *shape))
    weights = [RNG.normal(0, 0.5, v.shape).astype(np.float32) for v in layer.trainable_variables]
    others = [v.value for v in layer.non_trainable_variables]
    shapes = [shape] + ([states, states] if states else [])
    inputs = [RNG.normal(0, 1, (2, *s)).astype(np.float32) for s in shapes]

    def call(weights, inputs):
        start = {"initial_state": list(inputs[1:])} if states else {}
        outputs = layer.stateless_call(weights, others, inputs[0], **start)[0]
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        return jax.numpy.concatenate([o.reshape((2, -1)) for o in outputs], 1), outputs

    y, outputs = call(weights, inputs)
    cotangent = RNG.normal(0, 1, y.shape).astype(np.float32)
    of_weights, of_inputs = jax.grad(
        lambda w, x: jax.numpy.sum(call(w, x)[0] * cotangent), (0, 1)
    )(weights, inputs)
    CASES.append(
        {
            "serialized": keras.saving.serialize_keras_object(layer),
            "shapes": [list(s) for s in shapes],
            "output_shapes": [list(o.shape[1:]) for o in outputs],
            "inputs": [flat(x) for x in inputs],
            "weights": [flat(w) for w in weights],
            "y": flat(y),
            "cotangent": flat(cotangent),
            "weight_gradients": [flat(g) for g in of_weights],
            "input_gradients": [flat(g) for g in of_inputs],
        }
    )


add(layers.ConvLSTM1D(2, 2), (3, 4, 2))
add(layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True, go_backwards=True), (3, 4, 1))
add(layers.ConvLSTM1D(1, 2, dilation_rate=2, use_bias=False, return_state=True), (2, 5, 2), states=(3, 1))
add(layers.ConvLSTM1D(2, 2, data_format="channels_first", return_sequences=True, return_state=True), (2, 2, 4))
add(layers.ConvLSTM2D(2, 2), (3, 3, 4, 2))
add(layers.ConvLSTM2D(2, (3, 2), strides=(2, 1), padding="same", return_sequences=True), (2, 3, 3, 2))
add(
    layers.ConvLSTM2D(2, (1, 2), data_format="channels_first", activation="gelu", recurrent_activation="hard_sigmoid", return_sequences=True),
    (3, 2, 2, 3),
)
add(layers.ConvLSTM2D(2, 2, dilation_rate=(1, 2), return_state=True), (2, 3, 4, 1), states=(2, 2, 2))
add(layers.ConvLSTM3D(2, 2), (2, 3, 2, 3, 2))
add(layers.ConvLSTM3D(1, (2, 1, 2), strides=(2, 1, 2), padding="same", return_sequences=True), (2, 3, 2, 3, 2))
add(layers.ConvLSTM3D(1, 2, data_format="channels_first", dilation_rate=(2, 1, 1)), (2, 2, 3, 2, 2))
if __name__ == "__main__":
    write("values-of-conv-lstm", {"cases": CASES})
    configs = [{"kind": "layer", "serialized": case["serialized"]} for case in CASES]
    write("configs-of-conv-lstm", {"cases": configs})
