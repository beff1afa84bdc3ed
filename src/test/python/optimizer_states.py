"""Saves small models whose optimizer state has a form of its own, with where training ends.

usage: KERAS_BACKEND=jax optimizer_states.py FOLDER
"""

import json
import sys

import keras
import numpy as np
from keras import layers, optimizers

X = np.arange(24, dtype="float32").reshape(8, 3) / 24
Y = X.sum(axis=1, keepdims=True)


def scheduled(optimizer, **arguments):
    schedule = optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    return optimizer(schedule, **arguments)


def multi():
    by_path = optimizers.OptimizerMap(optimizers.Adam(0.01))
    by_path[".*b/kernel"] = optimizers.Nadam(0.01)
    return optimizers.MultiOptimizer(by_path)


CASES = {
    "sgd-scheduled": lambda: scheduled(optimizers.SGD),
    "lion-scheduled": lambda: scheduled(optimizers.Lion),
    "loss-scale-nadam": lambda: optimizers.LossScaleOptimizer(optimizers.Nadam(0.01)),
    "loss-scale-adafactor": lambda: optimizers.LossScaleOptimizer(optimizers.Adafactor(0.01)),
    "loss-scale-unbuilt": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.01)),
    "multi-unbuilt": multi,
    "multi": multi,
}


def model(name):
    keras.utils.set_random_seed(1)
    hidden = [] if name.startswith("lion") else [layers.Dense(4, name="a")]
    last = layers.Dense(1, name="b", use_bias=not name.startswith("lion"))
    result = keras.Sequential([keras.Input((3,)), *hidden, last], name="model")
    result.compile(CASES[name](), "mse")
    return result


def main(folder):
    known = {}
    for name in CASES:
        trained = model(name)
        if "unbuilt" not in name:
            trained.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        trained.save(f"{folder}/{name}.keras")
        states = len(trained.optimizer.variables)
        iterations = int(trained.optimizer.iterations)
        trained.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        known[name] = {
            "variables": states,
            "iterations": iterations,
            "weights": [np.asarray(w).ravel().tolist() for w in trained.get_weights()],
        }
    with open(f"{folder}/optimizer-states.json", "w") as file:
        json.dump(known, file, indent=1)


main(sys.argv[1])
