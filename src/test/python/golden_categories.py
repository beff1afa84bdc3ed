"""Writes what Keras's layers of categories put out: resources/golden-layers/categories.json.

Needs Keras 3.15.1 on TensorFlow, which computes hashes and vocabularies whatever the backend:

    KERAS_BACKEND=tensorflow python golden_categories.py ../resources/golden-layers
"""

import json
import pathlib
import random
import sys

import keras
import numpy as np
from keras import layers


def texts():
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789 _-:/éüß漢字😀"
    found = ["", "a", "A", "omar", "[UNK]", "wire", "z" * 1000]
    for length in list(range(1, 70)) + [100, 127, 128, 129, 192, 200, 255, 256, 257]:
        found.append("".join(rng.choice(letters) for _ in range(length)))
    return found


def numbers():
    rng = random.Random(8)
    found = [0, 1, -1, 2, 10, 99, 2**24 + 1, -(2**40), 2**63 - 1, -(2**63)]
    return found + [rng.randrange(-(2**63), 2**63) for _ in range(20)]


def hashing():
    cases = []
    for config in [
        {"num_bins": 1},
        {"num_bins": 1, "mask_value": ""},
        {"num_bins": 3},
        {"num_bins": 1000003},
        {"num_bins": 16777216},
        {"num_bins": 97, "mask_value": "omar"},
        {"num_bins": 97, "salt": 133},
        {"num_bins": 16777216, "salt": [133, 137]},
        {"num_bins": 97, "salt": [211, 137], "mask_value": "a"},
    ]:
        layer = layers.Hashing(**config)
        keys = texts()
        out = np.asarray(layer(np.array([[key] for key in keys], dtype=str)))
        cases.append(case(layer, keys, out.ravel()))
    for config in [
        {"num_bins": 3},
        {"num_bins": 16777216},
        {"num_bins": 101, "mask_value": 10},
        {"num_bins": 16777216, "salt": [133, 137]},
    ]:
        layer = layers.Hashing(**config)
        keys = numbers()
        out = np.asarray(layer(np.array([[key] for key in keys], dtype="int64")))
        cases.append(case(layer, keys, out.ravel()))
    return cases


def case(layer, keys, out):
    return {"layer": serialized(layer), "keys": keys, "output": np.asarray(out).tolist()}


def serialized(layer):
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def lookups():
    cases = []
    words = ["b", "d", "zebra", "é", "漢"]
    seen = ["d", "nothing", "b", "é", "", "😀", "漢", "zebra", "[UNK]", "omar"]
    for config in [
        {},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "mask_token": ""},
        {"num_oov_indices": 5, "salt": [3, 4]},
        {"mask_token": "", "max_tokens": 20},
        {"vocabulary": ["", "[UNK]"] + words, "mask_token": ""},
    ]:
        layer = layers.StringLookup(**{"vocabulary": words, **config})
        out = np.asarray(layer(np.array([[key] for key in seen], dtype=str)))
        cases.append(
            {**case(layer, seen, out.ravel()), "vocabulary": layer.get_vocabulary()}
        )
    given = [12, 7, -3, 2**40]
    keys = [7, 8, -3, 9, 2**40, 2**40 + 1, -5, 0, -1, 12]
    for config in [
        {},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "mask_token": 0},
        {"num_oov_indices": 4, "oov_method": "farmhash"},
        {"num_oov_indices": 4, "oov_method": "farmhash", "salt": 9},
    ]:
        layer = layers.IntegerLookup(**{"vocabulary": given, **config})
        out = np.asarray(layer(np.array([[key] for key in keys], dtype="int64")))
        found = [int(key) for key in layer.get_vocabulary()]
        cases.append({**case(layer, keys, out.ravel()), "vocabulary": found})
    return cases


def adapted():
    """What adapt finds, and the config and the text that files keep of it."""
    rng = random.Random(9)
    words = ["a", "b", "B", "é", "z", "漢", "😀", "\uffee", "", "[UNK]", "aa", "ab"]
    data = [rng.choice(words) for _ in range(300)] + words
    cases = []
    for config in [{}, {"max_tokens": 5}, {"mask_token": "", "num_oov_indices": 2}]:
        layer = layers.StringLookup(**config)
        before = serialized(layer)
        layer.adapt(np.array([[word] for word in data], dtype=str))
        found = layer.get_vocabulary()
        cases.append(
            {"layer": before, "data": data, "vocabulary": found, "after": serialized(layer)}
        )
    data = [rng.randrange(-9, 9) for _ in range(200)] + [2**50, 2**50]
    for config in [{}, {"max_tokens": 4, "mask_token": 3, "num_oov_indices": 2}]:
        layer = layers.IntegerLookup(**config)
        before = serialized(layer)
        layer.adapt(np.array([[key] for key in data], dtype="int64"))
        found = [int(key) for key in layer.get_vocabulary()]
        cases.append(
            {"layer": before, "data": data, "vocabulary": found, "after": serialized(layer)}
        )
    return cases


