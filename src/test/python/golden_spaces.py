"""Writes what Keras computes for layers of volumes and for adaptive poolings, for LayerValuesTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_spaces.py
Output: src/test/resources/golden-layers/values-of-spaces.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import golden_sequences as sequences
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers



def called(serialized, shape):
    """As a layer is written that was called, not built by hand."""
    config = {key: value for key, value in serialized.items() if key != "build_config"}
    layer = keras.saving.deserialize_keras_object(config)
    layer(keras.Input(shape))
    return keras.saving.serialize_keras_object(layer)


sequences.CASES.clear()
sequences.RNG = np.random.default_rng(31)
add = sequences.add
VOLUME, FIRST = (4, 5, 3, 2), (2, 4, 5, 3)
first = {"data_format": "channels_first"}

add(layers.Conv3D(3, 2), VOLUME)
add(layers.Conv3D(3, (3, 2, 1), padding="same", activation="gelu"), VOLUME)
add(layers.Conv3D(4, (2, 3, 2), strides=(2, 1, 2), padding="same", groups=2), VOLUME)
add(layers.Conv3D(2, 2, dilation_rate=(3, 2, 1), use_bias=False, activation="tanh"), VOLUME)
add(layers.Conv3D(4, (3, 2, 2), strides=2, padding="same", groups=2, activation="silu", **first), FIRST)
add(layers.Conv3D(3, 2, kernel_regularizer="l2", **first), FIRST)
add(layers.Conv3DTranspose(3, 2), VOLUME)
add(layers.Conv3DTranspose(3, (3, 2, 1), strides=(2, 3, 2), activation="gelu"), VOLUME)
add(layers.Conv3DTranspose(2, 3, strides=2, padding="same", use_bias=False), VOLUME)
add(layers.Conv3DTranspose(2, (3, 2, 2), strides=(3, 2, 2), padding="same", output_padding=(2, 0, 1)), VOLUME)
add(layers.Conv3DTranspose(2, 2, dilation_rate=2, padding="same", activation="tanh", **first), FIRST)
for pooling in (layers.MaxPooling3D, layers.AveragePooling3D):
    add(pooling(2), VOLUME)
    add(pooling((3, 2, 2), strides=(1, 2, 1), padding="same"), VOLUME)
    add(pooling((1, 3, 2), strides=2, **first), FIRST)
    add(pooling(2, padding="same", **first), FIRST)
for pooling in (layers.GlobalMaxPooling3D, layers.GlobalAveragePooling3D):
    add(pooling(), VOLUME)
    add(pooling(keepdims=True, **first), FIRST)
add(layers.ZeroPadding3D(), VOLUME)
add(layers.ZeroPadding3D(((1, 0), (0, 2), (1, 1)), **first), FIRST)
add(layers.ZeroPadding3D((1, 0, 2)), VOLUME)
add(layers.Cropping3D(1), VOLUME)
add(layers.Cropping3D(((1, 0), (0, 2), (1, 1)), **first), FIRST)
add(layers.UpSampling3D(), VOLUME)
add(layers.UpSampling3D((1, 2, 3), **first), FIRST)
add(layers.SpatialDropout3D(0.3), VOLUME)
add(layers.SpatialDropout3D(0.3, **first), FIRST)
for kind in ("Max", "Average"):
    one, two, three = (getattr(layers, f"Adaptive{kind}Pooling{rank}D") for rank in (1, 2, 3))
    add(one(3), (7, 2))
    add(one(5, **first), (2, 3))
    add(two((2, 3)), (5, 4, 2))
    add(two(2, **first), (2, 3, 5))
    add(three((2, 3, 2)), VOLUME)
    add(three(2, **first), FIRST)
add(layers.AveragePooling1D(2, padding="same"), (5, 2))

# The softmax of what a second input says.
rng = np.random.default_rng(3)
x = keras.Input((3, 4))
lines = keras.Input((3, 1), dtype="bool")
places = keras.Input((3, 4), dtype="bool")
y = layers.Softmax(axis=1)(layers.Dense(4)(x), lines)
y = layers.Dense(4)(layers.Softmax()(y, places))
y = layers.Dense(2)(layers.Softmax(axis=(1, 2))(y, places))
model = keras.Model([x, lines, places], y)
for weight in model.weights:
    weight.assign(rng.normal(0, 0.7, weight.shape))
model.compile("sgd", "mse")
given = [
    rng.normal(0, 2, (6, 3, 4)).astype(np.float32),
    rng.integers(0, 2, (6, 3, 1)).astype(np.float32),
    rng.integers(0, 2, (6, 3, 4)).astype(np.float32),
]
given[1][0] = 0
target = rng.normal(0, 1, (6, 3, 2)).astype(np.float32)
softmax = {
    "model": model.to_json(),
    "weights": [flat(w) for w in model.weights],
    "x": [flat(np.concatenate([np.ravel(part[row]) for part in given])) for row in range(6)],
    "labels": [flat(row) for row in target],
    "before": [flat(row) for row in model.predict(given, verbose=0)],
}
model.fit(given, target, batch_size=3, epochs=3, shuffle=False, verbose=0)
softmax["after"] = [flat(row) for row in model.predict(given, verbose=0)]
for case in sequences.CASES:
    case["serialized"] = called(case["serialized"], case["input_shape"])
write("values-of-spaces", {"cases": sequences.CASES, "softmax": softmax})
