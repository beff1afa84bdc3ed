"""Times optimizer steps of PyTorch (fused) and Optax (jitted, donated), for OptimizerBenchmark.

Writes lines of peer, optimizer, size, threads, ns a parameter, separated by tabs, and lines after # about it.
A figure is that of the fastest of several runs. Each peer and number of threads has a process of its own.
Usage: optimizer_benchmark.py [--quick]
"""

import importlib.util
import os
import subprocess
import sys
import time

SIZES = [1_000, 1_000_000, 10_000_000]
THREADS = [1, 2]


def fastest(step, size, quick):
    """The nanoseconds a parameter of the fastest run."""
    for _ in range(5):
        step(1)
    start = time.perf_counter()
    step(1)
    once = time.perf_counter() - start
    run = 0.03 if quick else 0.2
    repeats = max(1, int(run / max(once, 1e-7)))
    best = float("inf")
    for _ in range(5 if quick else 20):
        start = time.perf_counter()
        step(repeats)
        best = min(best, (time.perf_counter() - start) / repeats)
    return best * 1e9 / size


def torch_times(threads, quick):
    import torch

    torch.set_num_threads(threads)
    print(f"# PyTorch {torch.__version__}, fused=True.")
    optimizers = {
        "SGD": lambda w: torch.optim.SGD([w], lr=0.01, fused=True),
        'SGD {"momentum":0.9}': lambda w: torch.optim.SGD([w], lr=0.01, momentum=0.9, fused=True),
        "Adam": lambda w: torch.optim.Adam([w], lr=0.001, fused=True),
        'Adam {"amsgrad":true}': lambda w: torch.optim.Adam([w], lr=0.001, amsgrad=True, fused=True),
        "AdamW": lambda w: torch.optim.AdamW([w], lr=0.001, fused=True),
        "Adagrad": lambda w: torch.optim.Adagrad([w], lr=0.001, fused=True),
    }
    for size in SIZES:
        for name, make in optimizers.items():
            weights = torch.nn.Parameter(torch.randn(size))
            weights.grad = torch.randn(size) * 0.01
            optimizer = make(weights)

            def step(repeats):
                for _ in range(repeats):
                    optimizer.step()

            print("torch", name, size, threads, fastest(step, size, quick), sep="\t")


def optax_times(threads, quick):
    import jax
    import jax.numpy as jnp
    import optax

    print(f"# Optax {optax.__version__} on JAX {jax.__version__}, jitted, buffers donated.")
    optimizers = {
        "SGD": optax.sgd(0.01),
        'SGD {"momentum":0.9}': optax.sgd(0.01, momentum=0.9),
        "RMSprop": optax.rmsprop(0.001, decay=0.9),
        "Adam": optax.adam(0.001),
        'Adam {"amsgrad":true}': optax.amsgrad(0.001),
        "AdamW": optax.adamw(0.001, weight_decay=0.004),
        "Adagrad": optax.adagrad(0.001),
        "Adadelta": optax.adadelta(0.001, rho=0.95),
        "Adamax": optax.adamax(0.001),
        "Nadam": optax.nadam(0.001),
        "Lion": optax.lion(0.001, b2=0.99),
        "Lamb": optax.lamb(0.001),
    }
    for size in SIZES:
        for name, transform in optimizers.items():

            def update(weights, state, gradient):
                updates, state = transform.update(gradient, state, weights)
                return optax.apply_updates(weights, updates), state

            jitted = jax.jit(update, donate_argnums=(0, 1))
            key = jax.random.PRNGKey(1)
            held = [jax.random.normal(key, (size,)), None]
            held[1] = transform.init(held[0])
            gradient = jax.random.normal(key, (size,)) * 0.01

            def step(repeats):
                for _ in range(repeats):
                    held[:] = jitted(held[0], held[1], gradient)
                held[0].block_until_ready()

            print("optax", name, size, threads, fastest(step, size, quick), sep="\t")


PEERS = {"torch": torch_times, "optax": optax_times}


def main():
    if len(sys.argv) > 2 and sys.argv[1] in PEERS:
        PEERS[sys.argv[1]](int(sys.argv[2]), "--quick" in sys.argv)
        return

    said = set()
    for peer in PEERS:
        if importlib.util.find_spec(peer) is None:
            print(f"# {peer} is not installed and was not measured.")
            continue

        for threads in THREADS:
            cores = ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[:threads])
            command = ["taskset", "-c", cores, sys.executable, __file__, peer, str(threads)]
            environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
            output = subprocess.run(
                command + sys.argv[1:], env=environment, stdout=subprocess.PIPE, text=True, check=True
            ).stdout
            for line in output.splitlines():
                if line not in said:
                    said.add(line)
                    print(line)


if __name__ == "__main__":
    main()
