"""Writes a model with TimeDistributed of a functional and of a Sequential model, and what Keras computes.

Run: KERAS_BACKEND=jax python src/test/python/golden_steps.py
Output: src/test/resources/keras/steps.keras and steps-statistics.keras, and
golden-layers/values-of-steps.json and values-of-step-statistics.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from golden_layers import OUT, flat, write
from keras import layers

RNG = np.random.default_rng(25)
# Words of sentences, whose ends are masked within each; then sentences of a text.
words = keras.Input((4,), name="words")
vectors = layers.Embedding(5, 3, mask_zero=True)(words)
both = layers.Concatenate()([layers.LSTM(2)(vectors), layers.GRU(2)(vectors)])
sentence = keras.Model(words, both, name="sentence")
head = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(2)])
texts = keras.Input((3, 4), name="texts")
encoded = layers.TimeDistributed(sentence, name="each")(texts)
scores = layers.TimeDistributed(head)(encoded)
model = keras.Model(texts, [scores, layers.LSTM(2)(encoded)], name="hierarchy")
for weight in model.weights:
    weight.assign(RNG.normal(0, 0.7, weight.shape))
x = np.array([[[1, 2, 0, 0], [3, 4, 1, 2], [2, 0, 0, 0]], [[4, 4, 1, 0], [1, 0, 3, 0], [2, 3, 4, 1]]], np.float32)
y = [RNG.normal(0, 1, (2, 3, 2)).astype(np.float32), RNG.normal(0, 1, (2, 2)).astype(np.float32)]


def rows(arrays):
    return [flat(row) for row in np.concatenate([np.reshape(a, (2, -1)) for a in arrays], 1)]


def statistics():
    """A model with statistics of images, applied to each, and normalization of each step."""
    model = keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            layers.Conv2D(3, 2, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
        ],
        name="frames",
    )
    video = keras.Input((3, 4, 4, 2), name="video")
    frames = layers.TimeDistributed(model, name="each")(video)
    frames = layers.TimeDistributed(layers.BatchNormalization(), name="normal")(frames)
    return keras.Model(video, layers.SimpleRNN(2)(frames), name="moving")


def of_statistics():
    keras.utils.set_random_seed(4)
    model = statistics()
    x = RNG.normal(1, 2, (5, 3, 4, 4, 2)).astype(np.float32)
    y = RNG.normal(0, 1, (5, 2)).astype(np.float32)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.save(OUT.parent / "keras" / "steps-statistics.keras")
    case = {"x": [flat(row) for row in x], "y": [flat(row) for row in y]}
    case["predicted"] = [flat(row) for row in model.predict(x, verbose=0)]
    for _ in range(2):
        model.train_on_batch(x, y)
    case["trained"] = [flat(w) for w in model.get_weights()]
    case["predicted_after"] = [flat(row) for row in model.predict(x, verbose=0)]
    write("values-of-step-statistics", case)


if __name__ == "__main__":
    model.save(OUT.parent / "keras" / "steps.keras")
    before = [flat(w) for w in model.weights]
    predicted = rows(model.predict(x, verbose=0))
    model.compile(keras.optimizers.SGD(0.5), "mse")
    model.train_on_batch(x, y)
    case = {
        "x": rows([x]),
        "y": rows(y),
        "weights": before,
        "predicted": predicted,
        "trained": [flat(w) for w in model.weights],
    }
    write("values-of-steps", case)
    of_statistics()
