"""Writes the names of all public layer classes of Keras, for LayersOfKerasTest.

Run: KERAS_BACKEND=jax python src/test/python/keras_layers.py
Output: src/test/resources/keras/layers-of-keras.json
"""

import inspect
import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import keras

OUT = pathlib.Path(__file__).parent.parent / "resources" / "keras" / "layers-of-keras.json"
NAMES = {
    # Some have several names, of which the class's own is the one in files if it is public.
    value.__name__ if hasattr(keras.layers, value.__name__) else name
    for name, value in vars(keras.layers).items()
    if inspect.isclass(value) and issubclass(value, keras.layers.Layer)
}
OUT.write_text(json.dumps({"keras": keras.__version__, "layers": sorted(NAMES)}) + "\n")
