"""Writes what Keras computes for attention along other axes, and for its scores, for AttentionTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_attended.py
Output: src/test/resources/golden-layers/values-of-scores.json

With "scores" a row of the output has the scores behind it.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from golden_layers import flat, write
from keras import layers

RNG = np.random.default_rng(22)
CASES = []


def add(layer, shapes, masks=(None, None, None), seen=None, scores=False, causal=False):
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
    if scores:
        kwargs["return_attention_scores"] = True
    if causal:
        kwargs["use_causal_mask"] = True

    def call(weights, inputs):
        args = inputs if heads else [inputs]
        outputs = layer.stateless_call(weights, others, *args, **kwargs)[0]
        outputs = outputs if scores else [outputs]
        return jax.numpy.concatenate([o.reshape((2, -1)) for o in outputs], 1), outputs

    y, outputs = call(weights, inputs)
    cotangent = RNG.normal(0, 1, y.shape).astype(np.float32)
    of_weights, of_inputs = jax.grad(
        lambda w, x: jax.numpy.sum(call(w, x)[0] * cotangent), (0, 1)
    )(weights, inputs)
    CASES.append(
        {
            "serialized": keras.saving.serialize_keras_object(layer),
            "shapes": [list(shape) for shape in shapes],
            "output_shape": list(outputs[0].shape[1:]),
            "scores": list(outputs[1].shape[1:]) if scores else None,
            "inputs": [flat(x) for x in inputs],
            "masks": [None if m is None else [bool(v) for v in np.ravel(m)] for m in masks],
            "weights": [flat(w) for w in weights],
            "y": flat(y),
            "cotangent": flat(cotangent),
            "weight_gradients": [flat(g) for g in of_weights],
            "input_gradients": [flat(g) for g in of_inputs],
            "causal": causal,
            "seen": None if seen is None else flat(seen),
            "seen_shape": None if seen is None else list(seen.shape[1:]),
        }
    )


def bits(*shape):
    return RNG.integers(0, 2, (2, *shape)).astype(np.float32)


mha = layers.MultiHeadAttention
VALUE = [[1, 1, 0, 0], [0, 0, 0, 0]]
QUERY = [[1, 0, 1], [0, 0, 1]]
# Scores of sequences; a step without anything to attend to has none.
add(mha(2, 3), [(3, 5), (4, 5)], scores=True)
add(mha(2, 3, use_gate=True), [(3, 5), (4, 2), (4, 3)], (None, VALUE, None), scores=True)
add(mha(2, 3, dropout=0.2), [(3, 5), (4, 5)], scores=True, causal=True)
add(mha(2, 3, sliding_window=2, output_shape=(2, 3)), [(3, 5), (4, 5)], scores=True)
add(mha(2, 3), [(3, 5), (4, 5), (4, 5)], seen=bits(2, 3, 4), scores=True)
group = layers.GroupQueryAttention
add(group(3, 4, 2), [(3, 5), (4, 5)], (QUERY, VALUE, None), scores=True)
add(group(2, 2, 1, use_gate=True), [(3, 4), (4, 4)], scores=True, causal=True)
for scored in [
    layers.Attention(use_scale=True),
    layers.Attention(score_mode="concat", use_scale=True),
    layers.AdditiveAttention(),
]:
    add(scored, [(3, 4), (4, 2), (4, 4)], (QUERY, VALUE, None), scores=True)
    add(type(scored)(), [(3, 4), (4, 4)], scores=True, causal=True)
# More axes.
add(layers.Attention(use_scale=True), [(2, 3, 4), (2, 4, 2), (2, 4, 4)], scores=True)
add(layers.AdditiveAttention(), [(2, 3, 4), (2, 2, 4)], causal=True)
add(mha(2, 3), [(2, 3, 4), (3, 2, 4)])
add(mha(2, 3, attention_axes=1), [(2, 3, 4), (4, 3, 4)], scores=True)
add(mha(2, 3, attention_axes=(1,), use_gate=True), [(2, 3, 4), (4, 3, 2), (4, 3, 5)], causal=True)
add(mha(1, 2, attention_axes=(1,), sliding_window=2), [(4, 2, 3), (4, 2, 3)])
add(mha(2, 2, attention_axes=(2,)), [(2, 3, 4), (2, 4, 4), (2, 4, 3)], seen=bits(2, 3, 4))
add(mha(2, 2, attention_axes=(2,)), [(2, 3, 4), (2, 4, 4), (2, 4, 3)], seen=bits(3, 4), scores=True)
add(
    mha(2, 2, attention_axes=-2),
    [(2, 3, 4), (2, 4, 4)],
    (None, [[[1, 1, 0, 1], [1, 1, 1, 1]], VALUE], None),
)
add(mha(2, 2, attention_axes=(3, 1)), [(2, 2, 3, 3), (1, 2, 2, 3)], scores=True)
add(mha(2, 2, attention_axes=(1, 3), output_shape=(2, 2)), [(2, 2, 3, 3), (1, 2, 2, 3), (1, 2, 2, 3)], seen=bits(2, 3, 1, 2))
if __name__ == "__main__":
    write("values-of-scores", {"cases": CASES})
