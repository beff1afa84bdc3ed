"""Trains the convolutional net of conf/fashion-cnn.json with PyTorch and prints a line of JSON.

usage: cnn_benchmark.py FILE.csv ROWS BATCH EPOCHS
"""

import importlib.util
import json
import statistics
import sys
import time

WARM_UP, THREADS = 1, 2


def images(file, rows):
    import numpy as np

    table = np.loadtxt(file, delimiter=",", skiprows=1, max_rows=rows, dtype=np.float32)
    return table[:, 1:].reshape(-1, 1, 28, 28), table[:, 0].astype(np.int64)


def network(torch):
    nn = torch.nn

    class Rescaling(nn.Module):
        def forward(self, x):
            return x * (1 / 255)

    return nn.Sequential(
        Rescaling(),
        nn.Conv2d(1, 32, 3, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(1600, 10),
    )


def rate(torch, x, y, batch, epochs, layout):
    """Samples a second in the median epoch, in one memory layout."""
    model = network(torch).to(memory_format=layout)
    x = x.to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss = torch.nn.CrossEntropyLoss()
    seconds = []
    for _ in range(WARM_UP + epochs):
        begin = time.perf_counter()
        order = torch.randperm(len(x))
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            optimizer.zero_grad()
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
        seconds.append(time.perf_counter() - begin)
    return len(x) / statistics.median(seconds[WARM_UP:])


def main():
    file, rows, batch, epochs = sys.argv[1], *map(int, sys.argv[2:])
    missing = [name for name in ("torch", "numpy") if not importlib.util.find_spec(name)]
    if missing:
        print(json.dumps({"skipped": " and ".join(missing) + " not installed"}))
        return

    import torch

    torch.set_num_threads(THREADS)
    x, y = (torch.from_numpy(part) for part in images(file, rows))
    layouts = [torch.contiguous_format, torch.channels_last]
    best = max(rate(torch, x, y, batch, epochs, layout) for layout in layouts)
    name = f"PyTorch {torch.__version__}, {THREADS} threads, the faster of two memory layouts"
    print(json.dumps({"name": name, "samples_per_second": best}))


main()
