"""Writes how Keras serializes layers of sequences and others, for LayersTest.

Run: KERAS_BACKEND=jax python src/test/python/golden_layer_configs.py
Output: src/test/resources/golden-layers/configs-of-sequences.json
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
from golden_layers import write
from keras import layers

CASES = []


def add(layer, shape):
    if not layer.built:
        layer.build((None, *shape))
    serialized = keras.saving.serialize_keras_object(layer)
    # Inner layers are built by the outer one, whatever shape is written for them.
    for key in ["layer", "backward_layer", "cell"]:
        serialized["config"].get(key, {}).pop("build_config", None)
    CASES.append({"kind": "layer", "serialized": serialized})


IMAGE, SEQUENCE = (6, 5, 3), (5, 4)
add(layers.ZeroPadding1D(2), SEQUENCE)
add(layers.ZeroPadding2D((1, 2)), IMAGE)
add(layers.Cropping1D((1, 2)), SEQUENCE)
add(layers.Cropping2D(((1, 0), (2, 1))), IMAGE)
add(layers.UpSampling2D(), IMAGE)
add(layers.Permute((2, 1)), SEQUENCE)
add(layers.RepeatVector(3), (4,))
add(layers.Identity(), SEQUENCE)
add(layers.Masking(-1.0), SEQUENCE)
add(layers.ActivityRegularization(0.1, 0.2), SEQUENCE)
add(layers.AlphaDropout(0.3), SEQUENCE)
add(layers.GaussianDropout(0.3, seed=1), SEQUENCE)
add(layers.SpatialDropout1D(0.3), SEQUENCE)
add(layers.SpatialDropout2D(0.3), IMAGE)
add(layers.PReLU(shared_axes=[1]), SEQUENCE)
add(layers.UnitNormalization(), SEQUENCE)
add(layers.MaxPooling1D(2), SEQUENCE)
add(layers.AveragePooling1D(2, 1, "same"), SEQUENCE)
add(layers.GlobalMaxPooling1D(), SEQUENCE)
add(layers.GlobalMaxPooling2D(keepdims=True), IMAGE)
add(layers.GlobalAveragePooling1D(), SEQUENCE)
add(layers.Conv1D(3, 2, activation="relu"), SEQUENCE)
add(layers.SimpleRNN(3, activity_regularizer="l2"), SEQUENCE)
add(layers.GRU(3, dropout=0.2, kernel_regularizer="l2"), SEQUENCE)
add(layers.LSTM(3, return_sequences=True, recurrent_dropout=0.1), SEQUENCE)
add(layers.Bidirectional(layers.LSTM(3)), SEQUENCE)
add(layers.TimeDistributed(layers.Dense(2)), SEQUENCE)
add(layers.DepthwiseConv2D(3, depth_multiplier=2, depthwise_regularizer="l2"), IMAGE)
add(layers.SeparableConv2D(4, 3, 2, "same", pointwise_constraint="unit_norm"), IMAGE)
add(layers.Conv2DTranspose(4, 3, 2, "same", output_padding=1), IMAGE)
add(layers.GroupNormalization(3, gamma_regularizer="l1"), IMAGE)
add(layers.RMSNormalization(), SEQUENCE)
add(layers.UpSampling1D(3), SEQUENCE)
add(layers.Embedding(10, 4, mask_zero=True), (3,))
add(layers.DepthwiseConv1D(3, depth_multiplier=2, depthwise_regularizer="l2"), SEQUENCE)
add(layers.SeparableConv1D(4, 3, 2, "same", pointwise_constraint="unit_norm"), SEQUENCE)
add(layers.Conv1DTranspose(4, 3, 2, "same", output_padding=1), SEQUENCE)
add(layers.Conv1D(4, 3, padding="causal", groups=2), SEQUENCE)
add(layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="e", kernel_regularizer="l2"), SEQUENCE)
add(layers.SpectralNormalization(layers.Dense(3), power_iterations=2), SEQUENCE)
add(layers.RNN(layers.LSTMCell(3, dropout=0.1, name="mine"), return_sequences=True), SEQUENCE)
write("configs-of-sequences", {"cases": CASES})
