"""Writes what Keras computes for layers of attention, for AttentionTest, and how it is written.

Run: KERAS_BACKEND=jax python src/test/python/golden_attention.py
Output: src/test/resources/golden-layers/values-of-attention.json, and configs-of-attention.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers

RNG = np.random.default_rng(21)
CASES = []
CONFIGS = []


def add(layer, shapes, masks=(None, None, None), seen=None, **flags):
    heads = isinstance(layer, (layers.MultiHeadAttention, layers.GroupQueryAttention))
    batch = [(None, *shape) for shape in shapes]
    layer.build(*batch) if heads else layer.build(batch)
    weights = [RNG.normal(0, 0.7, v.shape).astype(np.float32) for v in layer.trainable_variables]
    others = [v.value for v in layer.non_trainable_variables]
    inputs = [RNG.normal(0, 1, (2, *shape)).astype(np.float32) for shape in shapes]
    names = ["query_mask", "value_mask", "key_mask"]
    kwargs = {n: np.asarray(m, bool) for n, m in zip(names, masks) if m is not None}
    if not heads and kwargs:
        kwargs = {"mask": [None if m is None else np.asarray(m, bool) for m in masks]}
    if seen is not None:
        kwargs["attention_mask"] = seen
    kwargs |= flags

    def call(weights, inputs):
        args = inputs if heads else [inputs]
        return layer.stateless_call(weights, others, *args, **kwargs)[0]

    y = call(weights, inputs)
    cotangent = RNG.normal(0, 1, y.shape).astype(np.float32)
    of_weights, of_inputs = jax.grad(
        lambda w, x: jax.numpy.sum(call(w, x) * cotangent), (0, 1)
    )(weights, inputs)
    serialized = keras.saving.serialize_keras_object(layer)
    CONFIGS.append({"kind": "layer", "serialized": serialized})
    CASES.append(
        {
            "serialized": serialized,
            "shapes": [list(shape) for shape in shapes],
            "output_shape": list(y.shape[1:]),
            "inputs": [flat(x) for x in inputs],
            "masks": [None if m is None else [bool(v) for v in np.ravel(m)] for m in masks],
            "weights": [flat(w) for w in weights],
            "y": flat(y),
            "cotangent": flat(cotangent),
            "weight_gradients": [flat(g) for g in of_weights],
            "input_gradients": [flat(g) for g in of_inputs],
            "causal": flags.get("use_causal_mask", False),
            "seen": None if seen is None else flat(seen),
        }
    )


VALUE = [[1, 1, 0, 0], [0, 0, 0, 0]]
mha = layers.MultiHeadAttention
add(mha(2, 3), [(3, 5), (4, 5)])
add(mha(2, 3, use_bias=False, output_shape=4), [(3, 5), (4, 2), (4, 3)])
add(mha(3, 2), [(3, 4), (4, 4)], (None, VALUE, None))
add(mha(2, 2, kernel_regularizer="l2"), [(3, 4), (4, 2), (4, 3)], (None, VALUE, [[0, 1, 1, 1], [1, 1, 1, 1]]))
add(mha(1, 2, sliding_window=2), [(4, 3), (4, 3)])
# Masks that come from a layer: those of queries count here.
ids = keras.Input((5,))
vectors = layers.Embedding(4, 3, mask_zero=True)(ids)
model = keras.Model(ids, mha(2, 2)(vectors, vectors))
for weight in model.weights:
    weight.assign(RNG.normal(0, 0.7, weight.shape))
x = np.array([[1, 2, 3, 0, 0], [3, 0, 1, 0, 2], [0, 0, 0, 0, 0]], np.float32)
masked = {
    "model": model.to_json(),
    "weights": [flat(w) for w in model.weights],
    "x": x.tolist(),
    "y": [flat(row) for row in model(x)],
}
add(mha(2, 3), [(3, 5), (4, 5)], use_causal_mask=True)
add(mha(2, 3, use_gate=True), [(3, 5), (4, 5)], (None, VALUE, None), use_causal_mask=True)
add(mha(2, 3, use_gate=True, use_bias=False), [(3, 5), (4, 2), (4, 3)])
SEEN = RNG.integers(0, 2, (2, 3, 4)).astype(np.float32)
add(mha(2, 3), [(3, 5), (4, 2), (4, 3)], seen=SEEN)
QUERY = [[1, 0, 1], [0, 0, 1]]
for scored in [
    layers.Attention,
    lambda **kw: layers.Attention(score_mode="concat", **kw),
    layers.AdditiveAttention,
]:
    for scale in [False, True]:
        add(scored(use_scale=scale), [(3, 4), (4, 4)])
        add(scored(use_scale=scale), [(3, 4), (4, 2), (4, 4)], (QUERY, VALUE, None))
    add(scored(dropout=0.3, seed=2), [(3, 4), (4, 4)], (None, VALUE, None), use_causal_mask=True)
# A decoder: causal, with masks from layers below.
vectors = layers.Embedding(4, 3, mask_zero=True)(ids)
first = mha(2, 2)(vectors, vectors, use_causal_mask=True)
second = layers.Attention(use_scale=True)([first, vectors], use_causal_mask=True)
seen = keras.Input((5, 5), dtype="bool")
third = mha(1, 2)(second, vectors, attention_mask=seen)
model = keras.Model([ids, seen], third)
for weight in model.weights:
    weight.assign(RNG.normal(0, 0.7, weight.shape))
allowed = RNG.integers(0, 2, (3, 5, 5)).astype(np.float32)
decoder = {
    "model": model.to_json(),
    "weights": [flat(w) for w in model.weights],
    "x": [flat(row) for row in np.concatenate([x, allowed.reshape(3, 25)], 1)],
    "y": [flat(row) for row in model([x, allowed])],
}
if __name__ == "__main__":
    write("values-of-attention", {"cases": CASES, "masked": masked, "decoder": decoder})
    write("configs-of-attention", {"cases": CONFIGS})
