"""Records what Keras's own tests of losses, metrics, regularizers, constraints, initializers and
activations compute: each call with its arguments and its result, as data.

    python keras_cases.py ../resources/golden-losses [losses] [metrics] [parts]

Needs pytest and Keras 3.15.1 with JAX; its wheel has the tests. A call inside another one is not recorded,
and of equal calls only the first, with the names of all tests that made it.
"""

import importlib
import inspect
import json
import os
import sys
import types
import unittest

os.environ["KERAS_BACKEND"] = "jax"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src import backend  # noqa: E402
from keras.src.constraints.constraints import Constraint  # noqa: E402
from keras.src.initializers.initializer import Initializer  # noqa: E402
from keras.src.losses.loss import Loss  # noqa: E402
from keras.src.metrics.metric import Metric  # noqa: E402
from keras.src.regularizers.regularizers import Regularizer  # noqa: E402

LARGEST = 3000  # values of one array
FILES = {
    "losses": ["losses.losses_test", "losses.loss_test"],
    "metrics": [
        "metrics.accuracy_metrics_test",
        "metrics.confusion_metrics_test",
        "metrics.correlation_metrics_test",
        "metrics.f_score_metrics_test",
        "metrics.hinge_metrics_test",
        "metrics.iou_metrics_test",
        "metrics.metric_test",
        "metrics.probabilistic_metrics_test",
        "metrics.reduction_metrics_test",
        "metrics.regression_metrics_test",
    ],
    "parts": [
        "regularizers.regularizers_test",
        "constraints.constraints_test",
        "initializers.initializer_test",
        "initializers.constant_initializers_test",
        "initializers.random_initializers_test",
        "activations.activations_test",
    ],
}
BASES = {
    "loss": Loss,
    "metric": Metric,
    "regularizer": Regularizer,
    "constraint": Constraint,
    "initializer": Initializer,
}


def conftest():
    """The module beside Keras's tests that is not in its wheel."""
    module = types.ModuleType("conftest")

    def skip_if_backend(name, reason):
        return unittest.skipIf(backend.backend() == name, reason)

    module.skip_if_backend = skip_if_backend
    return module


class Recorder:
    """The calls of one test, outermost ones only."""

    def __init__(self):
        self.depth = 0
        self.test = None
        self.cases = []
        self.sequences = {}
        self.failed = []
        self.skipped = []
        self.traced = []
        self.ran = 0

    def begin(self, test):
        self.test = test
        self.sequences = {}
        self.ran += 1

    def end(self):
        for metric, case in self.sequences.values():
            if '"unknown"' in json.dumps(case["steps"]):
                self.traced.append(self.test)
            elif case["steps"]:
                self.cases.append(case)

    def sequence(self, metric):
        if id(metric) not in self.sequences:
            case = {
                "test": self.test,
                "kind": "metric",
                "class": type(metric).__name__,
                "config": config_of(metric),
                "steps": [],
            }
            self.sequences[id(metric)] = (metric, case)
        return self.sequences[id(metric)][1]

    def add(self, **case):
        self.cases.append({"test": self.test, **case})


R = Recorder()


def number(value, dtype):
    if dtype.kind in "iub":
        return int(value)
    if not np.isfinite(value):
        return str(float(value))
    return float(str(np.float32(value)))


def plain(value):
    """Returns a value as JSON has it; arrays with their shape and type."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else str(float(value))
    if isinstance(value, backend.KerasTensor):
        return {"symbolic": list(value.shape), "dtype": value.dtype}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        try:
            array = np.array(value)
        except ValueError:
            array = np.array(None)
        if array.dtype.kind not in "iufb" or array.ndim == 0:
            return [plain(v) for v in value]
        return plain_array(array, "list")
    if callable(value) and not hasattr(value, "get_config"):
        return {"callable": getattr(value, "__name__", type(value).__name__)}
    if hasattr(value, "get_config"):
        return keras.saving.serialize_keras_object(value)
    try:
        return plain_array(np.asarray(backend.convert_to_numpy(value)), None)
    except Exception:
        return {"unknown": type(value).__name__}


def plain_array(array, of):
    dtype = array.dtype
    name = str(dtype)
    if array.size > LARGEST:
        return {"large": list(array.shape), "dtype": name}
    if name == "bfloat16":
        array = array.astype("float32")
    result = {
        "dtype": name,
        "shape": list(array.shape),
        "values": [number(v, array.dtype) for v in array.ravel()],
    }
    if of:
        result["of"] = of
    return result


def config_of(thing, whole=True):
    """Returns the config, if whole with the arguments that Keras forgets in it: Huber's delta."""
    try:
        config = keras.saving.serialize_keras_object(thing)["config"]
        forgotten = getattr(thing, "_fn_kwargs", getattr(thing, "fn_kwargs", {})) if whole else {}
        for key, value in forgotten.items():
            config.setdefault(key, plain(value))
        if whole and hasattr(thing, "gain"):
            config.setdefault("gain", thing.gain)
        return json.loads(json.dumps(config))
    except Exception:
        return None


def arguments(function, args, kwargs):
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
        return {k: v for k, v in bound.arguments.items() if k not in ("self", "cls")}
    except (TypeError, ValueError):
        return {"args": list(args), "kwargs": kwargs}


