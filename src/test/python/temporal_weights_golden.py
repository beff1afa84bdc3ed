"""Writes fits with a weight for each time step by Keras 3.15.1 on JAX.

    python temporal_weights_golden.py ../resources/golden-fit/temporal-weights.json
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

ROWS, STEPS = 24, 4
RNG = np.random.default_rng(5)
X = np.round(RNG.normal(size=(ROWS, STEPS, 3)), 3).astype("float32")
IDS = RNG.integers(0, 5, size=(ROWS, STEPS)).astype("float32")
CLASSES = RNG.integers(0, 3, size=(ROWS, STEPS)).astype("float32")
BINARY = (CLASSES > 0).astype("float32")[..., None]
REAL = np.round(RNG.normal(size=(ROWS, STEPS, 2)), 3).astype("float32")
WEIGHTS = np.round(RNG.uniform(0, 2, size=(ROWS, STEPS)), 2).astype("float32")
WEIGHTS[::3, 1] = 0

OBJECTS = {"precision": keras.metrics.Precision, "auc": keras.metrics.AUC}
SPARSE = "sparse_categorical_crossentropy"


def plain(units, activation):
    return [keras.Input((STEPS, 3)), layers.Dense(units, activation=activation)]


def masked(units, activation):
    return [
        keras.Input((STEPS,)),
        layers.Embedding(5, 3, mask_zero=True),
        layers.SimpleRNN(3, return_sequences=True),
        layers.Dense(units, activation=activation),
    ]


CASES = {
    "classes": (plain, 3, "softmax", SPARSE, CLASSES, ["accuracy", SPARSE]),
    "binary": (
        plain,
        1,
        "sigmoid",
        "binary_crossentropy",
        BINARY,
        ["accuracy", "precision", "auc"],
    ),
    "values": (plain, 2, None, "mse", REAL, ["mse", "mae", "cosine_similarity"]),
    "divided": (
        plain,
        2,
        None,
        keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        REAL,
        ["mae"],
    ),
    "summed": (plain, 2, None, keras.losses.MeanSquaredError(reduction="sum"), REAL, ["mae"]),
    "masked": (masked, 3, "softmax", SPARSE, CLASSES, ["accuracy", SPARSE]),
    "maskedBinary": (
        masked,
        1,
        "sigmoid",
        "binary_crossentropy",
        BINARY,
        ["accuracy", "mse"],
    ),
    "maskedDivided": (
        masked,
        2,
        None,
        keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        REAL,
        ["mae"],
    ),
}


def fit(make, units, activation, loss, y, metrics):
    keras.utils.set_random_seed(11)
    model = keras.Sequential(make(units, activation))
    x = IDS if make is masked else X
    names = [m for m in metrics if m not in OBJECTS]
    model.compile(
        keras.optimizers.SGD(0.01),
        loss,
        metrics=names,
        weighted_metrics=[OBJECTS[m]() if m in OBJECTS else m for m in metrics],
    )
    start = [floats(v) for v in model.get_weights()]
    config = json.loads(model.to_json())
    history = model.fit(
        x,
        y,
        epochs=2,
        batch_size=6,
        shuffle=False,
        verbose=0,
        sample_weight=WEIGHTS,
        validation_data=(x, y, WEIGHTS),
    )
    result = model.evaluate(x, y, sample_weight=WEIGHTS, batch_size=6, verbose=0, return_dict=True)
    return {
        "model": config,
        "start": start,
        "history": {k: [float(v) for v in vs] for k, vs in history.history.items()},
        "end": [floats(v) for v in model.get_weights()],
        "evaluate": {k: float(v) for k, v in result.items()},
    }


def floats(values):
    return [float(v) for v in np.asarray(values).ravel()]


def main():
    content = {
        "keras": keras.__version__,
        "x": floats(X),
        "ids": floats(IDS),
        "classes": floats(CLASSES),
        "binary": floats(BINARY),
        "values": floats(REAL),
        "weights": floats(WEIGHTS),
        "cases": {name: fit(*case) for name, case in CASES.items()},
    }
    with open(sys.argv[1], "w") as f:
        json.dump(content, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
