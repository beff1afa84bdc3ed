"""Writes golden-losses/axes.json: fits with losses along other axes than the last, by Keras 3.15.1 on JAX.

    python loss_axes_golden.py ../resources/golden-losses/axes.json
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import losses as L  # noqa: E402

ROWS, A, B = 10, 3, 4
RNG = np.random.default_rng(17)
X = np.round(RNG.normal(size=(ROWS, A, 2)), 3).astype("float32")
CLASSES = RNG.integers(0, A, size=(ROWS, B)).astype("float32")
ONE_HOT = np.moveaxis(np.eye(A, dtype="float32")[CLASSES.astype(int)], 2, 1)
BINARY = RNG.integers(0, 2, size=(ROWS, A, B)).astype("float32")
REAL = np.round(RNG.normal(size=(ROWS, A, B)), 3).astype("float32")
SIGNS = np.where(BINARY > 0, 1, -1).astype("float32")
OF_ROWS = np.round(RNG.uniform(0, 2, size=(ROWS, 1)), 2).astype("float32")
OF_SAMPLES = np.round(RNG.uniform(0, 2, size=(ROWS, B)), 2).astype("float32")

# name: (loss, labels, activation, metrics, weights)
CASES = {
    "categorical": (L.CategoricalCrossentropy(axis=1), ONE_HOT, "sigmoid", ["mae"], None),
    "categoricalLogits": (
        L.CategoricalCrossentropy(axis=1, from_logits=True),
        ONE_HOT,
        None,
        ["mse"],
        OF_ROWS,
    ),
    "categoricalWeighted": (L.CategoricalCrossentropy(axis=-2), ONE_HOT, "sigmoid", [], OF_SAMPLES),
    "focal": (L.CategoricalFocalCrossentropy(axis=1), ONE_HOT, "sigmoid", [], None),
    "binary": (L.BinaryCrossentropy(axis=1, label_smoothing=0.1), BINARY, "sigmoid", [], OF_SAMPLES),
    "binaryFocal": (L.BinaryFocalCrossentropy(axis=1), BINARY, "sigmoid", [], None),
    "cosine": (L.CosineSimilarity(axis=1), REAL, None, ["mae"], None),
    "dice": (L.Dice(axis=[1, 2]), BINARY, "sigmoid", ["mse"], OF_ROWS[:, 0]),
    "diceOne": (L.Dice(axis=1), BINARY, "sigmoid", [], None),
    "tversky": (L.Tversky(alpha=0.3, beta=0.8, axis=[1, 2]), BINARY, "sigmoid", [], None),
    "tverskySum": (L.Tversky(axis=[-2], reduction="sum"), BINARY, "sigmoid", [], None),
    "hinge": (L.CategoricalHinge(), SIGNS, None, [], None),
}


def fit(loss, y, activation, metrics, weights):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((A, 2)), keras.layers.Dense(B, activation=activation)])
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=metrics)
    start = [floats(v) for v in model.get_weights()]
    history = model.fit(
        X, y, epochs=2, batch_size=4, shuffle=False, verbose=0, sample_weight=weights
    )
    result = model.evaluate(X, y, batch_size=4, verbose=0, return_dict=True)
    return {
        "loss": keras.saving.serialize_keras_object(loss) | {"axis": axis(loss)},
        "activation": activation,
        "metrics": metrics,
        "labels": floats(y),
        "weights": None if weights is None else floats(weights),
        "weightWidth": 0 if weights is None else int(weights.size // ROWS),
        "start": start,
        "history": {k: [float(v) for v in vs] for k, vs in history.history.items()},
        "end": [floats(v) for v in model.get_weights()],
        "evaluate": {k: float(v) for k, v in result.items()},
    }


def axis(loss):
    """The axis, which the configs of two losses lack."""
    return loss._fn_kwargs.get("axis", -1)


def unreduced():
    """What Keras does with a loss that is not reduced."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", L.MeanSquaredError(reduction="none"))
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    result = {}
    for name in ("fit", "evaluate"):
        try:
            result[name] = str(getattr(model, name)(x, y, verbose=0))
        except Exception as e:  # noqa: BLE001
            result[name] = f"{type(e).__name__}: {e}"[:160]
    return result


def floats(values):
    return [float(v) for v in np.asarray(values).ravel()]


def main():
    print(unreduced())
    content = {
        "keras": keras.__version__,
        "x": floats(X),
        "cases": {name: fit(*case) for name, case in CASES.items()},
    }
    with open(sys.argv[1], "w") as f:
        json.dump(content, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
