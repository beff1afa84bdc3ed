"""Writes golden/keras-trajectories-long.json: 25 steps of Keras's optimizers in float32 and float64 (JAX).

Run with Keras 3.15 from the project's top folder:
    python src/test/python/trajectories_golden.py
"""

import json
import os
import subprocess
import sys

STEPS = 25
VARIABLES = [("a/kernel", "kernel", [3, 3]), ("a/bias", "bias", [3]), ("scale", "scale", [])]


def schedule(name, **config):
    return {"module": "keras.optimizers.schedules", "class_name": name, "config": config, "registered_name": None}


RESTARTS = schedule("CosineDecayRestarts", initial_learning_rate=0.05, first_decay_steps=4, m_mul=0.8)
WARM_UP = schedule(
    "CosineDecay", initial_learning_rate=0.0, decay_steps=15, warmup_target=0.1, warmup_steps=5, alpha=0.1
)
PIECES = schedule("PiecewiseConstantDecay", boundaries=[5, 12], values=[0.1, 0.05, 0.001])
POLYNOMIAL = schedule("PolynomialDecay", initial_learning_rate=0.1, decay_steps=7, power=1.5, cycle=True)
INVERSE = schedule("InverseTimeDecay", initial_learning_rate=0.1, decay_steps=5, decay_rate=0.7)

CASES = [
    ("adam_long", "Adam", {}),
    ("adam_amsgrad_decay_clip", "Adam", {"learning_rate": 0.05, "amsgrad": True, "weight_decay": 0.03, "clipvalue": 0.8}),
    (
        "adamw_restarts_accumulate3_ema_overwrite4",
        "AdamW",
        {
            "learning_rate": RESTARTS,
            "gradient_accumulation_steps": 3,
            "use_ema": True,
            "ema_momentum": 0.7,
            "ema_overwrite_frequency": 4,
        },
    ),
    ("adamw_inverse_clipnorm", "AdamW", {"learning_rate": INVERSE, "clipnorm": 0.9}),
    (
        "rmsprop_warm_up_global_clip",
        "RMSprop",
        {"learning_rate": WARM_UP, "rho": 0.95, "centered": True, "momentum": 0.3, "global_clipnorm": 1.5, "epsilon": 1e-3},
    ),
    (
        "sgd_nesterov_pieces_scaled",
        "SGD",
        {
            "learning_rate": PIECES,
            "momentum": 0.8,
            "nesterov": True,
            "loss_scale_factor": 3.0,
            "weight_decay": 0.1,
            "use_ema": True,
        },
    ),
    ("sgd_polynomial", "SGD", {"learning_rate": POLYNOMIAL}),
    ("adagrad_decay", "Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.3, "weight_decay": 0.02}),
    ("adadelta_restarts", "Adadelta", {"learning_rate": RESTARTS, "rho": 0.7, "epsilon": 1e-3}),
    ("adamax_inverse_clipvalue", "Adamax", {"learning_rate": INVERSE, "clipvalue": 0.8}),
    ("nadam_accumulate2_ema", "Nadam", {"learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True}),
    ("lion_pieces", "Lion", {"learning_rate": PIECES, "weight_decay": 0.05}),
    ("lamb_accumulate3", "Lamb", {"learning_rate": 0.05, "gradient_accumulation_steps": 3}),
    (
        "ftrl_warm_up",
        "Ftrl",
        {
            "learning_rate": schedule("PiecewiseConstantDecay", boundaries=[4], values=[0.1, 0.4]),
            "learning_rate_power": -0.7,
            "l1_regularization_strength": 0.3,
            "l2_regularization_strength": 0.02,
            "beta": 0.5,
        },
    ),
    ("ftrl_root", "Ftrl", {"learning_rate": 0.3, "l2_shrinkage_regularization_strength": 0.1}),
    ("adafactor_long", "Adafactor", {"learning_rate": 0.3, "beta_2_decay": -0.7, "weight_decay": 0.01}),
    ("muon_polynomial_scaled", "Muon", {"learning_rate": POLYNOMIAL, "loss_scale_factor": 3.0, "adam_lr_ratio": 0.3}),
    ("schedule_free_warm_up_ema", "ScheduleFreeAdamW", {"learning_rate": 0.1, "warmup_steps": 6, "use_ema": True}),
]


def numbers():
    """Values with three decimals, the same in every process."""
    state = 12345
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield ((state >> 8) % 4001 - 2000) / 1000


def data():
    source = numbers()

    def tensor(shape):
        size = 1
        for extent in shape:
            size *= extent
        return [next(source) for _ in range(size)]

    variables = [{"path": p, "name": n, "shape": s, "initial": tensor(s)} for p, n, s in VARIABLES]
    gradients = [[tensor(s) for _, _, s in VARIABLES] for _ in range(STEPS)]
    return variables, gradients


def run(dtype):
    """What Keras makes of all cases, as nested lists."""
    import keras
    import numpy as np

    keras.config.set_floatx(dtype)
    variables, gradients = data()
    results = []
    for _, name, config in CASES:
        targets = []
        for v in variables:
            target = keras.Variable(np.array(v["initial"], dtype).reshape(v["shape"]), name=v["name"], dtype=dtype)
            target._path = v["path"]
            targets.append(target)
        optimizer = keras.saving.deserialize_keras_object(
            {"module": "keras.optimizers", "class_name": name, "config": dict(config), "registered_name": None}
        )
        optimizer.build(targets)
        steps = []
        for step in gradients:
            grads = [np.array(g, dtype).reshape(v["shape"]) for g, v in zip(step, variables)]
            optimizer.apply([keras.ops.convert_to_tensor(g, dtype=dtype) for g in grads], targets)
            steps.append([np.asarray(t.value).ravel().tolist() for t in targets])
        state = [
            {
                # Keras counts variables without a name over the process.
                "name": "variable" if v.name.startswith("variable") else v.name,
                "shape": list(v.shape),
                "dtype": "int" if "int" in str(v.dtype) else "float",
                "values": np.asarray(v.value).ravel().tolist(),
            }
            for v in optimizer.variables
        ]
        results.append({"steps": steps, "state": state, "keras": keras.__version__})
    return results


def main():
    if len(sys.argv) > 1:
        print(json.dumps(run(sys.argv[1])))
        return

    results = {}
    for dtype in ("float32", "float64"):
        environment = dict(os.environ, KERAS_BACKEND="jax", JAX_ENABLE_X64="1" if dtype == "float64" else "0")
        out = subprocess.run([sys.executable, __file__, dtype], env=environment, capture_output=True, check=True)
        results[dtype] = json.loads(out.stdout.splitlines()[-1])

    variables, gradients = data()
    cases = []
    for i, (case, name, config) in enumerate(CASES):
        single, double = results["float32"][i], results["float64"][i]
        steps = [{"float32": s, "float64": d} for s, d in zip(single["steps"], double["steps"])]
        state = [
            {k: v for k, v in s.items() if k != "values"} | {"float32": s["values"], "float64": d["values"]}
            for s, d in zip(single["state"], double["state"])
        ]
        cases.append(
            {"id": case, "optimizer": name, "config": config, "steps": steps, "optimizer_variables_after_last_step": state}
        )
    meta = {"about": "Keras on JAX, see src/test/python/trajectories_golden.py", "keras": results["float32"][0]["keras"]}
    with open("src/test/resources/golden/keras-trajectories-long.json", "w") as file:
        json.dump({"meta": meta, "variables": variables, "gradients": gradients, "cases": cases}, file)
        file.write("\n")


main()
