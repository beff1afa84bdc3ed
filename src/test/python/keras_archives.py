"""Writes the archives and weights files of src/test/resources/keras with real Keras and h5py.

    KERAS_BACKEND=jax python src/test/python/keras_archives.py

Made with Keras 3.15.1 on JAX, h5py 3.
"""

import json
import pathlib

import h5py
import keras
import numpy as np

OUT = pathlib.Path(__file__).parents[1] / "resources" / "keras"


def describe(weights):
    return [
        {"shape": list(w.shape), "dtype": str(w.dtype), "values": np.asarray(w).ravel().tolist()}
        for w in weights
    ]


def save(name, model):
    x = np.random.default_rng(1).normal(size=(10, 4)).astype("float32")
    y = np.arange(10) % 3
    model.fit(x, y, batch_size=4, epochs=2, verbose=0)
    model.save(OUT / f"{name}.keras")
    expected = {
        "keras_version": keras.__version__,
        "layers": [
            {"class_name": type(la).__name__, "name": la.name, "variables": describe(la.weights)}
            for la in model.layers
        ],
        "optimizer": {
            "class_name": type(model.optimizer).__name__,
            "name": model.optimizer.name,
            "variables": describe(model.optimizer.variables),
        },
    }
    (OUT / f"{name}.json").write_text(json.dumps(expected, indent=1) + "\n")


def archives():
    keras.utils.set_random_seed(7)
    layers = keras.layers
    adam = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, name="hidden", activation="relu"),
            layers.Dropout(0.1),
            layers.Dense(3),
            layers.Activation("softmax"),
        ],
        name="digits",
    )
    adam.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    save("adam", adam)

    inputs = keras.Input((4,), name="features")
    outputs = layers.Dense(3, use_bias=False)(layers.Flatten()(inputs))
    functional = keras.Model(inputs, outputs)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    functional.compile(
        keras.optimizers.SGD(schedule, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    save("schedule", functional)


def every_layer():
    """A model of the layers that compute with images, adapted, fitted, and what it predicts."""
    keras.utils.set_random_seed(7)
    layers = keras.layers
    normalization = layers.Normalization()
    x = np.random.default_rng(1).normal(3, 2, size=(20, 64)).astype("float32")
    y = np.arange(20) % 3
    normalization.adapt(x)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            normalization,
            layers.Reshape((8, 8, 1)),
            layers.Rescaling(0.5, offset=0.1),
            layers.GaussianNoise(0.1),
            layers.Conv2D(4, 3, padding="same"),
            layers.BatchNormalization(momentum=0.8),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(5, 2, use_bias=False),
            layers.LayerNormalization(),
            layers.LeakyReLU(),
            layers.AveragePooling2D(2, 1),
            layers.ELU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
            layers.Softmax(),
        ],
        name="images",
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=5, epochs=2, verbose=0)
    model.save(OUT / "images.keras")
    expected = {"x": x.tolist(), "predictions": model.predict(x, verbose=0).tolist()}
    (OUT / "images.json").write_text(json.dumps(expected) + "\n")


def weights(name):
    file = h5py.File(OUT / f"{name}.h5", "w")
    return file, file.create_group("layers/dense/vars")


def refused():
    one = np.ones(3, "float32")
    file, group = weights("soft-link")
    file["vars/0"] = one
    group["0"] = h5py.SoftLink("/vars/0")
    _, group = weights("external-link")
    group["0"] = h5py.ExternalLink("soft-link.h5", "/vars/0")
    _, group = weights("external-data")
    group.create_dataset("0", shape=(3,), dtype="f4", external=[("/etc/hostname", 0, 12)])
    _, group = weights("virtual-data")
    layout = h5py.VirtualLayout(shape=(3,), dtype="f4")
    layout[:] = h5py.VirtualSource("soft-link.h5", "vars/0", shape=(3,))
    group.create_virtual_dataset("0", layout)
    _, group = weights("chunked")
    group.create_dataset("0", shape=(20000, 20000), dtype="f4", chunks=(1000, 1000))
    _, group = weights("float64")
    group["0"] = np.ones(3, "float64")
    _, group = weights("integers")
    group["0"] = np.ones(3, "int32")
    _, group = weights("no-data")
    group.create_dataset("0", shape=(3,), dtype="f4")
    _, group = weights("no-integer")
    group.create_dataset("0", shape=(), dtype="i4")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    archives()
    every_layer()
    refused()
