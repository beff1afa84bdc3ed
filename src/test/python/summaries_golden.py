"""Writes src/test/resources/keras/summaries.json: summaries of models as Keras prints them on 80 columns.

Run from the project's folder: KERAS_BACKEND=jax python src/test/python/summaries_golden.py
"""

import json
import os

os.environ["COLUMNS"] = "80"

import keras
import numpy as np
from keras import layers


def digits():
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def trained():
    model = digits()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((4, 64)), np.zeros(4), verbose=0)
    return model


def images():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3),
            layers.BatchNormalization(name="a_long_name_of_a_layer_that_does_not_fit"),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(123456),
        ],
        name="images",
    )


def unbuilt():
    return keras.Sequential([layers.Dense(3), layers.Dense(2)])


def graph():
    """Branches, a layer called twice, a nested stack, a nested graph called twice, two outputs."""
    a, b = keras.Input((8,), name="a"), keras.Input((8,), name="b")
    shared = layers.Dense(4, activation="relu", name="shared")
    x, y = shared(a), shared(b)
    stack = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="d1"), layers.BatchNormalization(name="bn")],
        name="stack",
    )
    inner = keras.Input((4,), name="inner")
    tower = keras.Model(inner, layers.Add(name="twice")([inner, layers.Dense(4, name="d2")(inner)]), name="tower")
    z = stack(layers.Add(name="sum")([tower(x), tower(y)]))
    joined = layers.Concatenate(name="joined")([z, x])
    score = layers.Dense(1, name="score")(layers.Dropout(0.5, name="drop")(joined))
    return keras.Model([a, b], [score, layers.Dense(2, name="kind")(z)], name="branches")


def main():
    summaries = {}
    for make in (digits, trained, images, unbuilt, graph):
        keras.utils.clear_session()
        lines = []
        make().summary(print_fn=lines.append)
        summaries[make.__name__] = "\n".join(lines).rstrip("\n") + "\n"
    with open("src/test/resources/keras/summaries.json", "w") as file:
        json.dump({"keras": keras.__version__, "summaries": summaries}, file, indent=1, ensure_ascii=False)
        file.write("\n")


main()
