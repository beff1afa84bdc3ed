"""Writes src/test/resources/golden-fit/sparse.json: fits of real Keras on sparse rows.

The rows go to Keras with their zeros; its Input(sparse=True) is opened and saved, too.
Run from the project's folder with Keras 3.15.1 on JAX:

    KERAS_BACKEND=jax python src/test/python/golden_sparse.py
"""

import json
import pathlib

import keras
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROWS, WIDTH, EPOCHS = 24, 30, 10


def floats(array):
    return [float(np.float32(v)) for v in np.asarray(array).ravel()]


def rows():
    random = np.random.default_rng(3)
    indices, values, labels = [], [], []
    for _ in range(ROWS):
        chosen = np.sort(random.choice(WIDTH, size=random.integers(0, 8), replace=False))
        entries = random.normal(size=len(chosen)).astype("float32")
        indices.append([int(i) for i in chosen])
        values.append(floats(entries))
        labels.append(float(entries.sum() + random.normal() > 0))
    return indices, values, labels


def fit(optimizer, dense, labels):
    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [
            keras.Input((WIDTH,)),
            keras.layers.Dense(4, activation="tanh"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=optimizer, loss="binary_crossentropy")
    initial = [floats(v) for v in model.get_weights()]
    config = keras.optimizers.serialize(model.optimizer)
    history = model.fit(dense, labels, batch_size=ROWS, epochs=EPOCHS, shuffle=False, verbose=0)
    return {
        "optimizer": config,
        "initial": initial,
        "losses": [float(v) for v in history.history["loss"]],
        "final": [floats(v) for v in model.get_weights()],
        "predictions": floats(model.predict(dense, verbose=0)),
    }


def main():
    indices, values, labels = rows()
    dense = np.zeros((ROWS, WIDTH), dtype="float32")
    for row, (places, entries) in enumerate(zip(indices, values)):
        dense[row, places] = entries
    cases = {
        "sgd": keras.optimizers.SGD(0.5),
        "adagrad": keras.optimizers.Adagrad(0.1),
        "adam": keras.optimizers.Adam(0.02),
    }
    target = ROOT / "src/test/resources/golden-fit/sparse.json"
    target.write_text(
        json.dumps(
            {
                "keras": keras.__version__,
                "width": WIDTH,
                "epochs": EPOCHS,
                "indices": indices,
                "values": values,
                "labels": labels,
                "input_layer": keras.layers.serialize(
                    keras.layers.InputLayer((WIDTH,), sparse=True, name="input")
                ),
                "cases": {
                    name: fit(optimizer, dense, np.array(labels))
                    for name, optimizer in cases.items()
                },
            }
        )
        + "\n"
    )


main()
