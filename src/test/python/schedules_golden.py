"""Writes golden/schedules/keras-schedules.json: what Keras's schedules return, in float32 (JAX).

Run with KERAS_BACKEND=jax and Keras 3.15 from the project's top folder:
    KERAS_BACKEND=jax python src/test/python/schedules_golden.py
"""

import json

import keras
import numpy as np

STEPS = sorted(
    set(range(0, 45))
    | {50, 64, 69, 70, 71, 99, 100, 101, 129, 130, 131, 149, 150, 151, 250, 309, 310, 311}
    | {399, 400, 401, 500, 629, 630, 631, 750, 999, 1000, 1001, 1269, 1270, 1271, 2000}
    | {12345, 100000, 1000001, 16777217}
)

CASES = [
    ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.9)),
    ("ExponentialDecay", dict(initial_learning_rate=0.05, decay_steps=7, decay_rate=0.96, staircase=True)),
    ("ExponentialDecay", dict(initial_learning_rate=0.001, decay_steps=1000, decay_rate=1.0001)),
    ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5)),
    ("InverseTimeDecay", dict(initial_learning_rate=0.3, decay_steps=3, decay_rate=0.7, staircase=True)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=100)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=30, end_learning_rate=0.01, power=2.0)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=30, end_learning_rate=0.01, power=0.5)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=10, end_learning_rate=0.001, power=1.5, cycle=True)),
    ("PolynomialDecay", dict(initial_learning_rate=0.001, decay_steps=100, end_learning_rate=0.1)),
    ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=100)),
    ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=130, alpha=0.1)),
    ("CosineDecay", dict(initial_learning_rate=0.0, decay_steps=100, alpha=0.05, warmup_target=0.3, warmup_steps=30)),
    ("CosineDecay", dict(initial_learning_rate=0.2, decay_steps=100, warmup_target=0.1, warmup_steps=0)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=10)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=10, t_mul=3.0, m_mul=0.9, alpha=0.05)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0, m_mul=0.5)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=7, t_mul=1.5, m_mul=1.1)),
    ("PiecewiseConstantDecay", dict(boundaries=[10, 100], values=[0.1, 0.01, 0.001])),
    ("PiecewiseConstantDecay", dict(boundaries=[0, 3, 4, 1000], values=[1.0, 0.5, 0.25, 0.1, 0.3])),
]


def main():
    assert keras.backend.backend() == "jax"
    cases = []
    for name, config in CASES:
        schedule = getattr(keras.optimizers.schedules, name)(**config)
        rates = [float(np.float32(schedule(np.int32(step)))) for step in STEPS]
        cases.append({"schedule": name, "config": config, "rates": rates})
    with open("src/test/resources/golden/schedules/keras-schedules.json", "w") as out:
        json.dump({"keras": keras.__version__, "backend": "jax", "steps": STEPS, "cases": cases}, out)
        out.write("\n")


main()
