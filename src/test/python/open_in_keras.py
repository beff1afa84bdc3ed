"""Opens an archive that Firesteel wrote in real Keras and compares it with the one it came from.

    KERAS_BACKEND=jax python src/test/python/open_in_keras.py ORIGINAL.keras REWRITTEN.keras [--values]

InterchangeTest and KerasImagesTest run it. Ends with 0 if config (unless --values is given), weights
and optimizer state are the same to the bit.
"""

import json
import sys
import warnings
import zipfile

import keras
import numpy as np


def config(path):
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names == ["metadata.json", "config.json", "model.weights.h5"], names
        assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())
        assert archive.testzip() is None
        return json.loads(archive.read("config.json"))


def main(original, rewritten, values=None):
    warnings.simplefilter("error")
    assert values or config(original) == config(rewritten)
    one = keras.saving.load_model(original)
    two = keras.saving.load_model(rewritten)
    pairs = list(
        zip(
            one.weights + one.optimizer.variables,
            two.weights + two.optimizer.variables,
            strict=True,
        )
    )
    for a, b in pairs:
        assert a.path == b.path and a.dtype == b.dtype, (a, b)
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), (a, b)
    two.fit(np.ones((4, *two.input_shape[1:]), "float32"), np.zeros(4), verbose=0)
    print(f"Keras {keras.__version__}: {len(pairs)} variables are the same")


if __name__ == "__main__":
    main(*sys.argv[1:])
