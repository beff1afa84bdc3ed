"""Trains a convolutional network on the digits 0 to 4 of conf/data/digits.csv with Keras 3.15.1 and
saves it for the notebook fine-tuning.zpln: conf/models/digits-base.keras. From the project's folder:

    KERAS_BACKEND=jax python src/test/python/digits_base.py
"""

import csv

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)


def rows():
    with open("conf/data/digits.csv") as file:
        table = list(csv.DictReader(file))
    x = np.array([[row[f"pixel_{i}"] for i in range(64)] for row in table], "float32")
    y = np.array([row["digit"] for row in table], "int32")
    return x[y < 5], y[y < 5]


def network():
    pixels = keras.Input((64,), name="pixels")
    x = layers.Reshape((8, 8, 1))(layers.Rescaling(1 / 16)(pixels))
    x = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
    x = layers.MaxPooling2D()(x)
    y = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
    x = layers.Flatten(name="shapes")(layers.Add()([x, y]))
    return keras.Model(pixels, layers.Dense(5, activation="softmax")(x), name="digits_base")


def main():
    x, y = rows()
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=12, batch_size=64, verbose=0)
    print(model.evaluate(x, y, verbose=0))
    model.compile()
    model.save("conf/models/digits-base.keras")


if __name__ == "__main__":
    main()
