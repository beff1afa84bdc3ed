"""Writes a functional model made by arithmetic and functions, as Keras 3.15.1 saves it, and what it
predicts before and after training: resources/keras/operations.keras and operations.json; and one
whose operation loses a mask, operations-masked.keras.

    KERAS_BACKEND=jax python operations_in_keras.py ../resources/keras
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(3)
RNG = np.random.default_rng(3)


def arithmetic():
    rows = keras.Input((4,))
    a = layers.Dense(4)(rows)
    b = layers.Dense(4)(rows * 0.5 + 1.0)
    x = a + b - a * b
    x = ops.tanh(1.0 - x) / 4.0 + ops.maximum(a, -b)
    x = ops.concatenate([x, ops.leaky_relu(a, 0.1), ops.elu(b), ops.softmax(a)], axis=-1)
    x = ops.transpose(ops.reshape(x, (-1, 2, 8)), (0, 2, 1))
    x = ops.squeeze(ops.expand_dims(x, 1), 1) - 0.5
    x = layers.LSTM(3)(ops.gelu(x, approximate=False) + ops.log_softmax(x))
    return keras.Model(rows, layers.Dense(1)(ops.relu(x)))


def masked():
    ids = keras.Input((6,))
    x = layers.Embedding(5, 4, mask_zero=True)(ids)
    return keras.Model(ids, layers.LSTM(3)(x * 2.0))


def main():
    folder = pathlib.Path(sys.argv[1])
    x = RNG.normal(size=(8, 4)).astype("float32")
    y = RNG.normal(size=(8, 1)).astype("float32")
    model = arithmetic()
    model.compile("sgd", "mse")
    model.save(folder / "operations.keras")
    before = model.predict(x, verbose=0)
    model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    answers = {
        "x": [np.ravel(row).tolist() for row in x],
        "y": np.ravel(y).tolist(),
        "before": np.ravel(before).tolist(),
        "after": np.ravel(model.predict(x, verbose=0)).tolist(),
    }
    (folder / "operations.json").write_text(json.dumps(answers) + "\n")
    masked().save(folder / "operations-masked.keras")


if __name__ == "__main__":
    main()