def discretization():
    cases = []
    rng = np.random.default_rng(3)
    for size, config in [
        (1, {"num_bins": 2}),
        (5, {"num_bins": 3}),
        (50, {"num_bins": 4}),
        (100, {"num_bins": 4}),
        (1000, {"num_bins": 7}),
        (1013, {"num_bins": 10, "epsilon": 0.003}),
        (777, {"num_bins": 5, "epsilon": 0.07}),
        (3000, {"num_bins": 100}),
    ]:
        layer = layers.Discretization(**config)
        before = serialized(layer)
        data = np.round(rng.normal(size=size), 3).astype("float32")
        layer.adapt(data.reshape(-1, 1))
        cases.append(
            {
                "layer": before,
                "data": data.astype(float).tolist(),
                "boundaries": layer.bin_boundaries,
            }
        )
    return cases


def outputs():
    """Each output mode of each layer, on rows of one and of several values."""
    cases = []
    words = ["b", "d", "zebra"]

    def add(layer, rows, dtype):
        out = np.asarray(layer(np.array(rows, dtype=dtype)))
        cases.append(
            {
                "layer": serialized(layer),
                "rows": rows,
                "shape": list(out.shape[1:]),
                "output": out.ravel().tolist(),
            }
        )

    for mode in ["int", "one_hot", "multi_hot", "count"]:
        for rows in [[["d"], ["b"], [""], ["?"]], [["d", "d", "x"], ["", "b", "zebra"]]]:
            add(layers.StringLookup(vocabulary=words, mask_token="", output_mode=mode), rows, str)
            add(
                layers.StringLookup(
                    vocabulary=words, max_tokens=9, pad_to_max_tokens=True, output_mode=mode
                ),
                rows,
                str,
            )
            add(layers.Hashing(num_bins=6, output_mode=mode), rows, str)
            add(layers.Hashing(num_bins=6, mask_value="d", output_mode=mode), rows, str)
        for rows in [[[5], [6], [0]], [[5, 5, 0], [7, 2**35, 6]]]:
            add(layers.IntegerLookup(vocabulary=[5, 6], output_mode=mode), rows, "int64")
            add(
                layers.IntegerLookup(vocabulary=[5, 6], mask_token=0, output_mode=mode),
                rows,
                "int64",
            )
            add(layers.Hashing(num_bins=4, output_mode=mode), rows, "int64")
        for rows in [[[0.5], [-3.0], [2.0]], [[0.0, 0.1, 0.2], [2.0, 3.0, -1.0]]]:
            add(
                layers.Discretization(bin_boundaries=[0.0, 0.1, 2.0], output_mode=mode),
                rows,
                "float32",
            )
    for mode in ["one_hot", "multi_hot", "count"]:
        for rows in [[[0], [3], [2]], [[0, 1, 1], [3, 2, 3]]]:
            add(layers.CategoryEncoding(num_tokens=4, output_mode=mode), rows, "int32")
    return cases


def configs():
    """How built layers are written."""
    words = np.array([["a"], ["b"]], dtype=str)
    ids = np.array([[1], [2]], dtype="int64")
    numbers = np.array([[0.5], [2.5]], dtype="float32")
    made = [
        (layers.CategoryEncoding(num_tokens=4), ids),
        (layers.CategoryEncoding(num_tokens=4, output_mode="one_hot", name="codes"), ids),
        (layers.Discretization(bin_boundaries=[0.0, 1.0]), numbers),
        (layers.Discretization(num_bins=3, epsilon=0.1, output_mode="count"), numbers),
        (layers.Hashing(num_bins=7), words),
        (layers.Hashing(num_bins=7, mask_value=1, salt=3, output_mode="one_hot"), ids),
        (layers.Hashing(num_bins=7, mask_value="", dtype="int32"), words),
        (layers.IntegerLookup(vocabulary=[1, 2], mask_token=0), ids),
        (layers.IntegerLookup(max_tokens=3, oov_method="farmhash", salt=[1, 2]), ids),
        (layers.StringLookup(vocabulary=["a"], output_mode="multi_hot"), words),
        (layers.StringLookup(num_oov_indices=2, mask_token=""), words),
    ]
    cases = []
    for layer, data in made:
        if getattr(layer, "bin_boundaries", 0) is None or (
            isinstance(layer, layers.IntegerLookup | layers.StringLookup)
            and not layer.input_vocabulary
        ):
            layer.adapt(data)
        dtype = "string" if data.dtype.kind == "U" else data.dtype.name
        layer(keras.Input((1,), dtype=dtype))
        serialized = keras.saving.serialize_keras_object(layer)
        cases.append({"kind": "layer", "serialized": serialized})
    return cases


def main():
    folder = pathlib.Path(sys.argv[1])
    goldens = {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "cases": configs(),
        "hashing": hashing(),
        "lookups": lookups(),
        "adapted": adapted(),
        "discretization": discretization(),
        "outputs": outputs(),
    }
    # Texts are read by no layer of ours.
    for name, cases in goldens.items():
        if isinstance(cases, list):
            goldens[name] = [
                case for case in cases if '"class_name": "StringLookup"' not in json.dumps(case)
            ]
    text = json.dumps(goldens, ensure_ascii=False, separators=(",", ":"))
    (folder / "categories.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
