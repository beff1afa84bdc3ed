"""Trains the perceptron of MlpBenchmark with one peer and prints a line of JSON.

usage: mlp_benchmark.py PEER FOLDER, where PEER is torch, keras-jax, keras-torch or keras-tensorflow
"""

import gzip
import importlib.util
import json
import os
import statistics
import sys
import time

BATCH, WARM_UP, EPOCHS, THREADS = 256, 2, 7, 2
WIDTHS = [784, 256, 128, 100, 10]


def images(folder):
    import numpy as np

    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    with gzip.open(os.path.join(folder, "train-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return (pixels.reshape(-1, 784) / np.float32(255)).astype(np.float32), labels.astype(np.int64)


def median_epoch(epoch):
    seconds = []
    for _ in range(WARM_UP + EPOCHS):
        begin = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[WARM_UP:])


def torch_rate(folder):
    """The faster of Adam's default and its fused kernel, whole batches gathered by index."""
    import torch

    torch.set_num_threads(THREADS)
    x, y = (torch.from_numpy(part) for part in images(folder))
    rates = []
    for fused in (False, True):
        layers = []
        for inputs, units in zip(WIDTHS, WIDTHS[1:]):
            layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers[:-1])
        optimizer = torch.optim.Adam(model.parameters(), fused=fused)
        loss = torch.nn.CrossEntropyLoss()

        def epoch():
            order = torch.randperm(len(x))
            for first in range(0, len(x), BATCH):
                rows = order[first : first + BATCH]
                optimizer.zero_grad()
                loss(model(x[rows]), y[rows]).backward()
                optimizer.step()

        rates.append(len(x) / median_epoch(epoch))
    return f"PyTorch {torch.__version__}, {THREADS} threads", max(rates)


def keras_rate(folder, backend):
    os.environ["KERAS_BACKEND"] = backend
    import keras

    x, y = images(folder)
    model = keras.Sequential(
        [keras.layers.Dense(units, activation="relu") for units in WIDTHS[1:-1]]
        + [keras.layers.Dense(WIDTHS[-1], activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    rate = len(x) / median_epoch(lambda: model.fit(x, y, batch_size=BATCH, verbose=0))
    return f"Keras {keras.__version__} on {backend}", rate


def main():
    peer, folder = sys.argv[1:]
    module = peer.rpartition("-")[2]
    missing = [name for name in {module, peer.partition("-")[0]} if not importlib.util.find_spec(name)]
    if missing:
        print(json.dumps({"skipped": " and ".join(sorted(missing)) + " not installed"}))
        return

    name, rate = torch_rate(folder) if peer == "torch" else keras_rate(folder, module)
    print(json.dumps({"name": name, "samples_per_second": rate}))


main()
