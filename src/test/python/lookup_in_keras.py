"""Writes a model with a learned vocabulary, as Keras 3.15.1 keeps it: resources/keras/lookup.keras.

Needs TensorFlow for the lookup:

    KERAS_BACKEND=jax python lookup_in_keras.py ../resources/keras
"""

import pathlib
import sys

import keras
import numpy as np
from keras import layers

lookup = layers.IntegerLookup(max_tokens=6, num_oov_indices=2, name="lookup")
lookup.adapt(np.array([[5], [5], [9], [7], [7], [7]]))
ids = keras.Input((1,), dtype="int64")
x = layers.Flatten()(layers.Embedding(8, 3)(lookup(ids)))
model = keras.Model(ids, layers.Dense(1)(x))
model.compile("sgd", "mse")
model.save(pathlib.Path(sys.argv[1]) / "lookup.keras")
print(model.predict(np.array([[5], [9], [7], [1], [2]]), verbose=0).ravel().tolist())
