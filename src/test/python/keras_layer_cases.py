"""Runs Keras's own tests of layers and writes what they call the layers with, and what comes back.

Run: python src/test/python/keras_layer_cases.py [FOLDER ...]
Output: src/test/resources/golden-layers/keras-cases-FOLDER.json

FOLDER is a folder of keras/src/layers (core, rnn, ...); "base" is the tests of the base class.
The folder of image augmentations is left out: none of its layers is there.
A case is one call from a test's own code of a layer, or of a model (calls inside of calls are not
cases), one symbolic call, one asked output shape, or one error that the test expects. Each becomes
a functional model around the layer, as Keras saves it, with weights, inputs and outputs; what this
model gives in Keras is compared with what the layer gave. Keras runs on NumPy, as it computes nothing
but outputs here, and compiling for JAX takes ten times as long (KERAS_BACKEND=jax does it). Arrays are base64 of float32, little endian.
"""

import base64
import functools
import importlib
import inspect
import json
import os
import pathlib
import re
import sys
import time
import types
import unittest
import warnings

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import keras
import numpy as np
from jax.experimental import sparse as jax_sparse
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.backend.common.stateless_scope import in_stateless_scope
from keras.src.backend.common.symbolic_scope import in_symbolic_scope
from keras.src.layers.layer import Layer
from keras.src.models import Functional
from keras.src.models import Model
from keras.src.models import Sequential
from keras.src.testing import test_case

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden-layers"
HOME = pathlib.Path(keras.__file__).parent / "src" / "layers"
LARGEST = 4000
ROWS = 2  # of an input that is known by its shape only

# What Firesteel does not build at all: their configs are recorded, without numbers.
IMAGES = "keras.src.layers.preprocessing.image_preprocessing"
UNBUILT = {
    "StringLookup", "TextVectorization", "HashedCrossing", "MelSpectrogram", "STFTSpectrogram",
    "Pipeline", "Lambda", "JaxLayer", "FlaxLayer", "TFSMLayer", "TorchModuleWrapper", "Wrapper",
    "FeatureSpace",
}  # fmt: skip


# Tests of numbers of fewer bits and of low ranks, which are not there at all.
BITS = re.compile("quantiz|lora|int4|int8|float8|fp8|gptq|awq|mixed", re.IGNORECASE)


class LeftOut(Exception):
    """A call that can't be a saved model; the text is the reason."""


class Recorder:
    def __init__(self):
        self.cases = []
        self.left_out = []
        self.seen = set()
        self.test = None
        self.depth = 0
        self.born = {}
        self.expecting = 0
        self.repeated = 0

    def add(self, case, key):
        if key in self.seen:
            self.repeated += 1
            return
        self.seen.add(key)
        self.cases.append({"test": self.test, **case})

    def leave(self, layer, reason):
        self.left_out.append({"test": self.test, "layer": layer, "reason": reason})


RECORD = Recorder()


def text(array):
    numbers = np.asarray(array, np.float32)
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode()


def is_array(x):
    return isinstance(x, (np.ndarray, jax.Array)) and not isinstance(x, jax.core.Tracer)


def is_numbers(x):
    return (
        isinstance(x, (list, tuple))
        and len(x) > 0
        and all(is_numbers(e) or isinstance(e, (int, float, bool)) for e in x)
    )


def arrays_of(tree, found):
    """The arrays of arguments, in order; lists of numbers are arrays, too."""
    if is_array(tree) or isinstance(tree, KerasTensor):
        found.append(tree)
    elif isinstance(tree, keras.Variable):
        found.append(np.asarray(tree))
    elif isinstance(tree, jax_sparse.JAXSparse):
        raise LeftOut("sparse tensors")
    elif isinstance(tree, jax.core.Tracer):
        raise LeftOut("traced")
    elif is_numbers(tree):
        found.append(np.array(tree))
    elif isinstance(tree, (list, tuple)):
        for each in tree:
            arrays_of(each, found)
    elif isinstance(tree, dict):
        for each in tree.values():
            arrays_of(each, found)
    return found


