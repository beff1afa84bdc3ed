"""Writes a functional model made by arithmetic and functions, as Keras 3.15.1 saves it, and what it
predicts before and after training: resources/keras/operations.keras and operations.json; one of
parts of tensors, sums along axes and functions, operations-parts.keras and .json; and of ones
whose operations lose masks or cut off values, operations-masked and operations-distance.

    KERAS_BACKEND=jax python operations_in_keras.py ../resources/keras
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(3)
RNG = np.random.default_rng(3)


def arithmetic():
    rows = keras.Input((4,))
    a = layers.Dense(4)(rows)
    b = layers.Dense(4)(rows * 0.5 + 1.0)
    x = a + b - a * b
    x = ops.tanh(1.0 - x) / 4.0 + ops.maximum(a, -b)
    x = ops.concatenate([x, ops.leaky_relu(a, 0.1), ops.elu(b), ops.softmax(a)], axis=-1)
    x = ops.transpose(ops.reshape(x, (-1, 2, 8)), (0, 2, 1))
    x = ops.squeeze(ops.expand_dims(x, 1), 1) - 0.5
    x = layers.LSTM(3)(ops.gelu(x, approximate=False) + ops.log_softmax(x))
    return keras.Model(rows, layers.Dense(1)(ops.relu(x)))


def parts():
    rows = keras.Input((4,))
    x = layers.Reshape((5, 6))(layers.Dense(30)(rows))
    last = x[:, -1]
    some = x[:, 1:4, ::2]
    turned = x[:, ::-2, None, 3]
    sums = ops.concatenate(
        [
            ops.mean(x, axis=1),
            ops.max(x, axis=2),
            ops.min(x, axis=[1]),
            ops.sum(x * x, axis=-1),
            ops.mean(x, axis=(1, 2), keepdims=True)[..., 0],
        ],
        axis=-1,
    )
    size = ops.absolute(x) + 0.5
    functions = (
        ops.sqrt(size)
        + ops.log(size)
        + ops.log1p(ops.square(x))
        + ops.sin(x)
        + ops.cos(x)
        + ops.clip(x, -0.5, 0.25)
        + x**3
        + ops.reciprocal(size)
        + ops.rsqrt(size)
        + ops.expm1(x)
    )
    product = ops.matmul(some, ops.swapaxes(some, 1, 2))
    flat = layers.Flatten()
    x = ops.concatenate(
        [ops.normalize(last), flat(some), flat(turned), sums, flat(functions), flat(product)],
        axis=1,
    )
    return keras.Model(rows, layers.Dense(1)(x))


def masked():
    ids = keras.Input((6,))
    x = layers.Embedding(5, 4, mask_zero=True)(ids)
    attended = layers.MultiHeadAttention(2, 2)(x, x)
    # Keras loses the mask at each sum, so that the mean is that of all steps.
    x = layers.LayerNormalization()(x + attended)
    x = layers.LayerNormalization()(ops.concatenate([x, 1.0 - x * 2.0], axis=-1))
    return keras.Model(ids, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))


def distance():
    """The distance of two halves, as in Keras's example of Siamese networks."""
    rows = keras.Input((4,))
    inner = layers.Dense(3, activation="tanh")
    a, b = inner(rows[:, :2]), inner(rows[:, 2:])
    squared = ops.sum(ops.square(a - b), axis=1, keepdims=True)
    far = ops.sqrt(ops.maximum(squared, 1e-7))
    return keras.Model(rows, layers.Dense(1)(ops.minimum(0.75, far)))


def write(model, name, folder, rate=0.01, x=None):
    x = RNG.normal(size=(8, 4)).astype("float32") if x is None else x
    y = RNG.normal(size=(8, 1)).astype("float32")
    model.compile(keras.optimizers.SGD(rate), "mse")
    model.save(folder / f"{name}.keras")
    before = model.predict(x, verbose=0)
    model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    answers = {
        "x": [np.ravel(row).tolist() for row in x],
        "y": np.ravel(y).tolist(),
        "before": np.ravel(before).tolist(),
        "after": np.ravel(model.predict(x, verbose=0)).tolist(),
    }
    (folder / f"{name}.json").write_text(json.dumps(answers) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    write(arithmetic(), "operations", folder)
    write(parts(), "operations-parts", folder, rate=2e-4)
    ids = np.random.default_rng(8).integers(0, 5, (8, 6)).astype("float32")
    write(masked(), "operations-masked", folder, x=ids)
    write(distance(), "operations-distance", folder)


if __name__ == "__main__":
    main()
