"""Trains an LSTM with Keras on JAX, an epoch for each line of input, and prints its samples a second.

usage: lstm_benchmark.py ROWS STEPS FEATURES UNITS BATCH
"""

import importlib.util
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"


def main():
    rows, steps, features, units, batch = map(int, sys.argv[1:])
    missing = [n for n in ("jax", "keras", "numpy") if not importlib.util.find_spec(n)]
    if missing:
        print("# " + " and ".join(missing) + " not installed", flush=True)
        return

    import jax
    import keras
    import numpy as np

    random = np.random.default_rng(1)
    x = random.normal(size=(rows, steps, features)).astype(np.float32)
    y = (x.sum((1, 2)) > 0).astype(np.float32)
    model = keras.Sequential(
        [keras.Input((steps, features)), keras.layers.LSTM(units), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    print(f"# Keras {keras.__version__} on JAX {jax.__version__}", flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
        print(rows / (time.perf_counter() - begin), flush=True)


main()
