"""Writes fits with class and sample weights by Keras 3.15.1 on JAX.

    python weights_golden.py ../resources/golden-fit/weights.json
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

RNG = np.random.default_rng(3)
X = np.round(RNG.normal(size=(24, 3)), 3).astype("float32")
Y = np.array([i % 3 for i in range(24)])
START = np.round(RNG.normal(size=(3, 3)), 3).astype("float32")
WEIGHTS = np.round(RNG.uniform(0, 2, size=24), 2).astype("float32")


def fit(y, loss, **arguments):
    dense = layers.Dense(3, activation="softmax")
    model = keras.Sequential([keras.Input((3,)), dense])
    model.set_weights([START, np.zeros(3, "float32")])
    model.compile(
        keras.optimizers.SGD(0.5),
        loss,
        metrics=["accuracy"],
        weighted_metrics=[loss],
    )
    history = model.fit(
        X,
        y,
        epochs=2,
        batch_size=6,
        shuffle=False,
        verbose=0,
        validation_data=(X, y, WEIGHTS),
        **arguments,
    )
    result = model.evaluate(
        X, y, sample_weight=WEIGHTS, verbose=0, return_dict=True
    )
    return {
        "history": {k: [float(x) for x in v] for k, v in history.history.items()},
        "kernel": floats(model.get_weights()[0]),
        "evaluate": {k: float(v) for k, v in result.items()},
    }


def floats(values):
    return [float(v) for v in np.asarray(values).ravel()]


def main():
    indices = Y.reshape(-1, 1).astype("float32")
    onehot = np.eye(3, dtype="float32")[Y]
    sparse = "sparse_categorical_crossentropy"
    dense = "categorical_crossentropy"
    classes = {0: 0.5, 2: 3.0}
    content = {
        "keras": keras.__version__,
        "x": floats(X),
        "y": floats(Y),
        "start": floats(START),
        "weights": floats(WEIGHTS),
        "classWeight": fit(indices, sparse, class_weight=classes),
        "oneHot": fit(onehot, dense, class_weight=classes),
        "sampleWeight": fit(indices, sparse, sample_weight=WEIGHTS),
    }
    with open(sys.argv[1], "w") as f:
        json.dump(content, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
