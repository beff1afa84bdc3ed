"""Opens a model of a click job in real Keras and predicts rows of it; ExampleJobsTest runs it.

    KERAS_BACKEND=jax python src/test/python/predict_in_keras.py MODEL.keras INPUTS.json

INPUTS.json holds the inputs by name and the expected predictions. FMInteraction is the class that
src/site/markdown/sparse-data.md shows. Ends with 0 if Keras predicts the same to 1e-5.
"""

import json
import re
import sys

import keras
import numpy as np


def main(model, inputs):
    page = open("src/site/markdown/sparse-data.md").read()
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1), {"keras": keras})
    rows = json.load(open(inputs))
    given = {name: np.array(values) for name, values in rows["inputs"].items()}
    loaded = keras.saving.load_model(model)
    got = loaded.predict({"numeric": given["numeric"].astype("float32"), "ids": given["ids"].astype("int32")}, verbose=0)
    np.testing.assert_allclose(got, np.array(rows["outputs"]), rtol=0, atol=1e-5)
    assert np.std(got) > 1e-4, "the rows differ too little to compare"


main(*sys.argv[1:])
