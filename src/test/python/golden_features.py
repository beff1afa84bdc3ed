"""Writes what Keras's functional API computes for a DeepFM, for the test of a model of several kinds of columns.

Run: KERAS_BACKEND=jax python src/test/python/golden_features.py
Output: src/test/resources/golden-layers/features.json
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from keras import layers, ops

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden-layers"
ROWS = 6
NUMERIC = 3
VOCABULARIES = [5, 3, 4]
DIM = 4
SPARSE = 7


def flat(values):
    return [float(v) for v in np.asarray(values, np.float32).ravel()]


def deep_fm():
    numeric = keras.Input((NUMERIC,))
    ids = [keras.Input((), dtype="int32") for _ in VOCABULARIES]
    sparse = keras.Input((SPARSE,))
    wide = layers.Dense(1, name="wide")
    weights = [layers.Embedding(n, 1) for n in VOCABULARIES]
    tables = [layers.Embedding(n, DIM) for n in VOCABULARIES]
    hashed = layers.Dense(1, use_bias=False)
    hidden = layers.Dense(5, activation="tanh")
    head = layers.Dense(1)
    vectors = [table(column) for table, column in zip(tables, ids)]
    linear = layers.Add()(
        [wide(numeric), hashed(sparse)]
        + [weight(column) for weight, column in zip(weights, ids)]
    )
    products = [
        layers.Dot(axes=1)([vectors[i], vectors[j]])
        for i in range(len(ids))
        for j in range(i)
    ]
    deep = head(hidden(layers.Concatenate()([numeric] + vectors)))
    logit = layers.Add()([linear, deep] + products)
    model = keras.Model([numeric, *ids, sparse], logit)
    order = [wide.bias, wide.kernel]
    for weight, table in zip(weights, tables):
        order += [weight.embeddings, table.embeddings]
    order += [hashed.kernel, hidden.kernel, hidden.bias, head.kernel, head.bias]
    return model, order


def main():
    rng = np.random.default_rng(3)
    numeric = rng.normal(0, 1, (ROWS, NUMERIC)).astype(np.float32)
    ids = [rng.integers(0, n, ROWS).astype(np.int32) for n in VOCABULARIES]
    sparse = rng.normal(0, 1, (ROWS, SPARSE)) * (rng.random((ROWS, SPARSE)) < 0.3)
    sparse = sparse.astype(np.float32)
    labels = rng.integers(0, 2, (ROWS, 1)).astype(np.float32)
    model, order = deep_fm()
    for variable in order:
        variable.assign(rng.normal(0, 0.5, variable.shape).astype(np.float32))
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    places = [
        next(i for i, each in enumerate(model.trainable_variables) if each is wanted)
        for wanted in order
    ]

    def total(values):
        logits, _ = model.stateless_call(values, [], [numeric, *ids, sparse])
        return loss(labels, logits)

    values = [variable.value for variable in model.trainable_variables]
    value, gradients = jax.value_and_grad(total)(values)
    x = np.concatenate([numeric, np.stack(ids, 1).astype(np.float32), sparse], 1)
    golden = {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "rows": ROWS,
        "x": flat(x),
        "y": flat(labels),
        "logits": flat(model.predict([numeric, *ids, sparse], verbose=0)),
        "loss": float(value),
        "weights": [flat(variable.value) for variable in order],
        "gradients": [flat(gradients[place]) for place in places],
    }
    (OUT / "features.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
