"""Writes what Keras computes for random functional models, for the Java tests.

Run: KERAS_BACKEND=jax python src/test/python/golden_functional.py
Output: src/test/resources/golden-functional/*.json

Each model has branches, layers that are called twice, a nested model, two inputs and two outputs;
it is trained for 8 steps on one batch.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden-functional"
ROWS = 12
STEPS = 8
MERGES = [
    layers.Add,
    layers.Subtract,
    layers.Multiply,
    layers.Average,
    layers.Maximum,
    layers.Minimum,
    layers.Concatenate,
]


def lists(arrays):
    return [np.asarray(a, np.float32).ravel().tolist() for a in arrays]


def nested(rng, functional):
    if functional:
        x = layers.Input((4,), name="inner_in")
        y = layers.Dense(4, activation="tanh", name="inner_a")(x)
        return keras.Model(x, layers.Add(name="inner_add")([x, y]), name="inner")
    return keras.Sequential(
        [layers.Input((4,)), layers.Dense(4, activation="elu", name="inner_a")],
        name="inner",
    )


def model(seed):
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    a = layers.Input((5,), name="a")
    b = layers.Input((3,), name="b")
    shared = layers.Dense(4, activation="tanh", name="shared")
    inner = nested(rng, seed % 2 == 0)
    wide = layers.Dense(5, name="widen")(b)
    tensors = [shared(a), shared(wide), layers.Dense(4, activation="relu", name="left")(a)]
    tensors.append(inner(tensors[0]))
    for i in range(4):
        merge = MERGES[rng.integers(len(MERGES))]
        count = 2 if merge is layers.Subtract else int(rng.integers(2, 4))
        chosen = [tensors[j] for j in rng.integers(0, len(tensors), count)]
        merged = merge(name=f"merge{i}")(chosen)
        if merge is layers.Concatenate:
            merged = layers.Dense(4, name=f"narrow{i}")(merged)
        tensors.append(merged)
    tensors.append(inner(tensors[-1]))
    cosine = layers.Dot(axes=1, normalize=True, name="cosine")([tensors[2], tensors[-1]])
    last = layers.Concatenate(name="last")([tensors[-1], tensors[-2], b, cosine])
    if seed % 3 == 0:
        last = layers.BatchNormalization(name="norm")(last)
    price = layers.Dense(
        2, name="price", kernel_regularizer=keras.regularizers.L2(0.01)
    )(last)
    sold = layers.Dense(
        1,
        activation="sigmoid",
        name="sold",
        activity_regularizer=keras.regularizers.L1(0.02),
    )(tensors[-1])
    return keras.Model([a, b], [price, sold], name=f"graph{seed}")


def golden(seed):
    rng = np.random.default_rng(100 + seed)
    m = model(seed)
    for w in m.weights:
        w.assign(np.asarray(w) + rng.normal(0, 0.05, w.shape).astype(np.float32))
    optimizer = ["sgd", "adam", "rmsprop"][seed % 3]
    m.compile(
        optimizer,
        loss={"price": "mse", "sold": "binary_crossentropy"},
        loss_weights={"price": 0.5, "sold": 2.0},
        metrics={"price": ["mae"], "sold": ["accuracy"]},
    )
    a = rng.normal(0, 1, (ROWS, 5)).astype(np.float32)
    b = rng.normal(0, 1, (ROWS, 3)).astype(np.float32)
    price = rng.normal(0, 1, (ROWS, 2)).astype(np.float32)
    sold = rng.integers(0, 2, (ROWS, 1)).astype(np.float32)
    content = {
        "config": json.loads(m.to_json()),
        "paths": [w.path for w in m.weights],
        "start": lists(m.get_weights()),
        "a": [r.tolist() for r in a],
        "b": lists(b),
        "price": lists(price),
        "sold": lists(sold),
    }
    history = m.fit(
        [a, b], [price, sold], batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0
    ).history
    content["history"] = {k: [float(v) for v in vs] for k, vs in history.items()}
    content["end"] = lists(m.get_weights())
    content["predictions"] = [
        lists(p) for p in m.predict([a, b], verbose=0)
    ]
    lines = []
    m.summary(print_fn=lambda line: lines.append(line), line_length=76)
    content["evaluate"] = {
        k: float(v)
        for k, v in m.evaluate([a, b], [price, sold], verbose=0, return_dict=True).items()
    }
    return content


OUT.mkdir(parents=True, exist_ok=True)
for seed in range(12):
    text = json.dumps({"keras": keras.__version__, **golden(seed)})
    (OUT / f"graph{seed}.json").write_text(text + "\n")
for seed in (2, 3):
    m = model(seed)
    m.compile("adam", loss=["mse", "mse"])
    rng = np.random.default_rng(seed)
    x = [rng.normal(0, 1, (ROWS, 5)), rng.normal(0, 1, (ROWS, 3))]
    m.fit(x, [np.zeros((ROWS, 2)), np.zeros((ROWS, 1))], verbose=0)
    m.save(OUT / f"graph{seed}.keras")
    (OUT / f"predictions{seed}.json").write_text(
        json.dumps(
            {
                "a": lists(x[0]),
                "b": lists(x[1]),
                "predictions": [lists(p) for p in m.predict(x, verbose=0)],
            }
        )
        + "\n"
    )
