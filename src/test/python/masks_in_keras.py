"""Writes functional models with masks, as Keras 3.15.1 saves them, and what they predict before and
after training: resources/keras/masks-*.keras and masks.json.

    KERAS_BACKEND=jax python masks_in_keras.py ../resources/keras
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)
RNG = np.random.default_rng(3)


def recurrent():
    ids = keras.Input((6,))
    x = layers.Embedding(5, 3, mask_zero=True)(ids)
    x = layers.LSTM(4, return_sequences=True)(x)
    return keras.Model(ids, layers.Dense(1)(layers.GRU(3)(x)))


def merged():
    rows = keras.Input((6, 2))
    x = layers.Masking(0.0)(rows)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    first = layers.GlobalAveragePooling1D()(x)
    second = layers.GlobalAveragePooling1D()(layers.Add()([x, layers.Dense(8)(x)]))
    return keras.Model(rows, layers.Dense(1)(layers.Add()([first, second])))


def transformer():
    ids = keras.Input((6,))
    x = layers.Embedding(5, 4, mask_zero=True)(ids)
    x = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(2, 2)(x, x)]))
    return keras.Model(ids, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))


def concatenated():
    ids = keras.Input((6,))
    x = layers.Embedding(5, 4, mask_zero=True)(ids)
    x = layers.Concatenate()([x, layers.LayerNormalization()(layers.Dropout(0.0)(x))])
    x = layers.LSTM(3, return_sequences=True)(x)
    return keras.Model(ids, layers.Dense(1)(layers.GRU(2)(x)))


def main():
    folder = pathlib.Path(sys.argv[1])
    ids = RNG.integers(1, 5, (8, 6)).astype("float32")
    ids[np.arange(6)[None] >= RNG.integers(2, 7, (8, 1))] = 0
    rows = RNG.normal(size=(8, 6, 2)).astype("float32") * (ids != 0)[..., None]
    y = RNG.normal(size=(8, 1)).astype("float32")
    answers = {}
    for make, x in ((recurrent, ids), (merged, rows), (transformer, ids), (concatenated, ids)):
        model = make()
        model.compile("sgd", "mse")
        name = make.__name__
        model.save(folder / f"masks-{name}.keras")
        before = model.predict(x, verbose=0)
        model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
        answers[name] = {
            "x": [np.ravel(row).tolist() for row in x],
            "y": np.ravel(y).tolist(),
            "before": np.ravel(before).tolist(),
            "after": np.ravel(model.predict(x, verbose=0)).tolist(),
        }
    (folder / "masks.json").write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
