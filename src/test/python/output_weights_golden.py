"""Writes golden-fit/output-weights.json: sample weights for each output, by Keras 3.15.1 on JAX.

    python output_weights_golden.py ../resources/golden-fit/output-weights.json
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

ROWS, STEPS = 12, 3
RNG = np.random.default_rng(23)
X = np.round(RNG.normal(size=(ROWS, STEPS, 2)), 3).astype("float32")
LABELS = {
    "score": np.round(RNG.normal(size=(ROWS, 1)), 3).astype("float32"),
    "tags": RNG.integers(0, 3, size=(ROWS, STEPS)).astype("float32"),
}
WEIGHTS = {
    "score": np.round(RNG.uniform(0, 2, size=ROWS), 2).astype("float32"),
    "tags": np.round(RNG.uniform(0, 2, size=(ROWS, STEPS)), 2).astype("float32"),
}


def floats(values):
    return [float(v) for v in np.asarray(values).ravel()]


def main():
    keras.utils.set_random_seed(5)
    x = keras.Input((STEPS, 2), name="x")
    score = layers.Dense(1, name="score")(layers.Flatten()(x))
    tags = layers.Dense(3, activation="softmax", name="tags")(x)
    model = keras.Model(x, [score, tags])
    model.compile(
        keras.optimizers.SGD(0.1),
        {"score": "mse", "tags": "sparse_categorical_crossentropy"},
        loss_weights={"score": 0.5, "tags": 2.0},
        metrics={"score": ["mae"]},
        weighted_metrics={"score": ["mae"], "tags": ["accuracy"]},
    )
    start = [floats(v) for v in model.get_weights()]
    config = json.loads(model.to_json())
    arguments = {"batch_size": 4, "verbose": 0}
    # Keras 3.15.1 fails with dictionaries of weights where outputs are a list.
    labels, weights = list(LABELS.values()), list(WEIGHTS.values())
    history = model.fit(
        X,
        labels,
        epochs=2,
        shuffle=False,
        sample_weight=weights,
        validation_data=(X, labels, weights),
        **arguments,
    )
    result = model.evaluate(X, labels, sample_weight=weights, return_dict=True, **arguments)
    content = {
        "keras": keras.__version__,
        "model": config,
        "x": floats(X),
        "labels": {k: floats(v) for k, v in LABELS.items()},
        "weights": {k: floats(v) for k, v in WEIGHTS.items()},
        "start": start,
        "history": {k: [float(v) for v in vs] for k, vs in history.history.items()},
        "end": [floats(v) for v in model.get_weights()],
        "evaluate": {k: float(v) for k, v in result.items()},
    }
    with open(sys.argv[1], "w") as f:
        json.dump(content, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