def replace(tree, tensors):
    """The arguments with the next tensors in the places of the arrays."""
    if is_array(tree) or isinstance(tree, (KerasTensor, keras.Variable)) or is_numbers(tree):
        return next(tensors)
    if isinstance(tree, list):
        return [replace(each, tensors) for each in tree]
    if isinstance(tree, tuple):
        return tuple(replace(each, tensors) for each in tree)
    if isinstance(tree, dict):
        return {key: replace(each, tensors) for key, each in tree.items()}
    return tree


def dtype_of(array):
    name = keras.backend.standardize_dtype(array.dtype)
    return "float32" if name.startswith(("float", "bfloat")) else name


def is_own(layer):
    return not type(layer).__module__.startswith("keras.src.layers.") or (
        type(layer).__module__.endswith("_test")
    )


def is_unbuilt(cls):
    return cls.__module__.startswith(IMAGES) or cls.__name__ in UNBUILT


def config_of(layer):
    config = keras.saving.serialize_keras_object(layer)
    if hasattr(layer, "get_vocabulary") and layer.built:
        inner = config["config"]
        if inner.get("vocabulary") is None and inner.get("max_tokens") is None:
            vocabulary = layer.get_vocabulary(include_special_tokens=False)
            if len(vocabulary) > 0:
                inner["vocabulary"] = [int(v) for v in vocabulary]
    json.dumps(config)
    return config


def nameless(config):
    """A config as a text without names, by which repetitions are known."""

    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k not in ("name", "build_config")}
        if isinstance(value, (list, tuple)):
            return [strip(v) for v in value]
        return value

    return json.dumps(strip(config), sort_keys=True, default=str)


def plain(layer, kwargs):
    """The arguments without those that say nothing, and what training was."""
    training = kwargs.pop("training", None)
    for key in ("mask", "initial_state", "return_attention_scores", "use_causal_mask"):
        if key in kwargs and (kwargs[key] is None or kwargs[key] is False):
            kwargs.pop(key)
    return training


def saved(layer, config, args, kwargs, arrays):
    """A functional model of one call of a layer that is made anew from its config."""
    keras.backend.clear_session(free_memory=False)
    if any(len(a.shape) == 0 for a in arrays):
        raise LeftOut("inputs without rows")
    inputs = [
        keras.Input(batch_shape=(None, *a.shape[1:]), dtype=dtype_of(a), name=f"input_{i}")
        for i, a in enumerate(arrays)
    ]
    clone = keras.saving.deserialize_keras_object(config)
    tensors = iter(inputs)
    new_args, new_kwargs = replace(args, tensors), replace(kwargs, tensors)
    return inputs, clone, clone(*new_args, **new_kwargs)


def through_masking(args, kwargs):
    """The inputs with values that Masking finds, so that they carry the masks of the call.

    None where that can't be: the masks are not of the steps of the inputs.
    """
    masks = kwargs.get("mask")
    if masks is None or len(args) != 1:
        return None
    inputs = args[0] if isinstance(args[0], list) else [args[0]]
    masks = masks if isinstance(masks, list) else [masks]
    if len(inputs) < len(masks) or not all(is_array(x) for x in inputs):
        return None
    carried = []
    for x, mask in zip(inputs, [*masks, *[None] * len(inputs)]):
        if mask is not None:
            mask = np.asarray(mask)
            if x.ndim < 3 or mask.dtype != bool or mask.shape != x.shape[:2]:
                return None
            x = np.asarray(x, np.float32)
            x = np.where(mask.reshape(mask.shape + (1,) * (x.ndim - 2)), x, np.float32(-77))
        carried.append((x, mask is not None))
    return carried


def weights_of(model):
    """The weights without counters, as that of Normalization, which are no variables here."""
    return [np.array(w) for w in model.weights if keras.backend.is_float_dtype(w.dtype)]


