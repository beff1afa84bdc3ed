"""Writes src/test/resources/golden-fit/*.json: fits of real Keras on the digits.

The loss of every batch of a fit without shuffling, and the weights it began and ended with.
Run from the project's folder with Keras 3.15.1 on JAX:

    KERAS_BACKEND=jax python src/test/python/golden_fit.py
"""

import json
import pathlib

import keras
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROWS, BATCH, EPOCHS = 800, 32, 2


class BatchLosses(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_begin(self, batch, logs=None):
        self.model.reset_metrics()

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(float(logs["loss"]))


def floats(array):
    return [float(np.float32(v)) for v in np.asarray(array).ravel()]


def perceptron():
    return [
        keras.Input((64,)),
        keras.layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.001)),
        keras.layers.Dense(10),
        keras.layers.Activation("softmax"),
    ]


def convolutional():
    return [
        keras.Input((64,)),
        keras.layers.Reshape((8, 8, 1)),
        keras.layers.Conv2D(4, 3, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(10, activation="softmax"),
    ]


def fit(optimizer, layers=perceptron):
    keras.utils.set_random_seed(7)
    model = keras.Sequential(layers())
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    table = np.loadtxt(ROOT / "conf/data/digits.csv", delimiter=",", skiprows=1)[:ROWS]
    x = (table[:, :64] / 16).astype("float32")
    y = table[:, 64].astype("int32")
    initial = [floats(v) for v in model.get_weights()]
    losses = BatchLosses()
    model.fit(x, y, BATCH, EPOCHS, shuffle=False, verbose=0, callbacks=[losses])
    return {
        "model": json.loads(model.to_json()),
        "optimizer": keras.saving.serialize_keras_object(type(optimizer).from_config(optimizer.get_config())),
        "initial": initial,
        "losses": losses.losses,
        "final": [floats(v) for v in model.get_weights()],
        "test_loss": model.evaluate(x, y, verbose=0)[0],
    }


def write(name, cases):
    result = {
        "keras": keras.__version__,
        "backend": keras.config.backend(),
        "rows": ROWS,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "cases": cases,
    }
    target = ROOT / f"src/test/resources/golden-fit/{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result))


def main():
    cases = {
        "adam": keras.optimizers.Adam(0.01),
        "sgd_momentum": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
        "rmsprop_schedule": keras.optimizers.RMSprop(
            keras.optimizers.schedules.CosineDecay(0.01, 40), weight_decay=0.01
        ),
    }
    write("digits", {name: fit(optimizer) for name, optimizer in cases.items()})
    sgd = keras.optimizers.SGD(0.1, momentum=0.9)
    write("digits-cnn", {"sgd_momentum": fit(sgd, convolutional)})


main()