def outermost(function, record):
    """Wraps a function so that calls of tests are recorded when they return or raise."""

    def wrapper(*args, **kwargs):
        if R.depth or R.test is None:
            return function(*args, **kwargs)
        metric = isinstance(args[0], Metric) and function.__name__ == "__call__" if args else False
        given = arguments(args[0].update_state if metric else function, args[metric:], kwargs)
        told = {k: plain(v) for k, v in given.items()}
        mask = backend.get_keras_mask(given["y_pred"]) if "y_pred" in given else None
        if mask is not None:
            told["mask"] = plain(mask)
        R.depth += 1
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            R.depth -= 1
            record(args, told, {"error": type(error).__name__})
            raise
        R.depth -= 1
        record(args, told, {"result": plain(result)})
        return result

    wrapper.__name__ = getattr(function, "__name__", "call")
    wrapper.__wrapped__ = function
    return wrapper


def hook_class(cls, kind):
    """Records what objects of a class are called with, and which arguments they refuse."""

    def construct(args, told, outcome):
        if "error" in outcome:
            R.add(kind=kind, refuses=cls.__name__, arguments=told, **outcome)

    def call(args, told, outcome):
        R.add(
            kind=kind,
            **{"class": type(args[0]).__name__},
            config=config_of(args[0]),
            arguments=told,
            **outcome,
        )

    def step(name):
        def record(args, told, outcome):
            R.sequence(args[0])["steps"].append({"call": name, "arguments": told, **outcome})

        return record

    own = vars(cls)
    if "__init__" in own:
        cls.__init__ = outermost(own["__init__"], construct)
    if kind == "metric":
        for name in ("__call__", "update_state", "result", "reset_state"):
            if name in own:
                setattr(cls, name, outermost(own[name], step(name)))
        for name in ("stateless_update_state", "stateless_result", "stateless_reset_state"):
            if name in own:
                setattr(cls, name, outermost(own[name], step(name)))
    elif "__call__" in own:
        cls.__call__ = outermost(own["__call__"], call)


def subclasses(cls):
    found = [cls]
    for sub in cls.__subclasses__():
        found += subclasses(sub)
    return found


class Functions(types.ModuleType):
    """A module as a test sees it, whose functions are recorded."""

    def __init__(self, module, kind):
        super().__init__(module.__name__)
        self.__dict__["_module"] = module
        self.__dict__["_kind"] = kind

    def __getattr__(self, name):
        value = getattr(self._module, name)
        if not inspect.isfunction(value) or name.startswith("_"):
            return value
        kind = self._kind

        def record(args, told, outcome):
            R.add(kind=kind, function=name, arguments=told, **outcome)

        return value if name in ("get", "serialize", "deserialize") else outermost(value, record)


def prepare(module, kind):
    for name, value in list(vars(module).items()):
        if isinstance(value, types.ModuleType) and value.__name__.startswith("keras.src."):
            last = value.__name__.split(".")[-1]
            if last in ("losses", "activations"):
                setattr(module, name, Functions(value, kind))


def serialization(self, instance, *args, **kwargs):
    """In place of Keras's own check: the config is the case."""
    kind = next((k for k, base in BASES.items() if isinstance(instance, base)), None)
    R.add(kind=kind, serialized=type(instance).__name__, config=config_of(instance, False))
    return instance


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        np.random.seed(1)
        keras.utils.set_random_seed(1)
        parts = test.id().split(".")
        R.begin(".".join(parts[-3:]))

    def stopTest(self, test):
        R.end()
        R.test = None
        super().stopTest(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        R.skipped.append([R.test, reason])

    def addError(self, test, err):
        super().addError(test, err)
        R.failed.append(R.test)
        print("error", R.test, err[1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        R.failed.append(R.test)
        print("failure", R.test, err[1])


def merged(cases):
    """Returns each different case once, with the tests that made it."""
    unique = {}
    for case in cases:
        test = case.pop("test")
        key = json.dumps(case, sort_keys=True)
        unique.setdefault(key, {"tests": [], **case})
        if test not in unique[key]["tests"]:
            unique[key]["tests"].append(test)
    return list(unique.values())


def main(folder, *only):
    assert keras.__version__ == "3.15.1", keras.__version__
    sys.modules["conftest"] = conftest()
    modules = {}
    for file, names in FILES.items():
        for name in names:
            modules[name] = importlib.import_module("keras.src." + name)
    for kind, base in BASES.items():
        for cls in subclasses(base):
            hook_class(cls, kind)
    keras.src.testing.TestCase.run_class_serialization_test = serialization
    for file, names in FILES.items():
        if only and file not in only:
            continue
        R.cases, R.failed, R.skipped, R.traced, R.ran = [], [], [], [], 0
        for name in names:
            kind = {"losses": "loss", "metrics": "metric"}.get(file, name.split(".")[0][:-1])
            if name.split(".")[-1] in ("losses_test", "activations_test"):
                prepare(modules[name], kind)
            suite = unittest.defaultTestLoader.loadTestsFromModule(modules[name])
            suite.run(Result())
        others = {*BASES, "activation"} - {"loss", "metric"}
        kinds = {"losses": {"loss"}, "metrics": {"metric"}}.get(file, others)
        cases = merged([case for case in R.cases if case["kind"] in kinds])
        document = {
            "keras": keras.__version__,
            "jax": jax.__version__,
            "tests": R.ran,
            "failed": R.failed,
            "skipped": R.skipped,
            "traced": R.traced,
            "cases": cases,
        }
        path = os.path.join(folder, f"keras-cases-{file}.json")
        with open(path, "w") as out:
            head = {k: v for k, v in document.items() if k != "cases"}
            out.write(json.dumps(head)[:-1] + ', "cases": [\n')
            out.write(",\n".join(json.dumps(case) for case in cases))
            out.write("\n]}\n")
        print(f"{file}: {len(cases)} cases of {R.ran} tests, {len(R.failed)} failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