def numbers(layer, config, args, kwargs, training, outputs, weights):
    """The case of a call with numbers."""
    arrays = arrays_of([args, kwargs], [])
    if not arrays:
        raise LeftOut("no inputs")
    masked = through_masking(args, kwargs)
    if masked is not None:
        rest = {k: v for k, v in kwargs.items() if k != "mask"}
        arrays = [*[x for x, _ in masked], *arrays_of([rest], [])]
        inputs = [keras.Input(batch_shape=(None, *a.shape[1:])) for a in arrays]
        clone = keras.saving.deserialize_keras_object(config)
        carried = [
            keras.layers.Masking(mask_value=-77.0)(tensor) if has_mask else tensor
            for tensor, (_, has_mask) in zip(inputs, masked)
        ]
        first = carried if isinstance(args[0], list) else carried[0]
        out = clone(first, **replace(rest, iter(inputs[len(masked) :])))
    else:
        inputs, clone, out = saved(layer, config, args, kwargs, arrays)
    if any(getattr(a, "_keras_mask", None) is not None for a in arrays) and masked is None:
        raise LeftOut("a mask that came with an input from a call before")
    rows = {a.shape[0] for a in arrays}
    if len(rows) != 1:
        raise LeftOut("inputs of different numbers of rows")
    model = keras.Model(inputs, out, name="case")
    clone.set_weights(weights)
    results = keras.tree.flatten(outputs)
    mine = keras.tree.flatten(model([np.asarray(a) for a in arrays], training=False))
    case = {"training": training} if training is not None else {}
    if any(r.ndim == 0 or r.shape[0] != next(iter(rows)) for r in results):
        raise LeftOut("outputs without rows")
    same = all(
        m.shape == r.shape and np.allclose(m, r, 1e-5, 1e-5, equal_nan=True)
        for m, r in zip(mine, results)
    )
    case["model"] = json.loads(model.to_json())
    case["rows"] = int(next(iter(rows)))
    case["output_shapes"] = [list(r.shape) for r in results]
    everything = [*arrays, *weights, *results]
    if not same:
        case["kind"] = "training" if training else "other in a saved model"
    elif any(a.size > LARGEST for a in everything):
        case["kind"] = "large"
    elif any(
        not keras.backend.is_float_dtype(dtype_of(a)) and a.size and np.abs(np.asarray(a, np.int64)).max() > 2**24
        for a in arrays
    ):
        case["kind"] = "numbers above 2^24"
    else:
        case["kind"] = "values"
        case["weights"] = [text(w) for w in weights_of(model)]
        case["inputs"] = [text(a) for a in arrays]
        case["outputs"] = [text(r) for r in results]
    return case


def call_case(layer, args, kwargs, outputs, weights):
    kwargs = dict(kwargs)
    args = list(args)
    parameters = list(inspect.signature(layer.call).parameters)
    if len(args) == 2 and parameters[1:2] == ["mask"]:
        kwargs["mask"] = args.pop()
    training = plain(layer, kwargs)
    name = type(layer).__name__
    config = config_of(layer)
    arrays = arrays_of([args, kwargs], [])
    symbolic = any(isinstance(a, KerasTensor) for a in arrays)
    if symbolic:
        shapes = [list(o.shape) for o in keras.tree.flatten(outputs) if hasattr(o, "shape")]
        shape_case(layer, config, args, kwargs, arrays, shapes)
        return
    case = {"layer": name, **numbers(layer, config, args, kwargs, training, outputs, weights)}
    key = nameless([config, case["kind"], case.get("inputs"), case["output_shapes"], case.get("outputs")])
    RECORD.add(case, key)


