"""Opens in real Keras what Firesteel wrote of models with open extents; OpenLengthsTest runs it.

    KERAS_BACKEND=jax python src/test/python/lengths_in_keras.py GOLDENS FOLDER

GOLDENS has the files of golden_open.py, FOLDER those of the same names that Firesteel wrote. Ends
with 0 if Keras predicts rows of another length as it did before, and finds the same extents open.
"""

import json
import pathlib
import sys

import keras
import numpy as np


def main(goldens, folder):
    for file in sorted(folder.glob("open-*.keras")):
        golden = json.loads((goldens / f"{file.stem}.json").read_text())
        model = keras.saving.load_model(file)
        original = keras.saving.load_model(goldens / file.name)
        assert [i.shape for i in model.inputs] == [i.shape for i in original.inputs], file
        assert [o.shape for o in model.outputs] == [o.shape for o in original.outputs], file
        shapes = golden["shapes"][2]
        x = [np.array(v, np.float32).reshape(-1, *s) for v, s in zip(golden["inputs2"], shapes)]
        got = model.predict(x if len(x) > 1 else x[0], verbose=0)
        expected = np.array(golden["predictions"]).reshape(got.shape)
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5)


main(*map(pathlib.Path, sys.argv[1:]))
