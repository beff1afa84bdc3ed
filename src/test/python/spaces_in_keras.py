"""Writes a model of volumes and of grouped attention, as Keras 3.15.1 saves it, and what it predicts
before and after training: resources/keras/spaces-volumes.keras and spaces.json.

    KERAS_BACKEND=jax python spaces_in_keras.py ../resources/keras

With a second folder it opens what Firesteel wrote there, as seq2seq_in_keras.py does.
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers
from seq2seq_in_keras import flat, reopen

RNG = np.random.default_rng(6)


def volumes():
    volume = keras.Input((4, 5, 3, 2), name="volume")
    steps = keras.Input((5, 4), name="steps")
    x = layers.Conv3D(4, 2, activation="tanh", groups=2)(volume)
    x = layers.ZeroPadding3D(((1, 0), (0, 1), (0, 0)))(x)
    x = layers.Conv3DTranspose(2, 2, strides=2, padding="same")(layers.MaxPooling3D(2)(x))
    x = layers.Cropping3D(((1, 0), (0, 0), (0, 0)))(layers.UpSampling3D((1, 1, 2))(x))
    x = layers.SpatialDropout3D(0.0)(layers.AveragePooling3D(2, strides=1)(x))
    pooled = [layers.GlobalMaxPooling3D()(x), layers.GlobalAveragePooling3D()(x)]
    for kind in (layers.AdaptiveMaxPooling3D, layers.AdaptiveAveragePooling3D):
        pooled.append(layers.Flatten()(kind((2, 1, 1))(x)))
    y = layers.GroupQueryAttention(2, 4, 2, use_gate=True)(steps, steps)
    for kind in (layers.AdaptiveMaxPooling1D, layers.AdaptiveAveragePooling1D):
        pooled.append(layers.Flatten()(kind(2)(y)))
    image = layers.Reshape((5, 2, 2))(y)
    for kind in (layers.AdaptiveMaxPooling2D, layers.AdaptiveAveragePooling2D):
        pooled.append(layers.Flatten()(kind((2, 1))(image)))
    return keras.Model([volume, steps], layers.Dense(2)(layers.Concatenate()(pooled)))


def main(folder):
    keras.utils.set_random_seed(6)
    model = volumes()
    x = [RNG.normal(size=(8, *i.shape[1:])).astype("float32") for i in model.inputs]
    y = RNG.normal(size=(8, 2)).astype("float32")
    model.compile("sgd", "mse")
    model.save(folder / "spaces-volumes.keras")
    answer = {"x": flat(x), "before": flat([model.predict(x, verbose=0)]), "y": flat([y])}
    model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    answer["after"] = flat([model.predict(x, verbose=0)])
    (folder / "spaces.json").write_text(json.dumps({"volumes": answer}) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        reopen(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "spaces")
    else:
        main(pathlib.Path(sys.argv[1]))
