"""Writes what Keras computes for attention of groups of heads, for AttentionTest, and how it is written.

Run: KERAS_BACKEND=jax python src/test/python/golden_groups.py
Output: src/test/resources/golden-layers/values-of-groups.json, and configs-of-groups.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import golden_attention as attention
import numpy as np
from golden_layers import write
from keras import layers

attention.CASES.clear()
attention.CONFIGS.clear()
attention.RNG = np.random.default_rng(41)
add = attention.add
groups = layers.GroupQueryAttention

add(groups(3, 4, 2), [(3, 5), (4, 5)])
add(groups(2, 4, 1, use_bias=False), [(3, 5), (4, 5), (4, 3)])
add(groups(2, 2, 2, use_gate=True), [(3, 4), (4, 4)], (None, attention.VALUE, None))
add(groups(2, 6, 3, sliding_window=2), [(4, 3), (4, 3)])
add(groups(2, 4, 2, use_gate=True), [(3, 4), (4, 4)], use_causal_mask=True)
add(groups(2, 4, 2), [(3, 5), (4, 5), (4, 3)], seen=attention.SEEN)
write("values-of-groups", {"cases": attention.CASES})
write("configs-of-groups", {"cases": attention.CONFIGS})
