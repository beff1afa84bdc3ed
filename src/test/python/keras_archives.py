"""Writes the archives and weights files of src/test/resources/keras with real Keras and h5py.

    KERAS_BACKEND=jax python src/test/python/keras_archives.py

Made with Keras 3.15.1 on JAX, h5py 3.
"""

import io
import json
import pathlib
import zipfile

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


def own_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)


def peoples_files():
    """What people have: no Input, layers as activations, a loss of their own, float16."""
    keras.utils.set_random_seed(7)
    layers = keras.layers
    x = np.random.default_rng(1).normal(size=(8, 5)).astype("float32")
    y = np.eye(3, dtype="float32")[np.arange(8) % 3]
    stack = lambda **options: keras.Sequential(
        [
            layers.Dense(5, activation=layers.LeakyReLU(negative_slope=0.1), **options),
            layers.Dense(4, activation=layers.ReLU(max_value=1.5), **options),
            layers.Dense(3, activation=layers.Softmax(), **options),
        ],
        name="fitted",
    )
    model = stack()
    model.compile("adam", "categorical_crossentropy", jit_compile=True, steps_per_execution=2)
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    model.save(OUT / "fitted.keras")
    expected = {"x": x.tolist(), "predictions": model.predict(x, verbose=0).tolist()}
    (OUT / "fitted.json").write_text(json.dumps(expected) + "\n")

    model = stack(dtype="float16")
    model.build((None, 5))
    model.save(OUT / "float16.keras")
    expected = {"weights": [np.asarray(w).astype("float32").ravel().tolist() for w in model.weights]}
    (OUT / "float16.json").write_text(json.dumps(expected) + "\n")

    model = keras.Sequential([keras.Input((5,)), layers.Dense(3)], name="own")
    model.compile("adam", own_loss)
    model.fit(x, y, verbose=0)
    model.save(OUT / "own-loss.keras")

    inner = keras.Sequential([keras.Input((5,)), layers.Dense(4)], name="inner")
    keras.Sequential([keras.Input((5,)), inner, layers.Dense(3)]).save(OUT / "nested.keras")


def tf_keras():
    """A file in the form of tf.keras 2.13, which no longer installs: its names, groups and config."""
    values = lambda *shape: np.arange(np.prod(shape), dtype="float32").reshape(shape) / 8
    glorot = {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}
    zeros = {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None}

    def layer(class_name, /, **config):
        return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}

    def dense(name, units, **more):
        return layer(
            "Dense", name=name, trainable=True, dtype="float32", **more, units=units, activation="linear",
            use_bias=True, kernel_initializer=glorot, bias_initializer=zeros, kernel_regularizer=None,
            bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
        )

    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "sequential",
            "layers": [
                layer("InputLayer", batch_input_shape=[None, 4], dtype="float32", sparse=False, ragged=False, name="dense_input"),
                dense("dense", 3, batch_input_shape=[None, 4]),
                layer("Dropout", name="dropout", trainable=True, dtype="float32", rate=0.1, noise_shape=None, seed=None),
                layer(
                    "BatchNormalization", name="batch_normalization", trainable=True, dtype="float32", axis=[1],
                    momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=zeros,
                    gamma_initializer={"module": "keras.initializers", "class_name": "Ones", "config": {}, "registered_name": None},
                    moving_mean_initializer=zeros,
                    moving_variance_initializer={"module": "keras.initializers", "class_name": "Ones", "config": {}, "registered_name": None},
                    beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                ),
                dense("dense_1", 2),
            ],
        },
        "registered_name": None,
        "build_config": {"input_shape": [None, 4]},
        "compile_config": {
            "optimizer": {
                "module": "keras.optimizers", "class_name": "Adam", "registered_name": None,
                "config": {
                    "name": "Adam", "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
                    "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None, "jit_compile": False,
                    "is_legacy_optimizer": False, "learning_rate": 0.0010000000474974513, "beta_1": 0.9,
                    "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False,
                },
            },
            "loss": {
                "module": "keras.losses", "class_name": "MeanSquaredError", "registered_name": None,
                "config": {"reduction": "auto", "name": "mean_squared_error", "fn": "mean_squared_error"},
            },
            "metrics": ["mae"], "loss_weights": None, "weighted_metrics": None, "run_eagerly": None,
            "steps_per_execution": None, "jit_compile": None,
        },
    }
    weights = {
        "dense": [values(4, 3), values(3)],
        "dropout": [],
        "batch_normalization": [values(3) + 1, values(3), values(3) / 2, values(3) + 2],
        # Layers with weights are counted twice.
        "dense_2": [values(3, 2) - 1, values(2)],
    }
    for name, separator in (("tf-keras", "/"), ("tf-keras-windows", "\\")):
        with zipfile.ZipFile(OUT / f"{name}.keras", "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": "2.13.1", "date_saved": "2023-09-01@10:00:00"}))
            archive.writestr("config.json", json.dumps(config))
            data = io.BytesIO()
            with h5py.File(data, "w") as file:
                for group, arrays in weights.items():
                    own = file.create_group(f"_layer_checkpoint_dependencies{separator}{group}/vars")
                    for i, array in enumerate(arrays):
                        own[str(i)] = array
                file.create_group(f"metrics{separator}mean/vars")["0"] = np.float32(3)
                optimizer = file.create_group("optimizer/vars")
                optimizer["0"] = np.array(5, "int64")
                for i in range(16):
                    optimizer[str(i + 1)] = np.zeros(3, "float32")
                file.create_group("vars")
            archive.writestr("model.weights.h5", data.getvalue())


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    archives()
    every_layer()
    refused()
    peoples_files()
    tf_keras()
