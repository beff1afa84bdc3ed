"""Writes golden-losses/reductions.json: evaluate and val_loss of losses over several batches.

    KERAS_BACKEND=jax python golden_reductions.py ../resources/golden-losses
"""

import json
import sys

import keras
import numpy as np

ROWS = 11


def case(loss, x, y, w, batch, units):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((x.shape[1],)), keras.layers.Dense(units, use_bias=True)]
    )
    rng = np.random.default_rng(5)
    kernel = rng.normal(size=(x.shape[1], units)).astype("float32")
    model.set_weights([kernel, np.zeros(units, "float32")])
    model.compile("sgd", loss)
    model.optimizer.learning_rate = 0.0
    value = model.evaluate(x, y, sample_weight=w, batch_size=batch, verbose=0)
    data = (x, y) if w is None else (x, y, w)
    history = model.fit(
        x, y, batch_size=batch, validation_data=data, verbose=0, shuffle=False
    )
    trained = model.fit(
        x, y, sample_weight=w, batch_size=batch, verbose=0, shuffle=False
    )
    return {
        "loss": keras.losses.serialize(loss),
        "features": x.ravel().tolist(),
        "labels": y.ravel().tolist(),
        "weights": None if w is None else w.tolist(),
        "width": x.shape[1],
        "units": units,
        "kernel": kernel.ravel().tolist(),
        "batch": batch,
        "evaluate": float(value),
        "val_loss": history.history["val_loss"][0],
        "train": trained.history["loss"][0],
    }


def cases():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(ROWS, 2)).astype("float32")
    y = rng.normal(size=(ROWS, 1)).astype("float32")
    w = rng.uniform(0, 3, size=ROWS).astype("float32")
    w[4] = 0
    labels = rng.integers(0, 3, size=(ROWS, 1)).astype("float32")
    labels[:3] = 1
    for reduction in ("sum", "mean_with_sample_weight", "sum_over_batch_size"):
        for weights in (None, w):
            for batch in (4, 11):
                loss = keras.losses.MeanSquaredError(reduction=reduction)
                yield case(loss, x, y, weights, batch, 1)
                loss = keras.losses.SparseCategoricalCrossentropy(
                    from_logits=True, ignore_class=1, reduction=reduction
                )
                yield case(loss, x, labels, weights, batch, 3)


if __name__ == "__main__":
    with open(f"{sys.argv[1]}/reductions.json", "w") as out:
        json.dump({"keras": keras.__version__, "cases": list(cases())}, out)
        out.write("\n")
