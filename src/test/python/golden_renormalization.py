"""Writes what Keras computes for BatchNormalization with renorm, for LayerValuesTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_renormalization.py
Output: src/test/resources/golden-layers/values-of-renormalization.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import golden_sequences as sequences
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers


def renorm(clipping=None, **arguments):
    """A layer whose running statistics are not those that it starts with."""
    return layers.BatchNormalization(
        renorm=True,
        renorm_clipping=clipping,
        moving_mean_initializer=keras.initializers.RandomNormal(0.2, 0.5, seed=4),
        moving_variance_initializer=keras.initializers.RandomUniform(0.3, 2.5, seed=5),
        **arguments,
    )


sequences.CASES.clear()
sequences.RNG = np.random.default_rng(17)
BOUNDS = {"rmin": 0.8, "rmax": 1.3, "dmax": 0.4}
MASK = np.array([[1, 1, 0, 1, 0], [1, 1, 1, 1, 0], [0, 1, 1, 0, 1]], bool)
for training in (False, True):
    sequences.add(renorm(), (4,), training=training)
    sequences.add(renorm(BOUNDS, momentum=0.9, renorm_momentum=0.7), (5, 4), training=training)
    sequences.add(renorm({"rmax": 1.1}, axis=1, center=False), (3, 4, 2), training=training)
    sequences.add(renorm({"dmax": 0.2}, scale=False, epsilon=0.05), (4,), training=training)
    sequences.add(renorm({"rmin": 0.9}, center=False, scale=False), (5, 4), training=training)
    sequences.add(renorm(BOUNDS), (5, 4), mask=MASK, training=training)

rng = np.random.default_rng(8)
model = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(4, activation="tanh"),
    layers.BatchNormalization(
        renorm=True,
        renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.7},
        momentum=0.8,
        renorm_momentum=0.6,
        moving_variance_initializer=keras.initializers.Constant(4.0),
    ),
    layers.Dense(1),
])
model.compile(keras.optimizers.SGD(0.1), "mse")
x = rng.normal(0.5, 2, (12, 3)).astype(np.float32)
y = rng.normal(0, 1, (12, 1)).astype(np.float32)
fitted = {
    "model": model.to_json(),
    "weights": [flat(w) for w in model.weights],
    "x": [flat(row) for row in x],
    "labels": [flat(row) for row in y],
}
model.fit(x, y, batch_size=4, epochs=4, shuffle=False, verbose=0)
fitted["updated"] = [flat(w) for w in model.weights]
fitted["names"] = [w.path for w in model.weights]
fitted["after"] = [flat(row) for row in model.predict(x, verbose=0)]
write("values-of-renormalization", {"cases": sequences.CASES, "fitted": fitted})
