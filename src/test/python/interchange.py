"""The half of real Keras in OptimizerInterchangeTest: trains, saves, and goes on after Firesteel.

    KERAS_BACKEND=jax python src/test/python/interchange.py make FOLDER
    KERAS_BACKEND=jax python src/test/python/interchange.py continue FOLDER

`make` trains a model with each optimizer and wrapper for 4 steps, saves it as NAME.keras, trains it 4 steps
further and writes its weights to NAME.json. `continue` opens NAME-firesteel.keras, which Firesteel has trained and
saved, trains 4 steps and writes the weights to NAME-continued.json.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from keras import optimizers as O  # noqa: E402

X = (np.arange(48, dtype="float32").reshape(16, 3) % 11 / 8 - 0.5).astype("float32")
Y = ((np.arange(16) % 5) / 4).astype("float32").reshape(16, 1)


def by_path():
    optimizers = O.OptimizerMap(O.Adam(0.01))
    optimizers[".*b/kernel"] = O.SGD(0.05, momentum=0.9)
    return O.MultiOptimizer(optimizers)


CASES = {
    "sgd": lambda: O.SGD(0.05),
    "sgd-nesterov": lambda: O.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: O.RMSprop(0.01),
    "rmsprop-centered": lambda: O.RMSprop(0.01, momentum=0.5, centered=True),
    "adam": lambda: O.Adam(0.01),
    "adam-amsgrad": lambda: O.Adam(0.01, amsgrad=True),
    "adamw": lambda: O.AdamW(0.01, weight_decay=0.01),
    "adamax": lambda: O.Adamax(0.01),
    "adagrad": lambda: O.Adagrad(0.05),
    "adadelta": lambda: O.Adadelta(1.0),
    "adafactor": lambda: O.Adafactor(0.01),
    "nadam": lambda: O.Nadam(0.01),
    "ftrl": lambda: O.Ftrl(0.05, l1_regularization_strength=0.001),
    "lion": lambda: O.Lion(0.005),
    "lamb": lambda: O.Lamb(0.01),
    "muon": lambda: O.Muon(0.01),
    "schedule-free": lambda: O.ScheduleFreeAdamW(0.01),
    "loss-scale-adam": lambda: O.LossScaleOptimizer(O.Adam(0.01), initial_scale=8.0, dynamic_growth_steps=3),
    "loss-scale-muon": lambda: O.LossScaleOptimizer(O.Muon(0.01)),
    "multi": by_path,
    "loss-scale-multi": lambda: O.LossScaleOptimizer(by_path()),
    "clipnorm": lambda: O.Adam(0.01, clipnorm=0.1),
    "global-clipnorm": lambda: O.SGD(0.1, global_clipnorm=0.2, weight_decay=0.01),
    "clipvalue": lambda: O.RMSprop(0.01, clipvalue=0.05),
    "averaged": lambda: O.Adam(0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3),
    "accumulated": lambda: O.Adam(0.02, gradient_accumulation_steps=3),
    "scheduled": lambda: O.Adam(
        O.schedules.CosineDecay(0.001, 6, alpha=0.1, warmup_target=0.05, warmup_steps=3)
    ),
}


def model(name):
    keras.utils.set_random_seed(1)
    result = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="a", activation="tanh"),
            layers.Dense(4, name="m", activation="tanh"),
            layers.Dense(1, name="b"),
        ],
        name="model",
    )
    result.compile(CASES[name](), "mse")
    return result


def train(trained):
    """Four steps, as one epoch, which ends in what optimizers do when training ends.

    With averages, Keras 3.15.1 on JAX then has one buffer twice, and fails in the next fit unless it is copied.
    """
    trained.fit(X, Y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    trained.set_weights([np.array(w) for w in trained.get_weights()])


def write(path, trained):
    weights = [np.asarray(w).ravel().tolist() for w in trained.get_weights()]
    variables = len(trained.optimizer.variables)
    path.write_text(json.dumps({"weights": weights, "variables": variables}))


def main(command, folder):
    folder = pathlib.Path(folder)
    for name in CASES:
        if command == "make":
            trained = model(name)
            train(trained)
            trained.save(folder / f"{name}.keras")
            train(trained)
            write(folder / f"{name}.json", trained)
        else:
            trained = keras.saving.load_model(folder / f"{name}-firesteel.keras")
            train(trained)
            write(folder / f"{name}-continued.json", trained)
    print(f"Keras {keras.__version__}: {len(CASES)} optimizers")


if __name__ == "__main__":
    main(*sys.argv[1:])