def shape_case(layer, config, args, kwargs, arrays, shapes):
    """The case of a call of which only shapes are known."""
    if any(getattr(a, "sparse", False) for a in arrays):
        raise LeftOut("sparse tensors")
    if any(getattr(a, "ragged", False) for a in arrays):
        raise LeftOut("ragged tensors")
    inputs, clone, out = saved(layer, config, args, kwargs, arrays)
    model = keras.Model(inputs, out, name="case")
    mine = [list(o.shape)[1:] for o in keras.tree.flatten(out)]
    if mine != [s[1:] for s in shapes]:
        raise LeftOut("other shapes in a saved model")
    case = {
        "layer": type(layer).__name__,
        "kind": "shape",
        "model": json.loads(model.to_json()),
        "output_shapes": [[None, *s] for s in mine],
    }
    key = nameless([config, [str(a.shape) for a in arrays], str(kwargs.keys()), mine, "shape"])
    RECORD.add(case, key)


def model_case(model, inputs, outputs):
    """The case of a model that a test of layers makes."""
    if not isinstance(model, (Functional, Sequential)):
        raise LeftOut("a model of the test's own class")
    config = json.loads(model.to_json())
    arrays = arrays_of([inputs], [])
    results = [np.asarray(r) for r in keras.tree.flatten(outputs)]
    if any(isinstance(a, KerasTensor) for a in arrays):
        raise LeftOut("a model called symbolically")
    for other in model._flatten_layers(include_self=False):
        if is_own(other) and not isinstance(other, (Functional, Sequential)):
            raise LeftOut("a layer of the test's own class")
    rows = {a.shape[0] for a in [*arrays, *results] if a.ndim}
    if len(rows) != 1:
        raise LeftOut("inputs of different numbers of rows")
    everything = [*arrays, *results, *model.get_weights()]
    mine = keras.tree.flatten(model(inputs, training=False))
    same = all(
        m.shape == r.shape and np.allclose(m, r, 1e-5, 1e-5, equal_nan=True)
        for m, r in zip(mine, results)
    )
    case = {
        "layer": type(model).__name__,
        "kind": "values",
        "model": config,
        "rows": int(next(iter(rows))),
        "output_shapes": [list(r.shape) for r in results],
    }
    if not same:
        case["kind"] = "training"
    elif any(a.size > LARGEST for a in everything):
        case["kind"] = "large"
    else:
        case["weights"] = [text(w) for w in weights_of(model)]
        case["inputs"] = [text(a) for a in arrays]
        case["outputs"] = [text(r) for r in results]
    RECORD.add(case, nameless([config, case.get("inputs"), case.get("outputs")]))


def by_hand(layer_config, args, kwargs, arrays):
    """A functional model's config around a call that Keras refuses, so that it can't write it."""
    layers, names = [], []
    for i, array in enumerate(arrays):
        names.append(f"input_{i}")
        layers.append(
            {
                "module": "keras.layers",
                "class_name": "InputLayer",
                "config": {
                    "batch_shape": [None, *[None if n is None else int(n) for n in array.shape[1:]]],
                    "dtype": dtype_of(array),
                    "sparse": False,
                    "name": names[i],
                },
                "registered_name": None,
                "name": names[i],
                "inbound_nodes": [],
            }
        )
    tensors = iter(
        {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": layer["config"]["batch_shape"],
                "dtype": layer["config"]["dtype"],
                "keras_history": [layer["name"], 0, 0],
            },
        }
        for layer in layers
    )
    node = {"args": replace(list(args), tensors), "kwargs": replace(kwargs, tensors)}
    json.dumps(node)
    named = {**layer_config, "name": "refused", "inbound_nodes": [node]}
    named["config"] = {**named["config"], "name": "refused"}
    return {
        "module": "keras",
        "class_name": "Functional",
        "config": {
            "name": "case",
            "trainable": True,
            "layers": [*layers, named],
            "input_layers": [[n, 0, 0] for n in names],
            "output_layers": [["refused", 0, 0]],
        },
        "registered_name": "Functional",
    }


class Shaped:
    """What is known of an input by its shape only."""

    def __init__(self, shape):
        self.shape = tuple(shape)
        self.dtype = "float32"


