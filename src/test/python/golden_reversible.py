"""Writes models with a ReversibleEmbedding, what Keras predicts, and the weights after a step of SGD.

Run: KERAS_BACKEND=jax python src/test/python/golden_reversible.py
Output: src/test/resources/golden-layers/values-of-reversible.json, and configs-of-reversible.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from golden_layers import flat, write
from keras import layers

RNG = np.random.default_rng(24)
CASES = []
CONFIGS = []
for arguments in [
    {},
    {"logit_soft_cap": 2.0, "mask_zero": True},
    {"tie_weights": False, "mask_zero": True, "reverse_dtype": "float32"},
]:
    layer = layers.ReversibleEmbedding(4, 3, embeddings_regularizer="l2", **arguments)
    ids = keras.Input((5,))
    hidden = layers.Dense(3, activation="tanh")(layers.LSTM(3, return_sequences=True)(layer(ids)))
    model = keras.Model(ids, layer(hidden, reverse=True))
    for weight in model.weights:
        weight.assign(RNG.normal(0, 0.7, weight.shape))
    x = np.array([[1, 2, 3, 0, 0], [3, 0, 1, 0, 2]], np.float32)
    y = RNG.normal(0, 1, (2, 5, 4)).astype(np.float32)
    before = [flat(w) for w in model.weights]
    predicted = model.predict(x, verbose=0)
    model.compile(keras.optimizers.SGD(0.5), "mse")
    model.train_on_batch(x, y)
    config = keras.saving.serialize_keras_object(layer)
    config["config"]["reverse_dtype"] = None  # float32 is what null is here.
    CONFIGS.append({"kind": "layer", "serialized": config})
    CASES.append(
        {
            "model": model.to_json(),
            "x": x.tolist(),
            "y": y.reshape(2, 20).tolist(),
            "weights": before,
            "predicted": [flat(row) for row in predicted],
            "trained": [flat(w) for w in model.weights],
        }
    )
if __name__ == "__main__":
    write("values-of-reversible", {"cases": CASES})
    write("configs-of-reversible", {"cases": CONFIGS})
