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
    write("configs", {"cases": cases})


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


activations()
configs()
identifiers()
regularizers()
constraints()
fans()
networks()