def tensors_of_shape(shape):
    if isinstance(shape, dict):
        return [t for s in shape.values() for t in tensors_of_shape(s)]
    if isinstance(shape, (list, tuple)) and any(isinstance(s, (list, tuple)) for s in shape):
        return [KerasTensor(s) for s in shape]
    return [KerasTensor(tuple(shape))]


def error_case(layer, stage, args, kwargs, error):
    """The case of a call or of an asked shape that Keras refuses."""
    if is_unbuilt(type(layer)):
        RECORD.leave(type(layer).__name__, "a layer that is not built")
        return
    if is_own(layer):
        raise LeftOut("a layer of the test's own class")
    kwargs = dict(kwargs)
    plain(layer, kwargs)
    config = config_of(layer)
    arrays = arrays_of([args, kwargs], [])
    if any(len(a.shape) == 0 for a in arrays):
        raise LeftOut("inputs without rows")
    case = {
        "layer": type(layer).__name__,
        "kind": "error",
        "stage": stage,
        "error": type(error).__name__,
        "model": by_hand(config, args, kwargs, arrays),
    }
    RECORD.add(case, nameless(case))


def constructor_case(layer, error):
    cls, args, kwargs = RECORD.born[id(layer)][1:]
    if is_unbuilt(cls):
        RECORD.leave(cls.__name__, "a layer that is not built")
        return
    if is_own(layer):
        raise LeftOut("a layer of the test's own class")
    bound = inspect.signature(cls.__init__).bind_partial(layer, *args, **kwargs).arguments
    config = {k: v for k, v in bound.items() if k not in ("self", "kwargs")}
    config.update(bound.get("kwargs", {}))
    try:
        config = {k: keras.saving.serialize_keras_object(v) for k, v in config.items()}
        json.dumps(config)
    except Exception:
        raise LeftOut("constructor arguments that no config can hold")
    serialized = {
        "module": "keras.layers",
        "class_name": cls.__name__,
        "config": config,
        "registered_name": None,
    }
    case = {
        "layer": cls.__name__,
        "kind": "error",
        "stage": "constructor",
        "error": type(error).__name__,
        "model": by_hand(serialized, [KerasTensor((None, 4))], {}, [KerasTensor((None, 4))]),
    }
    RECORD.add(case, nameless(case))


