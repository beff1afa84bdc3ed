"""Writes src/test/resources/golden-losses/improvements.json: when Keras's callbacks see one.

Run with Keras 3.15.1 on JAX:

    KERAS_BACKEND=jax python golden_callbacks.py ../resources/golden-losses
"""

import json
import sys

import keras
import numpy as np
from keras.src.callbacks.monitor_callback import MonitorCallback

PAIRS = [
    (1.0 - 1e-9, 1.0),
    (1.0 - 1e-7, 1.0),
    (1.0 + 1e-9, 1.0),
    (1.0 + 2e-7, 1.0),
    (0.9989999, 1.0),
    (0.999, 1.0),
    (1.001, 1.0),
    (1.0010001, 1.0),
    (0.3, 0.30000001192092896),
    (0.299999952, 0.3),
]


class Model:
    metrics = []


def cases():
    for mode in ("min", "max"):
        for delta in (0.0, 1e-3, 1e-8):
            for given, best in PAIRS:
                # The logs hold what Keras has computed in float32.
                value = float(np.float32(given))
                callback = MonitorCallback(
                    monitor="loss", mode=mode, min_delta=delta
                )
                callback.set_model(Model())
                callback._set_monitor_op()
                yield {
                    "mode": mode,
                    "min_delta": delta,
                    "value": given,
                    "best": best,
                    "improves": bool(callback._is_improvement(value, best)),
                }


if __name__ == "__main__":
    with open(f"{sys.argv[1]}/improvements.json", "w") as out:
        json.dump(
            {"keras": keras.__version__, "cases": list(cases())}, out, indent=1
        )
        out.write("\n")
