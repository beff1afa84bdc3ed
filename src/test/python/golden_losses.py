"""Writes the golden numbers of losses and metrics with Keras 3.15.1 on JAX.

    python golden_losses.py ../resources/golden-losses
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.losses import ALL_OBJECTS_DICT as LOSSES  # noqa: E402
from keras.src.metrics import ALL_OBJECTS_DICT as METRICS  # noqa: E402
from keras.src.trainers import compile_utils  # noqa: E402

REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"]
LOSS_CLASSES = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "Huber",
    "Poisson",
    "KLDivergence",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "CosineSimilarity",
    "LogCosh",
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "Dice",
    "Tversky",
    "CategoricalGeneralizedCrossEntropy",
]
LOSS_REQUIRED = {"Dice": {"axis": -1}, "Tversky": {"axis": -1}}
METRIC_CLASSES = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "RootMeanSquaredError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "CosineSimilarity",
    "LogCoshError",
    "R2Score",
    "AUC",
    "FalseNegatives",
    "FalsePositives",
    "TrueNegatives",
    "TruePositives",
    "Precision",
    "Recall",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "KLDivergence",
    "Poisson",
    "F1Score",
    "FBetaScore",
    "MeanMetricWrapper",
    "PearsonCorrelation",
    "ConcordanceCorrelation",
    "IoU",
    "BinaryIoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
]
# Metrics with an argument that has no default.
REQUIRED = {
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "MeanMetricWrapper": {"fn": keras.losses.huber},
    "IoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "MeanIoU": {"num_classes": 3},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [1, 2]},
    "OneHotMeanIoU": {"num_classes": 3},
}
EDGES = [0.0, 1e-8, 1e-7, 2e-7, 0.5, 1 - 2e-7, 1 - 1e-7, 1 - 2**-24, 1.0]


def flat(x):
    return [float(v) for v in np.asarray(x, "float32").ravel()]


def serialized(obj):
    return keras.saving.serialize_keras_object(obj)


def snake(name):
    return keras.src.utils.naming.to_snake_case(name)


def loss_case(cls, y, p, **args):
    y = np.asarray(y, "float32")
    p = np.asarray(p, "float32")
    loss = cls(**args)
    rng = np.random.default_rng(len(p))
    weights = rng.uniform(0.1, 2.0, len(p)).astype("float32")
    values = loss.call(jnp.asarray(y), jnp.asarray(p))
    gradient = jax.grad(lambda q: jnp.sum(loss.call(jnp.asarray(y), q)))(
        jnp.asarray(p)
    )
    reduced = {}
    for reduction in REDUCTIONS:
        one = cls(**args, reduction=reduction)
        reduced[reduction] = {
            "plain": float(one(y, p)),
            "weighted": float(one(y, p, sample_weight=weights)),
        }
    config = serialized(loss)
    if "delta" in args:
        config["config"]["delta"] = args["delta"]
    return {
        "loss": config,
        "width": p.shape[1],
        "labels": flat(y),
        "predictions": flat(p),
        "weights": flat(weights),
        "losses": flat(values),
        "gradient": flat(gradient),
        "reduced": reduced,
    }


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def loss_cases():
    rng = np.random.default_rng(7)
    out = []
    regression = keras.losses.MeanSquaredError, keras.losses.MeanAbsoluteError
    for width in (1, 3, 10):
        y = rng.normal(size=(6, width))
        p = y + rng.normal(size=(6, width)) * 2
        p[0] = y[0]
        for cls in regression:
            out.append(loss_case(cls, y, p))
        for delta in (1.0, 0.3):
            out.append(loss_case(keras.losses.Huber, y, p, delta=delta))

        labels = rng.integers(0, 2, size=(6, width)).astype("float32")
        labels[3] = rng.uniform(size=width)
        logits = rng.normal(size=(6, width)) * [[1], [5], [20], [1], [90], [0]]
        for smoothing in (0.0, 0.1):
            args = {"label_smoothing": smoothing}
            bce = keras.losses.BinaryCrossentropy
            out.append(loss_case(bce, labels, 1 / (1 + np.exp(-logits)), **args))
            out.append(loss_case(bce, labels, logits, from_logits=True, **args))

    edges = np.array(EDGES, "float32").reshape(-1, 1)
    for label in (0.0, 1.0, 0.25):
        y = np.full_like(edges, label)
        out.append(loss_case(keras.losses.BinaryCrossentropy, y, edges))

    for width in (2, 10):
        classes = rng.integers(0, width, size=(8, 1))
        onehot = np.eye(width)[classes[:, 0]]
        onehot[2] = softmax(rng.normal(size=width))
        scale = [[1], [5], [20], [1], [90], [0], [1], [3]]
        logits = rng.normal(size=(8, width)) * scale
        sharp = softmax(logits)
        loose = sharp * rng.uniform(0.5, 2, size=(8, 1))
        sharp[6], sharp[7] = 0, 0
        sharp[6, classes[6, 0]] = 1
        sharp[7, classes[7, 0] - 1] = 1
        for smoothing in (0.0, 0.1):
            args = {"label_smoothing": smoothing}
            cce = keras.losses.CategoricalCrossentropy
            for p in (sharp, loose):
                out.append(loss_case(cce, onehot, p, **args))
            out.append(loss_case(cce, onehot, logits, from_logits=True, **args))
        for ignored in (None, 1, -1):
            args = {"ignore_class": ignored}
            y = classes.copy()
            if ignored == -1:
                y[1] = -1
                y[4] = -1
            else:
                y[0] = 1
            scce = keras.losses.SparseCategoricalCrossentropy
            for p in (sharp, loose):
                out.append(loss_case(scce, y, p, **args))
            out.append(loss_case(scce, y, logits, from_logits=True, **args))
    return out + more_loss_cases() + new_loss_cases()


def new_loss_cases():
    rng = np.random.default_rng(31)
    k = keras.losses
    out = []
    for width in (1, 3, 10):
        y = rng.integers(0, 2, size=(6, width)).astype("float32")
        y[1] = rng.uniform(size=width)
        y[2] = 0
        p = rng.uniform(size=(6, width))
        p[3] = y[3]
        p[2] = 0
        out.append(loss_case(k.Dice, y, p, axis=-1))
        out.append(loss_case(k.Tversky, y, p, axis=-1))
        out.append(loss_case(k.Tversky, y, p, axis=-1, alpha=0.3, beta=0.9))
    for width in (2, 7):
        y = rng.integers(0, width, size=(8, 1))
        p = softmax(rng.normal(size=(8, width)) * 2)
        gce = k.CategoricalGeneralizedCrossEntropy
        out.append(gce_case(gce, y, p))
        out.append(gce_case(gce, y, p, q=0.8))
    return out


def gce_case(cls, y, p, **args):
    """Keras one-hot encodes labels of shape (rows, 1) to (rows, 1, classes)."""
    case = loss_case(cls, y[:, 0], p, **args)
    return case


def more_loss_cases():
    rng = np.random.default_rng(19)
    k = keras.losses
    out = []
    for width in (1, 3, 10):
        y = rng.normal(size=(6, width)) * 3
        p = y + rng.normal(size=(6, width)) * [[0.1], [1], [5], [1], [40], [1]]
        p[3] = y[3]
        out.append(loss_case(k.LogCosh, y, p))
        out.append(loss_case(k.MeanAbsolutePercentageError, y, p))
        out.append(loss_case(k.CosineSimilarity, y, p))
        positive = rng.uniform(0, 5, size=(6, width))
        positive[1] = 0
        p = positive * rng.uniform(0.3, 2, size=(6, width)) + 0.01
        p[2, 0] = 0
        out.append(loss_case(k.Poisson, positive, p))
        p[4, 0] = -1
        out.append(loss_case(k.MeanSquaredLogarithmicError, positive, p))

        labels = rng.integers(0, 2, size=(6, width)).astype("float32")
        raw = rng.normal(size=(6, width)) * 2
        for some in (labels, labels * 2 - 1):
            out.append(loss_case(k.Hinge, some, raw))
            out.append(loss_case(k.SquaredHinge, some, raw))
        edge = np.ones((6, width))
        out.append(loss_case(k.Hinge, labels * 2 - 1, edge))

        labels[3] = rng.uniform(size=width)
        for args in (
            {},
            {"label_smoothing": 0.1},
            {"apply_class_balancing": True, "alpha": 0.6, "gamma": 1.5},
            {"gamma": 0.0},
        ):
            focal = k.BinaryFocalCrossentropy
            p = 1 / (1 + np.exp(-raw))
            out.append(loss_case(focal, labels, p, **args))
            out.append(loss_case(focal, labels, raw, from_logits=True, **args))

    for width in (2, 10):
        onehot = np.eye(width)[rng.integers(0, width, size=8)]
        onehot[2] = softmax(rng.normal(size=width))
        logits = rng.normal(size=(8, width)) * 2
        sharp = softmax(logits)
        loose = sharp * rng.uniform(0.5, 2, size=(8, 1))
        out.append(loss_case(k.CategoricalHinge, onehot, logits))
        out.append(loss_case(k.KLDivergence, onehot, sharp))
        edges = sharp.copy()
        edges[0, 0], edges[0, 1] = 1, 0
        edges[1] = onehot[1]
        out.append(loss_case(k.KLDivergence, onehot, edges))
        weights = [float(w) for w in rng.uniform(0.1, 1, size=width).round(3)]
        for args in (
            {},
            {"label_smoothing": 0.1},
            {"alpha": 0.7, "gamma": 1.5},
            {"alpha": weights, "gamma": 0.0},
        ):
            focal = k.CategoricalFocalCrossentropy
            out.append(loss_case(focal, onehot, sharp, **args))
            out.append(loss_case(focal, onehot, loose, **args))
            out.append(loss_case(focal, onehot, logits, from_logits=True, **args))
    return out


def loss_identifiers():
    by_function = {snake(name): name for name in LOSS_CLASSES}
    out = {}
    for key, value in LOSSES.items():
        name = value.__name__
        name = by_function.get(name, name)
        if name in LOSS_CLASSES:
            out[key] = name
    return dict(sorted(out.items()))


def fresh(cls, **args):
    """Returns a metric whose name is that of the first of its class."""
    keras.backend.clear_session()
    return cls(**args)


def results(metric):
    values = flat(metric.result())
    return {"result": values[0]} | ({"results": values} if len(values) > 1 else {})


def metric_case(cls, batches, **args):
    metric = fresh(cls, **args)
    for y, p, w in batches:
        metric.update_state(
            np.asarray(y, "float32"),
            np.asarray(p, "float32"),
            None if w is None else np.asarray(w, "float32"),
        )
    return {
        "metric": serialized(metric),
        "batches": [
            {
                "labelWidth": int(np.asarray(y).shape[1]),
                "width": int(np.asarray(p).shape[1]),
                "labels": flat(y),
                "predictions": flat(p),
                "weights": None if w is None else flat(w),
            }
            for y, p, w in batches
        ],
        **results(metric),
    }


def metric_cases():
    rng = np.random.default_rng(11)
    m = keras.metrics
    out = []

    def batches(make):
        plain = [make(n) + (None,) for n in (5, 1, 8)]
        weighted = [
            (y, p, rng.uniform(0, 2, len(p)).astype("float32"))
            for y, p, _ in plain
        ]
        return plain, weighted

    def regression(n):
        y = rng.normal(size=(n, 3))
        return y, y + rng.normal(size=(n, 3))

    def equal(n):
        y = rng.integers(0, 3, size=(n, 3))
        return y, rng.integers(0, 3, size=(n, 3))

    def binary(n):
        p = rng.uniform(size=(n, 2))
        p[0, 0] = 0.5
        return rng.integers(0, 2, size=(n, 2)), p

    def scores(n):
        return rng.integers(0, 7, size=(n, 7)) / 8.0 + 0.1

    def sparse(n):
        return rng.integers(0, 7, size=(n, 1)), scores(n)

    def onehot(n):
        return np.eye(7)[rng.integers(0, 7, size=n)], scores(n)

    def sorted_ids(n):
        ids = np.stack([rng.permutation(7)[:4] for _ in range(n)])
        return rng.integers(0, 7, size=(n, 1)), ids

    for cls, make, args in [
        (m.MeanSquaredError, regression, {}),
        (m.MeanAbsoluteError, regression, {}),
        (m.Accuracy, equal, {}),
        (m.BinaryAccuracy, binary, {}),
        (m.BinaryAccuracy, binary, {"threshold": 0.7}),
        (m.CategoricalAccuracy, onehot, {}),
        (m.SparseCategoricalAccuracy, sparse, {}),
        (m.TopKCategoricalAccuracy, onehot, {}),
        (m.TopKCategoricalAccuracy, onehot, {"k": 2}),
        (m.SparseTopKCategoricalAccuracy, sparse, {}),
        (m.SparseTopKCategoricalAccuracy, sparse, {"k": 2}),
        (
            m.SparseTopKCategoricalAccuracy,
            sorted_ids,
            {"k": 2, "from_sorted_ids": True},
        ),
        (m.BinaryCrossentropy, binary, {}),
        (
            m.BinaryCrossentropy,
            binary,
            {"from_logits": True, "label_smoothing": 0.2},
        ),
        (m.CategoricalCrossentropy, onehot, {}),
        (
            m.CategoricalCrossentropy,
            onehot,
            {"from_logits": True, "label_smoothing": 0.2},
        ),
        (m.SparseCategoricalCrossentropy, sparse, {}),
        (m.SparseCategoricalCrossentropy, sparse, {"from_logits": True}),
        (m.SparseCategoricalCrossentropy, sparse, {"ignore_class": 2}),
    ]:
        for some in batches(make):
            out.append(metric_case(cls, some, **args))

    def positive(n):
        y = rng.uniform(0, 5, size=(n, 3))
        return y, y * rng.uniform(0.5, 2, size=(n, 3)) + 0.01

    def signs(n):
        return rng.integers(0, 2, size=(n, 2)) * 2 - 1, rng.normal(size=(n, 2))

    def shares(n):
        return softmax(rng.normal(size=(n, 4))), softmax(rng.normal(size=(n, 4)))

    def one(n):
        y = rng.integers(0, 2, size=(n, 1))
        return y, np.clip(0.3 * y + rng.uniform(0, 0.7, size=(n, 1)), 0, 1)

    def coarse(n):
        y = rng.integers(0, 2, size=(n, 3))
        return y, rng.integers(0, 11, size=(n, 3)) / 10.0

    def logits(n):
        y = rng.integers(0, 2, size=(n, 2))
        return y, rng.normal(size=(n, 2)) * 3 + y

    def scalar(n):
        y = rng.normal(size=(n, 1))
        return y, y + rng.normal(size=(n, 1)) * 0.5

    cases = [
        (m.RootMeanSquaredError, regression, {}),
        (m.MeanAbsolutePercentageError, positive, {}),
        (m.MeanSquaredLogarithmicError, positive, {}),
        (m.CosineSimilarity, regression, {}),
        (m.LogCoshError, regression, {}),
        (m.R2Score, scalar, {}),
        (m.R2Score, scalar, {"class_aggregation": None}),
        (m.R2Score, regression, {}),
        (m.R2Score, regression, {"class_aggregation": "variance_weighted_average"}),
        (m.R2Score, regression, {"num_regressors": 2}),
        (m.Hinge, signs, {}),
        (m.Hinge, binary, {}),
        (m.SquaredHinge, signs, {}),
        (m.CategoricalHinge, onehot, {}),
        (m.KLDivergence, shares, {}),
        (m.Poisson, positive, {}),
        (m.F1Score, one, {"threshold": 0.5}),
        (m.F1Score, onehot, {"average": "micro"}),
        (m.F1Score, onehot, {"average": "macro"}),
        (m.F1Score, onehot, {"average": "weighted"}),
        (m.F1Score, coarse, {"average": "macro", "threshold": 0.3}),
        (m.FBetaScore, onehot, {"average": "weighted", "beta": 2.0}),
        (m.FBetaScore, coarse, {"average": "micro", "beta": 0.5, "threshold": 0.5}),
        (m.Precision, coarse, {"top_k": 2}),
        (m.Precision, coarse, {"top_k": 2, "thresholds": 0.5, "class_id": 1}),
        (m.Recall, coarse, {"top_k": 1}),
        (m.AUC, logits, {"from_logits": True}),
        (m.AUC, coarse, {"num_thresholds": 2}),
        (m.AUC, coarse, {"thresholds": [0.7, 0.15, 0.35]}),
        (m.AUC, coarse, {"thresholds": [0.25, 0.5, 0.75]}),
        (m.AUC, coarse, {"multi_label": True}),
        (
            m.AUC,
            coarse,
            {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 0.0, 2.5]},
        ),
        (m.AUC, coarse, {"label_weights": [1.0, 0.5, 2.0]}),
    ]
    for cls in (m.Precision, m.Recall):
        for args in ({}, {"thresholds": 0.7}, {"thresholds": [0.2]}, {"class_id": 2}):
            cases.append((cls, coarse, args))
    for cls in (m.TruePositives, m.TrueNegatives, m.FalsePositives, m.FalseNegatives):
        cases.append((cls, binary, {}))
        cases.append((cls, coarse, {"thresholds": 0.3}))
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "minoring", "majoring"):
            args = {"curve": curve, "summation_method": method}
            cases.append((m.AUC, one, args))
            cases.append((m.AUC, coarse, args))
    for name, args in REQUIRED.items():
        if "At" not in name:
            continue
        cases.append((getattr(m, name), one, args))
        cases.append((getattr(m, name), coarse, {**args, "num_thresholds": 11}))
        cases.append((getattr(m, name), coarse, {**args, "class_id": 1}))
        cases.append((getattr(m, name), coarse, {**args, "num_thresholds": 1}))
    for cls, make, args in cases:
        for some in batches(make):
            out.append(metric_case(cls, some, **args))
    return out + new_metric_cases()


def new_metric_cases():
    rng = np.random.default_rng(37)
    m = keras.metrics
    out = []

    def batches(make):
        plain = [make(n) + (None,) for n in (5, 1, 8)]
        return plain, [
            (y, p, rng.uniform(0, 3, len(p)).astype("float32")) for y, p, _ in plain
        ]

    def regression(n):
        y = rng.normal(size=(n, 5))
        return y, y + rng.normal(size=(n, 5))

    def ids(n):
        return rng.integers(0, 3, size=(n, 1)), rng.integers(0, 3, size=(n, 1))

    def wild(n):
        return rng.integers(-1, 5, size=(n, 1)), rng.integers(-1, 5, size=(n, 1))

    def binary(n):
        return rng.integers(0, 2, size=(n, 1)), rng.integers(0, 9, size=(n, 1)) / 8

    def onehot(n):
        y = np.eye(3)[rng.integers(0, 3, size=n)]
        return y, rng.uniform(size=(n, 3))

    def sparse(n):
        return rng.integers(0, 3, size=(n, 1)), rng.uniform(size=(n, 3))

    def coarse(n):
        return rng.integers(0, 2, size=(n, 3)), rng.integers(0, 9, size=(n, 3)) / 8

    real = {"dtype": "float32"}
    cases = [
        (m.PearsonCorrelation, regression, {}),
        (m.ConcordanceCorrelation, regression, {}),
        (m.IoU, ids, REQUIRED["IoU"]),
        (m.IoU, ids, REQUIRED["IoU"] | real),
        (m.IoU, wild, REQUIRED["IoU"] | real),
        (m.IoU, ids, {"num_classes": 3, "target_class_ids": [0, 1], "ignore_class": 1}),
        (m.IoU, sparse, REQUIRED["IoU"] | {"sparse_y_pred": False} | real),
        (m.BinaryIoU, binary, real),
        (m.BinaryIoU, binary, {"target_class_ids": [1], "threshold": 0.3}),
        (m.MeanIoU, ids, {"num_classes": 3} | real),
        (m.MeanIoU, ids, {"num_classes": 4}),
        (m.OneHotIoU, onehot, REQUIRED["OneHotIoU"] | real),
        (m.OneHotMeanIoU, onehot, {"num_classes": 3} | real),
        (m.F1Score, coarse, {"average": None}),
        (m.F1Score, coarse, {"average": None, "threshold": 0.4}),
        (m.FBetaScore, coarse, {"average": None, "beta": 2.0}),
        (m.R2Score, regression, {"class_aggregation": None}),
        (m.R2Score, regression, {"class_aggregation": None, "num_regressors": 1}),
        (m.Precision, coarse, {"thresholds": [0.7, 0.2, 0.5]}),
        (m.Recall, coarse, {"thresholds": [0.0, 0.9]}),
        (m.TruePositives, coarse, {"thresholds": [0.3, 0.6]}),
        (m.TrueNegatives, coarse, {"thresholds": [0.3, 0.6]}),
        (m.FalsePositives, coarse, {"thresholds": [0.6, 0.3]}),
        (m.FalseNegatives, coarse, {"thresholds": [0.6, 0.3]}),
        (m.MeanMetricWrapper, regression, {"fn": keras.losses.huber, "name": "h"}),
    ]
    for cls, make, args in cases:
        for some in batches(make):
            out.append(metric_case(cls, some, **args))
    return out


def metric_identifiers():
    return {
        key: value.__name__
        for key, value in sorted(METRICS.items())
        if value.__name__ in METRIC_CLASSES
    }


def compiled():
    """What compile makes of identifiers, given the widths of labels and predictions."""
    out = []
    names = ["accuracy", "acc", "Accuracy", "mse", "MeanSquaredError"]
    for label_width, width in [(1, 1), (1, 5), (5, 5)]:
        y = np.zeros((2, label_width), "float32")
        p = np.zeros((2, width), "float32")
        for kind, get, identifiers in [
            ("metric", compile_utils.get_metric, names),
            ("loss", compile_utils.get_loss, ["crossentropy", "ce", "CE"]),
        ]:
            for identifier in identifiers:
                got = get(identifier, y, p)
                cls = type(got).__name__
                if hasattr(got, "fn"):
                    cls = "".join(
                        w.capitalize() for w in got.fn.__name__.split("_")
                    )
                out.append(
                    {
                        "kind": kind,
                        "identifier": identifier,
                        "labelWidth": label_width,
                        "width": width,
                        "class": cls,
                        "name": got.name,
                    }
                )
    return out


def log_names():
    p = np.zeros((2, 5), "float32")
    given = ["accuracy", "mse", "accuracy", "accuracy", "mse"]
    metrics = compile_utils.CompileMetrics(given, None)
    metrics.update_state(p, p)
    return {"given": given, "logged": list(metrics.result())}


def write(folder, name, content):
    content = {"keras": keras.__version__, "backend": "jax", **content}
    with open(os.path.join(folder, name), "w") as f:
        json.dump(content, f, indent=None, separators=(",", ":"))
        f.write("\n")


def main():
    folder = sys.argv[1]
    write(
        folder,
        "losses.json",
        {
            "identifiers": loss_identifiers(),
            "defaults": [
                serialized(getattr(keras.losses, n)(**LOSS_REQUIRED.get(n, {})))
                for n in LOSS_CLASSES
            ],
            "cases": loss_cases(),
        },
    )
    write(
        folder,
        "metrics.json",
        {
            "identifiers": metric_identifiers(),
            "defaults": [
                serialized(fresh(getattr(keras.metrics, n), **REQUIRED.get(n, {})))
                for n in METRIC_CLASSES
            ],
            "compiled": compiled(),
            "logNames": log_names(),
            "cases": metric_cases(),
        },
    )


if __name__ == "__main__":
    main()