def guarded(layer, work):
    """Records without disturbing the test, whatever becomes of it."""
    RECORD.depth += 1
    state = dict(keras.src.backend.common.global_state.GLOBAL_STATE_TRACKER.__dict__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            work()
    except LeftOut as reason:
        if str(reason) != "traced":
            RECORD.leave(type(layer).__name__, str(reason))
    except Exception as e:
        RECORD.leave(type(layer).__name__, f"not as a saved model: {type(e).__name__}")
        if os.environ.get("CASES_DEBUG"):
            print(RECORD.test, type(layer).__name__, type(e).__name__, str(e)[:300])
    finally:
        tracker = keras.src.backend.common.global_state.GLOBAL_STATE_TRACKER.__dict__
        tracker.clear()
        tracker.update(state)
        RECORD.depth -= 1


def recorded_call(self, *args, **kwargs):
    if RECORD.depth or RECORD.test is None or in_stateless_scope() or in_symbolic_scope():
        return CALL(self, *args, **kwargs)
    RECORD.depth += 1
    before = None
    try:
        if self.built:
            before = [np.array(w) for w in self.weights]
    except Exception:
        before = None
    try:
        outputs = CALL(self, *args, **kwargs)
    except Exception as e:
        if RECORD.expecting and not isinstance(self, Model):
            if before:
                RECORD.leave(type(self).__name__, "an error of a layer built for other inputs")
            else:
                guarded(self, lambda: error_case(self, "call", args, kwargs, e))
            e._recorded = True
        raise
    finally:
        RECORD.depth -= 1

    def work():
        if isinstance(self, Model):
            model_case(self, args[0], outputs)
        elif is_unbuilt(type(self)):
            unbuilt_case(self)
        elif is_own(self):
            raise LeftOut("a layer of the test's own class")
        else:
            weights = before
            if weights is None:
                weights = [np.array(w) for w in self.weights]
            call_case(self, args, kwargs, outputs, weights)

    guarded(self, work)
    return outputs


def unbuilt_case(layer):
    """One case a class: that it is refused by its name."""
    cls = type(layer)
    key = f"unbuilt {cls.__name__}"
    if key in RECORD.seen:
        RECORD.leave(cls.__name__, "a layer that is not built")
        return
    tensor = KerasTensor((None, 4))
    config = {
        "module": "keras.layers",
        "class_name": cls.__name__,
        "config": {},
        "registered_name": None,
    }
    case = {"layer": cls.__name__, "kind": "shape", "output_shapes": []}
    case["model"] = by_hand(config, [tensor], {}, [tensor])
    RECORD.add(case, key)


def recorded_predict(self, x, *args, **kwargs):
    if RECORD.depth or RECORD.test is None:
        return PREDICT(self, x, *args, **kwargs)
    RECORD.depth += 1
    try:
        outputs = PREDICT(self, x, *args, **kwargs)
    finally:
        RECORD.depth -= 1
    guarded(self, lambda: model_case(self, x, outputs))
    return outputs


def recorded_new(cls, *args, **kwargs):
    instance = NEW(cls, *args, **kwargs)
    RECORD.born[id(instance)] = (instance, cls, args, kwargs)
    return instance


def with_shapes(original):
    @functools.wraps(original)
    def compute_output_shape(self, *args, **kwargs):
        outside = RECORD.depth == 0 and RECORD.test is not None
        if not outside or in_stateless_scope() or in_symbolic_scope():
            return original(self, *args, **kwargs)
        RECORD.depth += 1
        try:
            shape = original(self, *args, **kwargs)
        except Exception as e:
            if RECORD.expecting and not isinstance(self, Model):
                found = tensors_of_shape(args[0]) if args else []
                call = [found[0] if len(found) == 1 else found]
                guarded(self, lambda: error_case(self, "shape", call, {}, e))
                e._recorded = True
            raise
        finally:
            RECORD.depth -= 1

        def work():
            if isinstance(self, Model) or kwargs or len(args) != 1:
                return
            if is_unbuilt(type(self)):
                unbuilt_case(self)
                return
            if is_own(self):
                raise LeftOut("a layer of the test's own class")
            found = tensors_of_shape(args[0])
            call = [found[0] if len(found) == 1 else found]
            shapes = [shape] if not shape or not isinstance(shape[0], (list, tuple)) else shape
            shape_case(self, config_of(self), call, {}, found, [list(s) for s in shapes])

        guarded(self, work)
        return shape

    return compute_output_shape


CONTEXT = unittest.case._AssertRaisesContext
ENTER, EXIT = CONTEXT.__enter__, CONTEXT.__exit__
CALL, NEW, PREDICT = Layer.__call__, Layer.__new__, Model.predict


def entered(self):
    RECORD.expecting += 1
    return ENTER(self)


def left(self, exc_type, exc_value, tb):
    RECORD.expecting -= 1
    if exc_value is not None and not getattr(exc_value, "_recorded", False) and RECORD.test:
        refused(exc_value, tb)
    return EXIT(self, exc_type, exc_value, tb)


def refused(error, tb):
    """Finds in the trace whether a constructor or a build refused."""
    while tb is not None:
        frame = tb.tb_frame
        layer = frame.f_locals.get("self")
        name = frame.f_code.co_name
        if isinstance(layer, Layer) and not isinstance(layer, Model):
            if name == "__init__" and id(layer) in RECORD.born:
                guarded(layer, lambda: constructor_case(layer, error))
                return
            if name == "build" and "input_shape" in frame.f_locals:
                found = tensors_of_shape(frame.f_locals["input_shape"])
                call = [found[0] if len(found) == 1 else found]
                guarded(layer, lambda: error_case(layer, "build", call, {}, error))
                return
            RECORD.leave(type(layer).__name__, f"an error of {name}, which no saved model calls")
            return
        tb = tb.tb_next
    RECORD.leave("", "an error of no layer")


def hook():
    Layer.__call__ = recorded_call
    Layer.__new__ = recorded_new
    Model.predict = recorded_predict
    CONTEXT.__enter__, CONTEXT.__exit__ = entered, left
    for cls in {c for c in vars(keras.layers).values() if inspect.isclass(c)}:
        if issubclass(cls, Layer):
            for each in cls.__mro__:
                own = vars(each).get("compute_output_shape")
                if each is not Layer and own is not None and not hasattr(own, "_original"):
                    wrapped = with_shapes(own)
                    wrapped._original = own
                    each.compute_output_shape = wrapped
    run = test_case.TestCase.run_layer_test

    def short(self, *args, **kwargs):
        # The training step and the half precision are not calls of the layer's own.
        kwargs["run_training_check"] = False
        kwargs["run_mixed_precision_check"] = False
        return run(self, *args, **kwargs)

    test_case.TestCase.run_layer_test = short


def stand_ins():
    """What Keras's tests ask of pytest, and of a file that its wheel has not, by unittest."""

    def skip(reason="", **kwargs):
        raise unittest.SkipTest(reason)

    def imported(name, reason=""):
        try:
            return importlib.import_module(name)
        except ImportError:
            return skip(f"{name} is not there")

    pytest = types.ModuleType("pytest")
    pytest.skip = skip
    pytest.importorskip = imported
    pytest.mark = types.SimpleNamespace(
        skipif=lambda condition, reason="": unittest.skipIf(condition, reason),
        xfail=lambda *args, **kwargs: lambda test: test,
        requires_trainable_backend=unittest.skipIf(
            keras.backend.backend() == "numpy", "it trains"
        ),
    )
    conftest = types.ModuleType("conftest")
    conftest.skip_if_backend = lambda name, reason: unittest.skipIf(
        name == keras.backend.backend(), reason
    )
    sys.modules["pytest"], sys.modules["conftest"] = pytest, conftest


class NoTensorFlow(types.ModuleType):
    """What tests import of TensorFlow: one that uses it is skipped."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unittest.SkipTest("TensorFlow is not there")


def module_of(name):
    sys.modules["tensorflow"] = NoTensorFlow("tensorflow")
    sys.modules["tensorflow"].data = NoTensorFlow("data")
    try:
        return importlib.import_module(name)
    except ImportError as e:
        print(e)
        return None
    finally:
        del sys.modules["tensorflow"]


class Results(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        np.random.seed(1)
        keras.utils.set_random_seed(1)
        RECORD.test = ".".join(test.id().split(".")[-3:])
        RECORD.expecting = RECORD.depth = 0

    def addError(self, test, error):
        if isinstance(error[1], ImportError):
            self.addSkip(test, str(error[1]))
        else:
            super().addError(test, error)

    def stopTest(self, test):
        RECORD.test = None
        RECORD.born.clear()
        super().stopTest(test)


def without(value, keys):
    """The same without some keys of dictionaries."""
    if isinstance(value, dict):
        return {k: without(v, keys) for k, v in value.items() if k not in keys}
    if isinstance(value, list):
        return [without(v, keys) for v in value]
    return value


def slim(cases):
    """The cases without what no test reads, and without shapes that a case of values shows, too."""
    shown = set()
    kept = []
    for case in cases:
        case["model"] = without(case["model"], {"build_config", "compile_config"})
    for case in sorted(cases, key=lambda case: case["kind"] == "shape"):
        config = without(case["model"], {"name", "keras_history", "input_layers", "output_layers"})
        shapes = [shape[1:] for shape in case.get("output_shapes", [])]
        key = json.dumps([config, shapes, case["kind"] == "error"])
        if case["kind"] == "shape" and key in shown:
            continue
        shown.add(key)
        kept.append(case)
    return kept


def write(path, content):
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in content["cases"])
    head = json.dumps({k: v for k, v in content.items() if k != "cases"})
    path.write_text(head[:-1] + ', "cases": [\n' + lines + "\n]}\n")


def record(folder):
    global RECORD
    RECORD = Recorder()
    results = Results()
    bits = 0
    base = HOME if folder == "base" else HOME / folder
    for file in sorted(base.glob("*_test.py")):
        parts = file.relative_to(HOME.parent).with_suffix("").parts
        module = module_of(".".join(("keras", "src", *parts)))
        if module is None:
            RECORD.leave("", "a test module that imports what is not there")
            continue
        for test in tests_of(unittest.defaultTestLoader.loadTestsFromModule(module)):
            if BITS.search(test.id()):
                bits += 1
            else:
                test.run(results)
        print(time.strftime("%X"), parts, results.testsRun, len(RECORD.cases), flush=True)
        save(folder, results, bits)


def tests_of(suite):
    if isinstance(suite, unittest.TestCase):
        return [suite]
    return [test for each in suite for test in tests_of(each)]


def save(folder, results, bits):
    reasons = {}
    for each in RECORD.left_out:
        reasons[each["reason"]] = reasons.get(each["reason"], 0) + 1
    cases = slim(RECORD.cases)
    content = {
        "keras": keras.__version__,
        "tests": results.testsRun,
        "of_bits": bits,
        "skipped": len(results.skipped),
        "failed": sorted(t.id().split(".", 3)[-1] for t, _ in results.failures + results.errors),
        "repeated": RECORD.repeated + len(RECORD.cases) - len(cases),
        "left_out": reasons,
        "cases": cases,
    }
    if os.environ.get("CASES_DEBUG"):
        for each in RECORD.left_out:
            print(each)
        for test, trace in results.failures + results.errors:
            print(test.id(), trace[-600:])
    path = OUT / f"keras-cases-{folder}.json"
    write(path, content)
    print(time.strftime("%X"), folder, results.testsRun, "tests,", len(cases), "cases,", content["repeated"], "again,",
          sum(reasons.values()), "left out,", len(content["failed"]), "failed,", path.stat().st_size, "bytes")  # fmt: skip


def beside():
    """Cases of what Keras's tests do not call, in the same form."""
    global RECORD
    RECORD = Recorder()
    RECORD.depth = 1  # the calls here are recorded by hand
    cells = keras.layers
    states = [3, 3, 2]
    for flags in ({}, {"return_sequences": True}, {"go_backwards": True, "return_state": True}):
        keras.utils.set_random_seed(1)
        layer = cells.RNN([cells.LSTMCell(3), cells.GRUCell(2)], **flags)
        given = [np.random.normal(size=(4, n)).astype("float32") for n in states]
        x = np.random.normal(size=(4, 5, 2)).astype("float32")
        start = [given[:2], given[2]]
        outputs = layer(x, initial_state=start)
        if "return_state" in flags:
            # A model's outputs are a flat list.
            inputs = [keras.Input((5, 2)), *[keras.Input((n,)) for n in states]]
            tensors = layer(inputs[0], initial_state=[inputs[1:3], inputs[3]])
            model = keras.Model(inputs, keras.tree.flatten(tensors), name="case")
            RECORD.test = "beside.Stacked.states"
            model_case(model, [x, *given], outputs)
        else:
            RECORD.test = "beside.Stacked.initial_state"
            weights = [np.array(w) for w in layer.weights]
            call_case(layer, [x], {"initial_state": start}, outputs, weights)
    path = OUT / "keras-cases-beside.json"
    write(path, {"keras": keras.__version__, "cases": slim(RECORD.cases)})


if __name__ == "__main__":
    stand_ins()
    hook()
    folders = sorted(p.name for p in HOME.iterdir() if p.is_dir() and list(p.glob("*_test.py")))
    for name in sys.argv[1:] or ["base", *folders, "beside"]:
        beside() if name == "beside" else record(name)
