"""Writes the order in which Keras 3.15.1 on JAX calls callbacks.

    python callback_order_golden.py ../resources/golden-fit/callback-order.json
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402

EVENTS = [
    f"on_{kind}_{edge}"
    for kind in ("train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch")
    for edge in ("begin", "end")
]


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def note(self, event, index, logs):
        logs = logs or {}
        numbers = {k: float(v) for k, v in logs.items() if k != "outputs"}
        call = {"event": event, "index": index, "logs": numbers}
        if "outputs" in logs:
            outputs = np.asarray(logs["outputs"])
            call["rows"] = int(outputs.shape[0])
            call["first"] = [float(v) for v in outputs[0]]
        self.calls.append(call)


def hook(event):
    def called(self, *arguments, logs=None):
        index = arguments[0] if arguments and not isinstance(arguments[0], dict) else None
        given = arguments[-1] if arguments and isinstance(arguments[-1], dict) else logs
        self.note(event, index, given)

    return called


for name in EVENTS:
    setattr(Recorder, name, hook(name))


ROWS = 10
X = (np.arange(ROWS * 2).reshape(ROWS, 2) % 7 / 4).astype("float32")
Y = (np.arange(ROWS) % 3).reshape(ROWS, 1).astype("float32")


def model():
    result = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    result.set_weights([np.array([[0.5], [-0.25]], "float32"), np.array([0.125], "float32")])
    result.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return result


def fit(**arguments):
    recorder = Recorder()
    history = model().fit(
        X, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[recorder], **arguments
    )
    return {
        "calls": recorder.calls,
        "history": {k: [float(x) for x in v] for k, v in history.history.items()},
    }


def evaluate(**arguments):
    recorder = Recorder()
    result = model().evaluate(
        X, Y, verbose=0, callbacks=[recorder], return_dict=True, **arguments
    )
    return {"calls": recorder.calls, "result": {k: float(v) for k, v in result.items()}}


def predict(**arguments):
    recorder = Recorder()
    result = model().predict(X, verbose=0, callbacks=[recorder], **arguments)
    return {"calls": recorder.calls, "result": [float(v) for v in result.ravel()]}


def main():
    validation = {"validation_data": (X[:7], Y[:7])}
    content = {
        "keras": keras.__version__,
        "x": [float(v) for v in X.ravel()],
        "y": [float(v) for v in Y.ravel()],
        "fit": fit(epochs=2, **validation),
        "validationSteps": fit(epochs=1, validation_steps=1, **validation),
        "validationBatch": fit(epochs=1, validation_batch_size=3, **validation),
        "validationStepsBatch": fit(
            epochs=2, validation_batch_size=3, validation_steps=2, **validation
        ),
        "validationFreq": fit(epochs=4, validation_freq=[1, 4], **validation),
        "stepsPerEpoch": fit(epochs=3, initial_epoch=1, steps_per_epoch=2, **validation),
        "evaluate": evaluate(batch_size=4),
        "evaluateSteps": evaluate(batch_size=4, steps=2),
        "predict": predict(batch_size=4),
        "predictSteps": predict(batch_size=4, steps=2),
    }
    with open(sys.argv[1], "w") as f:
        json.dump(content, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
