"""Writes what Keras computes for models whose inputs leave extents open, for the Java tests.

Run: KERAS_BACKEND=jax python src/test/python/golden_open.py
Output: src/test/resources/golden-functional/open-*.json and .keras

Each model is trained for two steps on a batch of one length and for two on one of another, and
predicts rows of a third. The files are saved before the last prediction.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden-functional"
ROWS = 6


def text():
    tokens = layers.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(20, 6, mask_zero=True, name="embedding")(tokens)
    x = layers.Bidirectional(layers.GRU(4, name="gru"), name="both")(x)
    return keras.Model(tokens, layers.Dense(1, name="score")(x), name="text")


def image():
    pixels = layers.Input((None, None, 2), name="pixels")
    x = layers.Conv2D(3, 3, padding="same", activation="relu", name="first")(pixels)
    down = layers.MaxPooling2D(name="down")(x)
    down = layers.Conv2D(4, 3, padding="same", activation="relu", name="second")(down)
    up = layers.UpSampling2D(name="up")(down)
    joined = layers.Concatenate(name="joined")([up, x])
    return keras.Model(pixels, layers.Conv2D(1, 1, name="map")(joined), name="image")


def translator():
    source = layers.Input((None, 3), name="source")
    target = layers.Input((None, 2), name="target")
    _, h, c = layers.LSTM(4, return_state=True, name="encoder")(source)
    x = layers.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    x = layers.TimeDistributed(layers.Dense(3, name="inner"), name="steps")(x)
    attended = layers.Dot(axes=(2, 2), name="attended")([x, source])
    attended = layers.Dot(axes=(2, 1), name="context")([layers.Softmax(name="weights")(attended), source])
    x = layers.Concatenate(name="joined")([x, attended])
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    most = layers.Conv1D(2, 3, padding="causal", name="conv")(source)
    most = layers.GlobalMaxPooling1D(name="most")(most)
    both = layers.Concatenate(name="all")([x, most])
    return keras.Model([source, target], layers.Dense(1, name="out")(both), name="translator")


def twins():
    inner = layers.Input((None, 3), name="inner_in")
    y = layers.Conv1D(4, 2, activation="tanh", name="inner_conv")(inner)
    y = layers.MultiHeadAttention(2, 3, name="inner_attention")(y, y)
    encoder = keras.Model(inner, layers.GlobalMaxPooling1D(name="inner_max")(y), name="encoder")
    a = layers.Input((None, 3), name="a")
    b = layers.Input((5, 3), name="b")
    merged = layers.Multiply(name="merged")([encoder(a), encoder(b)])
    return keras.Model([a, b], layers.Dense(1, name="out")(merged), name="twins")


# The shapes of the inputs for the first steps, the other steps and the prediction; of the labels.
MODELS = {
    "text": (text, [[(7,)], [(5,)], [(9,)]], [(1,), (1,)]),
    "image": (image, [[(8, 4, 2)], [(4, 4, 2)], [(6, 10, 2)]], [(8, 4, 1), (4, 4, 1)]),
    "translator": (
        translator,
        [[(5, 3), (3, 2)], [(4, 3), (6, 2)], [(7, 3), (2, 2)]],
        [(1,), (1,)],
    ),
    "twins": (twins, [[(6, 3), (5, 3)], [(4, 3), (5, 3)], [(9, 3), (5, 3)]], [(1,), (1,)]),
}


def values(rng, tensor, shape):
    if tensor.dtype == "int32":
        ids = rng.integers(1, 20, (ROWS, *shape))
        ids[::2, -2:] = 0
        return ids
    return rng.normal(0, 1, (ROWS, *shape)).astype(np.float32)


def rows(arrays):
    return [np.asarray(a, np.float32).reshape(len(a), -1).tolist() for a in arrays]


def golden(name):
    make, shapes, labels = MODELS[name]
    rng = np.random.default_rng(len(name))
    keras.utils.set_random_seed(len(name))
    model = make()
    model.compile("adam", "mse")
    content = {"config": json.loads(model.to_json()), "shapes": shapes, "label_shapes": labels}
    content["start"] = [np.asarray(w).ravel().tolist() for w in model.get_weights()]
    content["losses"] = []
    for part in range(2):
        x = [values(rng, t, s) for t, s in zip(model.inputs, shapes[part])]
        y = rng.normal(0, 1, (ROWS, *labels[part])).astype(np.float32)
        content[f"inputs{part}"], content[f"labels{part}"] = rows(x), rows([y])[0]
        for _ in range(2):
            content["losses"].append(float(model.train_on_batch(x, y)))
            model.reset_metrics()
    content["end"] = [np.asarray(w).ravel().tolist() for w in model.get_weights()]
    x = [values(rng, t, s) for t, s in zip(model.inputs, shapes[2])]
    content["inputs2"] = rows(x)
    content["predictions"] = rows([model.predict(x, verbose=0)])[0]
    lines = []
    model.summary(print_fn=lines.append, line_length=76)
    content["summary"] = "\n".join(lines)
    model.save(OUT / f"open-{name}.keras")
    (OUT / f"open-{name}.json").write_text(json.dumps(content) + "\n")


for each in MODELS:
    golden(each)
