"""Writes what Keras computes and writes for the parts of a layer stack, for the Java tests.

Run: KERAS_BACKEND=jax python src/test/python/golden_layers.py
Output: src/test/resources/golden-layers/*.json
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from keras import layers
from keras.src.initializers.random_initializers import compute_fans

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden-layers"
HEADER = {"keras": keras.__version__, "backend": keras.backend.backend()}
REFUSED = ["glu", "threshold", "sparsemax"]


def write(name, content):
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**HEADER, **content}, indent=1)
    (OUT / f"{name}.json").write_text(text + "\n")


def flat(values):
    return [float(v) for v in np.asarray(values, np.float32).ravel()]


def activations():
    rng = np.random.default_rng(1)
    width = 8
    kinks = [0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0]
    large = [20.0, -20.0, 90.0, -90.0, 0.001, -0.001, 1e-6, -1e-6]
    x = np.concatenate([rng.normal(0, 2, 48), kinks, large])
    x = x.astype(np.float32).reshape(-1, width)
    cotangent = rng.normal(0, 1, x.shape).astype(np.float32)
    cases = {}
    for name in sorted(keras.src.activations.ALL_OBJECTS_DICT):
        if name in REFUSED:
            continue
        y, vjp = jax.vjp(keras.activations.get(name), x)
        cases[name] = {
            "serialized": keras.activations.serialize(
                keras.activations.get(name)
            ),
            "y": flat(y),
            "gradient": flat(vjp(cotangent)[0]),
        }
    write(
        "activations",
        {"width": width, "x": flat(x), "cotangent": flat(cotangent), "cases": cases},
    )


def configs():
    ini, reg, con = keras.initializers, keras.regularizers, keras.constraints
    cases = []

    def add(kind, obj, build=None):
        if build is not None:
            obj.build(build)
        cases.append(
            {"kind": kind, "serialized": keras.saving.serialize_keras_object(obj)}
        )

    for obj in [
        ini.Zeros(),
        ini.Ones(),
        ini.Constant(0.5),
        ini.Identity(),
        ini.RandomNormal(),
        ini.RandomNormal(mean=1.0, stddev=2.0, seed=3),
        ini.RandomUniform(-1.0, 2.0, seed=4),
        ini.TruncatedNormal(stddev=0.1),
        ini.VarianceScaling(2.0, "fan_avg", "uniform", seed=5),
        ini.VarianceScaling(distribution="normal"),
        ini.VarianceScaling(input_axes=[0, 1], output_axes=[-1]),
        ini.GlorotNormal(),
        ini.GlorotUniform(seed=1),
        ini.HeNormal(),
        ini.HeUniform(input_axes=[0], output_axes=[1]),
        ini.LecunNormal(),
        ini.LecunUniform(),
        ini.Orthogonal(),
        ini.Orthogonal(gain=2.0, seed=6),
    ]:
        add("initializer", obj)
    for obj in [
        reg.L1(),
        reg.L1(0.3),
        reg.L2(),
        reg.L2(0.2),
        reg.L1L2(),
        reg.L1L2(0.1, 0.2),
        reg.OrthogonalRegularizer(),
        reg.OrthogonalRegularizer(0.3, "columns"),
    ]:
        add("regularizer", obj)
    for obj in [
        con.MaxNorm(),
        con.MaxNorm(0.5, axis=[0, 1]),
        con.NonNeg(),
        con.UnitNorm(),
        con.UnitNorm(axis=-1),
        con.MinMaxNorm(),
        con.MinMaxNorm(0.1, 0.9, 0.7, axis=1),
    ]:
        add("constraint", obj)
    add("layer", layers.InputLayer(shape=(4, 3), name="in"))
    add("layer", layers.Dense(5, name="plain"), (None, 4, 3))
    add(
        "layer",
        layers.Dense(
            5,
            activation="relu",
            use_bias=False,
            kernel_initializer="uniform",
            bias_initializer=ini.Constant(0.1),
            kernel_regularizer="l2",
            bias_regularizer=reg.L1(0.1),
            kernel_constraint="max_norm",
            bias_constraint=con.NonNeg(),
            trainable=False,
            name="full",
        ),
        (None, 7),
    )
    add("layer", layers.Activation("softmax", name="act"))
    add("layer", layers.Activation(None, name="none"))
    add("layer", layers.Dropout(0.25, name="drop"))
    add("layer", layers.Dropout(0.5, seed=3, name="seeded"))
    add("layer", layers.Flatten(name="flat"), (None, 4, 5))
    add("layer", layers.Flatten(data_format="channels_first", name="first"), (None, 4, 5, 2))
    image = (None, 6, 5, 3)
    add("layer", layers.Reshape((3, -1), name="reshape"))
    add("layer", layers.Rescaling(1 / 255, offset=-1, name="rescale"), (None, 4))
    add("layer", layers.Rescaling([1.0, 2.0], [3.0, 0.5], name="each"), (None, 4, 2))
    add("layer", layers.GaussianNoise(0.1, seed=3, name="noise"))
    add("layer", layers.ReLU(name="relu"))
    add("layer", layers.ReLU(6, 0.1, 1.5, trainable=False, name="relu_all"))
    add("layer", layers.LeakyReLU(name="leaky"))
    add("layer", layers.ELU(0.5, name="elu", trainable=False))
    add("layer", layers.Softmax(name="soft"))
    add("layer", layers.Softmax((1, 2), name="softer"))
    add("layer", layers.Add(name="add"), [(None, 4), (None, 4)])
    add("layer", layers.Subtract(name="subtract"), [(None, 4), (None, 4)])
    add("layer", layers.Multiply(name="multiply"), [(None, 4), (None, 4)])
    add("layer", layers.Average(name="average"), [(None, 4), (None, 4)])
    add("layer", layers.Maximum(name="maximum"), [(None, 4), (None, 1)])
    add("layer", layers.Minimum(name="minimum"), [(None, 2, 4), (None, 2, 4)])
    add("layer", layers.Concatenate(name="concat"), [(None, 4), (None, 3)])
    add("layer", layers.Concatenate(axis=1, name="concat1"), [(None, 4, 2), (None, 3, 2)])
    add("layer", layers.Dot(axes=1, normalize=True, name="dot"), [(None, 4), (None, 4)])
    add("layer", layers.Dot(axes=(2, 1), name="dots"), [(None, 2, 4), (None, 4, 3)])
    add("layer", layers.MaxPooling2D(name="max"))
    add("layer", layers.MaxPooling2D((3, 2), 1, "same", "channels_first", name="max_all"))
    add("layer", layers.AveragePooling2D((3, 2), (1, 2), "same", name="average"))
    add("layer", layers.GlobalAveragePooling2D(keepdims=True, name="global"))
    add("layer", layers.Conv2D(4, 3, name="conv"), image)
    add(
        "layer",
        layers.Conv2D(
            4,
            (3, 2),
            padding="same",
            data_format="channels_first",
            dilation_rate=2,
            activation="relu",
            use_bias=False,
            kernel_initializer="he_normal",
            bias_initializer="ones",
            kernel_regularizer="l2",
            bias_regularizer="l1",
            kernel_constraint=con.MaxNorm(axis=[0, 1, 2]),
            bias_constraint="non_neg",
            name="conv_all",
        ),
        image,
    )
    add("layer", layers.LayerNormalization(name="norm"), (None, 4, 5))
    add(
        "layer",
        layers.LayerNormalization(
            axis=[1, 2],
            epsilon=0.01,
            center=False,
            scale=False,
            rms_scaling=True,
            beta_initializer="ones",
            gamma_initializer="zeros",
            beta_regularizer="l1",
            gamma_regularizer="l2",
            beta_constraint="non_neg",
            gamma_constraint="non_neg",
            name="norm_all",
        ),
        (None, 4, 5),
    )
    add("layer", layers.BatchNormalization(name="batch"), (None, 4, 5))
    add(
        "layer",
        layers.BatchNormalization(
            axis=1,
            momentum=0.9,
            epsilon=0.01,
            center=False,
            scale=False,
            beta_initializer="ones",
            gamma_initializer="zeros",
            moving_mean_initializer="ones",
            moving_variance_initializer="zeros",
            beta_regularizer="l1",
            gamma_regularizer="l2",
            beta_constraint="non_neg",
            gamma_constraint="non_neg",
            renorm_momentum=0.5,
            trainable=False,
            name="batch_all",
        ),
        (None, 4, 5),
    )
    add("layer", layers.Normalization(name="normal"), (None, 4))
    add("layer", layers.Normalization(axis=None, invert=True, name="all"), (None, 4))
    add("layer", layers.Normalization(axis=(1, 2), mean=1.0, variance=2.0, name="given"), (None, 4, 3))
    add("layer", layers.Normalization(mean=[1.0, 2.0], variance=[2.0, 0.5], name="lists"), (None, 2))
    add("layer", layers.Embedding(10, 4, name="embed"), (None, 3))
    add(
        "layer",
        layers.Embedding(
            10, 4, "normal", "l2", "unit_norm", trainable=False, name="embed_all"
        ),
        (None, 3),
    )
    write("configs", {"cases": cases})


def values():
    """What single layers compute, and the gradients of a weighted sum of their outputs."""
    rng = np.random.default_rng(5)
    image, first = (6, 5, 3), (3, 6, 5)
    cases = []

    def add(layer, shape, inputs=None, training=False):
        layer.build((None, *shape))
        weights = [
            rng.normal(0, 0.7, v.shape).astype(np.float32) for v in layer.trainable_variables
        ]
        for v in layer.non_trainable_variables:
            if v.dtype == "float32":
                v.assign(rng.uniform(0.5, 2.0, v.shape))
        if isinstance(layer, layers.Normalization):
            layer.finalize_state()
        others = [v.value for v in layer.non_trainable_variables]
        x = inputs if inputs is not None else rng.normal(0, 1, (3, *shape))
        x = np.asarray(x, np.float32)

        def call(weights, x):
            kwargs = {"training": training} if layer._call_has_training_arg else {}
            return layer.stateless_call(weights, others, x, **kwargs)

        y, updated = call(weights, x)
        cotangent = rng.normal(0, 1, y.shape).astype(np.float32)
        of_weights, of_x = jax.grad(
            lambda w, x: jax.numpy.sum(call(w, x)[0] * cotangent), (0, 1)
        )(weights, x)
        cases.append(
            {
                "serialized": keras.saving.serialize_keras_object(layer),
                "input_shape": list(shape),
                "output_shape": list(y.shape[1:]),
                "training": training,
                "weights": [flat(w) for w in weights + others if w.dtype == np.float32],
                "x": flat(x),
                "y": flat(y),
                "cotangent": flat(cotangent),
                "weight_gradients": [flat(g) for g in of_weights],
                "updated": [flat(v) for v in updated if v.dtype == np.float32],
                "input_gradient": flat(of_x),
            }
        )

    kinks = [[-2.0, -1, 0, 0.5, 1, 1.5, 2, 3, 6, 7]]
    for relu in [
        layers.ReLU(),
        layers.ReLU(6),
        layers.ReLU(3),
        layers.ReLU(3, 0.1),
        layers.ReLU(6, 0.2, 1.5),
        layers.ReLU(negative_slope=0.3),
        layers.ReLU(negative_slope=0.3, threshold=1.0),
        layers.LeakyReLU(),
        layers.LeakyReLU(0.1),
        layers.ELU(),
        layers.ELU(0.5),
    ]:
        add(relu, (10,), kinks * 3)
    add(layers.Softmax(), (2, 4))
    add(layers.Softmax(1), (2, 4))
    add(layers.Softmax((1, 2)), (2, 4, 2))
    add(layers.Softmax([-2]), (2, 4, 2))
    add(layers.Reshape((3, -1)), (2, 6))
    add(layers.Rescaling(0.5, -1), (2, 3))
    add(layers.Rescaling([0.5, 2.0], 3.0), (3, 2))
    for pooling in [layers.MaxPooling2D, layers.AveragePooling2D]:
        add(pooling((2, 2)), image)
        add(pooling(3, 2, "same"), image)
        add(pooling((3, 2), 1, "same", "channels_first"), first)
        add(pooling((2, 3), (1, 2), data_format="channels_first"), first)
        add(pooling(2, 1), (4, 4, 2), rng.integers(0, 3, (3, 4, 4, 2)))
        add(pooling(2, 3, "same"), (7, 5, 2))
    add(layers.GlobalAveragePooling2D(), image)
    add(layers.GlobalAveragePooling2D("channels_first", True), first)
    add(layers.Conv2D(4, 3), image)
    add(layers.Conv2D(4, 1, activation="tanh"), image)
    add(layers.Conv2D(4, 1, data_format="channels_first"), first)
    add(layers.Conv2D(2, (3, 2), 2, "same", use_bias=False, activation="gelu"), image)
    add(layers.Conv2D(2, (3, 2), (2, 1), activation="relu"), image)
    add(layers.Conv2D(2, (5, 4), padding="SAME", dilation_rate=(2, 1)), image)
    add(layers.Conv2D(2, 2, dilation_rate=2, activation="softmax"), image)
    add(layers.Conv2D(4, 3, data_format="channels_first", activation="softmax"), first)
    add(layers.Conv2D(4, 3, 3, "same", "channels_first", activation="silu"), first)
    add(layers.LayerNormalization(), (4, 5))
    add(layers.LayerNormalization(epsilon=0.1, center=False), (4, 5))
    add(layers.LayerNormalization(axis=[1, 2], scale=False), (4, 5))
    add(layers.LayerNormalization(axis=1), (4, 5))
    add(layers.LayerNormalization(axis=[-3, -2]), (2, 3, 2))
    add(layers.LayerNormalization(rms_scaling=True), (4, 5))
    for training in [True, False]:
        add(layers.BatchNormalization(), (4,), training=training)
        add(layers.BatchNormalization(momentum=0.8, epsilon=0.1), image, training=training)
        add(layers.BatchNormalization(axis=1, center=False), first, training=training)
        add(layers.BatchNormalization(axis=-2, scale=False), image, training=training)
        add(layers.BatchNormalization(trainable=False), (4,), training=training)
    add(layers.Normalization(), (4,))
    add(layers.Normalization(), (3, 4))
    add(layers.Normalization(axis=1, invert=True), (3, 4))
    add(layers.Normalization(axis=[1, 2]), (3, 4))
    add(layers.Normalization(axis=None), (3, 4))
    add(layers.Normalization(mean=1.5, variance=2.0), (3, 4))
    add(layers.Normalization(mean=[1.0, 2, 3, 4], variance=[4.0, 3, 0, 1]), (3, 4))
    add(layers.Normalization(axis=[1, 2], mean=[1.0, 2], variance=[0.5, 1]), (3, 2))
    add(layers.Normalization(axis=1, mean=[1.0, 2], variance=[0.5, 1], invert=True), (2, 3))
    write("values", {"cases": cases})


def identifiers():
    def table(module, names):
        return {
            name: keras.saving.serialize_keras_object(module.get(name))
            for name in sorted(names)
        }

    src = keras.src
    ini = set(src.initializers.ALL_OBJECTS_DICT)
    ini -= {"Initializer", "initializer", "STFT", "stft", "STFTInitializer"}
    ini -= {"Constant", "constant"}
    reg = set(src.regularizers.ALL_OBJECTS_DICT) - {"Regularizer", "regularizer"}
    con = set(src.constraints.ALL_OBJECTS_DICT) - {"Constraint", "constraint"}
    write(
        "identifiers",
        {
            "initializer": table(keras.initializers, ini),
            "regularizer": table(keras.regularizers, reg),
            "constraint": table(keras.constraints, con),
        },
    )


def regularizers():
    rng = np.random.default_rng(2)
    reg = keras.regularizers
    cases = []
    for obj, shape in [
        (reg.L1(0.3), (3, 4)),
        (reg.L2(0.2), (2, 3, 2)),
        (reg.L1L2(0.1, 0.2), (5,)),
        (reg.L1L2(), (5,)),
        (reg.OrthogonalRegularizer(0.3), (3, 4)),
        (reg.OrthogonalRegularizer(0.3, "columns"), (3, 4)),
    ]:
        w = rng.normal(0, 1, shape).astype(np.float32)
        w.ravel()[1] = 0.0
        penalty, gradient = jax.value_and_grad(obj)(w)
        cases.append(
            {
                "serialized": keras.saving.serialize_keras_object(obj),
                "shape": list(shape),
                "weight": flat(w),
                "penalty": float(penalty),
                "gradient": flat(gradient),
            }
        )
    write("regularizers", {"cases": cases})


def constraints():
    rng = np.random.default_rng(3)
    con = keras.constraints
    cases = []
    for obj, shape in [
        (con.MaxNorm(1.0), (3, 4)),
        (con.MaxNorm(1.0, axis=1), (3, 4)),
        (con.MaxNorm(1.5, axis=[0, 1]), (2, 3, 4)),
        (con.MaxNorm(1.0, axis=[0, -1]), (2, 3, 4)),
        (con.MaxNorm(0.5), (4,)),
        (con.NonNeg(), (3, 4)),
        (con.UnitNorm(), (3, 4)),
        (con.UnitNorm(axis=-1), (2, 3, 4)),
        (con.MinMaxNorm(0.5, 1.0), (3, 4)),
        (con.MinMaxNorm(3.0, 4.0, 0.7, axis=1), (3, 4)),
    ]:
        w = rng.normal(0, 1, shape).astype(np.float32)
        cases.append(
            {
                "serialized": keras.saving.serialize_keras_object(obj),
                "shape": list(shape),
                "weight": flat(w),
                "projected": flat(obj(w)),
            }
        )
    write("constraints", {"cases": cases})


def fans():
    cases = []
    for shape, i, o in [
        ((), None, None),
        ((7,), None, None),
        ((3, 4), None, None),
        ((5, 3, 4), None, None),
        ((2, 5, 3, 4), None, None),
        ((2, 5, 3, 4), [0, 2], [1, -1]),
        ((2, 5, 3, 4), [0], None),
    ]:
        cases.append(
            {
                "shape": list(shape),
                "input_axes": i,
                "output_axes": o,
                "fans": list(compute_fans(shape, i, o)),
            }
        )
    write("fans", {"cases": cases})


def networks():
    rng = np.random.default_rng(4)
    cases = []
    for stack in [
        [keras.Input((6,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")],
        [keras.Input((4, 3)), layers.Dense(5, "tanh"), layers.Dropout(0.5), layers.Dense(2)],
        [
            keras.Input((8, 7, 2)),
            layers.Rescaling(0.5),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(5, 2, padding="same", activation="silu"),
            layers.AveragePooling2D(2, 1),
            layers.LayerNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.LeakyReLU(),
            layers.Dense(2),
        ],
        [
            keras.Input((2, 3, 2)),
            layers.Flatten(data_format="channels_first"),
            layers.Dense(4, "gelu", use_bias=False),
            layers.Activation("sigmoid"),
            layers.Dense(2, "elu", trainable=False),
            layers.Dense(2),
        ],
    ]:
        model = keras.Sequential(stack, name="model")
        for v in model.variables:
            if v.path.startswith("model"):
                v.assign(rng.normal(0, 0.7, v.shape).astype(np.float32))
        x = rng.normal(0, 1, (5, *model.input_shape[1:])).astype(np.float32)
        y = rng.normal(0, 1, (5, *model.output_shape[1:])).astype(np.float32)

        def loss(trainable):
            out, _ = model.stateless_call(
                trainable, [v.value for v in model.non_trainable_variables], x, training=False
            )
            return keras.ops.sum(keras.ops.mean(keras.ops.square(out - y), axis=-1))

        value, gradients = jax.value_and_grad(loss)(
            [v.value for v in model.trainable_variables]
        )
        cases.append(
            {
                "input_shape": list(model.input_shape[1:]),
                "output_shape": list(model.output_shape[1:]),
                "layers": [keras.saving.serialize_keras_object(l) for l in model.layers],
                "weights": [flat(w.value) for w in model.weights],
                "paths": [w.path for w in model.weights],
                "x": flat(x),
                "y": flat(y),
                "predictions": flat(model(x, training=False)),
                "loss": float(value),
                "gradients": [flat(g) for g in gradients],
            }
        )
    write("networks", {"cases": cases})


if __name__ == "__main__":
    activations()
    configs()
    values()
    identifiers()
    regularizers()
    constraints()
    fans()
    networks()
