"""A convolutional base of Keras, and a model that Firesteel made of it.

    KERAS_BACKEND=jax python src/test/python/transfer_in_keras.py

writes src/test/resources/keras/base.keras, base.weights.h5 and base.json, for TransferTest;

    KERAS_BACKEND=jax python src/test/python/transfer_in_keras.py TRAINED.keras TRAINED.weights.h5 EXPECTED.json

opens the model that has the base, frozen, and a new head that Firesteel trained. Ends with 0 if the
base is unchanged and not trained, the predictions are Firesteel's, and training goes on.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "resources" / "keras"


def base():
    layers = keras.layers
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(4, 3, activation="relu", name="conv1")(image)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.SeparableConv2D(6, 2, activation="relu", name="conv2")(x)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    return keras.Model(image, layers.Dense(3, "softmax", name="classes")(x), name="base")


def write():
    keras.utils.set_random_seed(3)
    model = base()
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(1).normal(size=(64, 8, 8, 1)).astype(np.float32)
    y = (x.sum((1, 2, 3)) > 0).astype(np.int64)
    model.fit(x, y, epochs=2, verbose=0)
    model.save(OUT / "base.keras")
    model.save_weights(OUT / "base.weights.h5")
    features = keras.Model(model.input, model.get_layer("features").output)
    answers = {
        "x": x[:4].reshape(4, -1).tolist(),
        "features": np.asarray(features(x[:4])).tolist(),
        "classes": np.asarray(model(x[:4])).tolist(),
        "optimizer": [float(np.sum(np.abs(v))) for v in model.optimizer.variables],
    }
    (OUT / "base.json").write_text(json.dumps(answers) + "\n")


def tail(variable):
    """The layer and the variable, without the models around them."""
    return "/".join(variable.path.split("/")[-2:])


def judge(trained, weights, expected):
    expected = json.loads(pathlib.Path(expected).read_text())
    model = keras.saving.load_model(trained)
    original = keras.saving.load_model(OUT / "base.keras")
    frozen = model.get_layer("base")
    known = {tail(v): v for v in original.variables}
    assert len(frozen.variables) == len(original.variables) - 2
    for v in frozen.variables:
        assert not v.trainable, v.path
        before = known[tail(v)]
        assert np.asarray(v).tobytes() == np.asarray(before).tobytes(), v.path
    x = np.asarray(expected["x"], np.float32).reshape(-1, 8, 8, 1)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected["y"], 1e-5, 1e-6)
    for v in model.trainable_variables:
        v.assign(np.zeros(v.shape))
    model.load_weights(weights)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected["y"], 1e-5, 1e-6)
    model.fit(x, np.zeros(len(x)), verbose=0)
    for v in frozen.variables:
        assert np.asarray(v).tobytes() == np.asarray(known[tail(v)]).tobytes()
    print(f"Keras {keras.__version__}: the same base and predictions")


if __name__ == "__main__":
    judge(*sys.argv[1:]) if len(sys.argv) > 1 else write()
