"""Writes models that hand the states of recurrent layers on, as Keras 3.15.1 saves them, and what
they predict before and after training: resources/keras/seq2seq-*.keras and seq2seq.json.

    KERAS_BACKEND=jax python seq2seq_in_keras.py ../resources/keras

With a second folder it opens what Firesteel wrote there under the same names, which must predict and
train as in seq2seq.json; RecurrentStatesTest runs it so.
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
RNG = np.random.default_rng(5)
IDS = (6,)
ROWS = (6, 2)


def translator():
    """Keras's example of a translation by characters, with words."""
    source = keras.Input(ROWS, name="source")
    target = keras.Input((4, 3), name="target")
    encoder = layers.LSTM(4, return_state=True)
    _, h, c = encoder(source)
    decoder = layers.LSTM(4, return_sequences=True, return_state=True)
    y, _, _ = decoder(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(2, activation="softmax")(y))


def masked():
    ids = keras.Input(IDS, name="ids")
    x = layers.Embedding(5, 3, mask_zero=True)(ids)
    x, h = layers.GRU(4, return_sequences=True, return_state=True)(x)
    y, last = layers.SimpleRNN(
        4, return_sequences=True, return_state=True, zero_output_for_mask=True
    )(x, initial_state=h)
    z = layers.GRU(4, reset_after=False, go_backwards=True)(y, initial_state=[last])
    return keras.Model(ids, layers.Dense(2)(layers.Concatenate()([h, z])))


def two_ways():
    rows = keras.Input(ROWS, name="rows")
    x = layers.Masking(0.0)(rows)
    y, h, c, bh, bc = layers.Bidirectional(
        layers.LSTM(3, return_state=True, return_sequences=True)
    )(x)
    one, other = layers.Bidirectional(layers.GRU(3), merge_mode=None)(y, initial_state=[h, bh])
    z = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="ave")(
        rows, initial_state=[h, c, bh, bc]
    )
    first, last = layers.Bidirectional(
        layers.SimpleRNN(2, return_sequences=True), merge_mode=None
    )(z)
    flat = layers.Flatten()(layers.Subtract()([first, last]))
    return keras.Model(rows, layers.Dense(2)(layers.Concatenate()([one, other, flat])))


def cells():
    rows = keras.Input(ROWS, name="rows")
    y, lstm, gru, second = layers.RNN(
        [layers.LSTMCell(3), layers.GRUCell(2), layers.GRUCell(4)],
        return_state=True,
        return_sequences=True,
    )(layers.Masking(0.0)(rows))
    z = layers.RNN([layers.SimpleRNNCell(3), layers.LSTMCell(2)], go_backwards=True)(y)
    one, state = layers.RNN(layers.GRUCell(2), return_state=True)(y, initial_state=gru)
    return keras.Model(rows, layers.Dense(2)(layers.Concatenate()([*lstm, second, z, one, state])))


def decoder():
    """A step of the translator, as it is used to translate: several outputs of one layer."""
    word = keras.Input((1, 3), name="word")
    h = keras.Input((4,), name="h")
    c = keras.Input((4,), name="c")
    y, h2, c2 = layers.LSTM(4, return_sequences=True, return_state=True)(word, initial_state=[h, c])
    return keras.Model([word, h, c], [layers.Dense(2)(y), h2, c2])


def rows_of(model):
    if model.inputs[0].name == "ids":
        ids = RNG.integers(1, 5, (8, *IDS)).astype("float32")
        ids[np.arange(6)[None] >= RNG.integers(2, 7, (8, 1))] = 0
        return [ids]
    x = [RNG.normal(size=(8, *i.shape[1:])).astype("float32") for i in model.inputs]
    if model.inputs[0].name == "rows":
        x[0][:4, 4:] = 0
    return x


def flat(arrays):
    return [
        np.concatenate([np.ravel(a[row]) for a in arrays]).tolist() for row in range(len(arrays[0]))
    ]


def reopen(folder, rewritten, kind="seq2seq"):
    answers = json.loads((folder / f"{kind}.json").read_text())
    for name, answer in answers.items():
        model = keras.saving.load_model(rewritten / f"{kind}-{name}.keras")
        rows = np.array(answer["x"], "float32")
        sizes = np.cumsum([np.prod(i.shape[1:]) for i in model.inputs])[:-1]
        parts = np.split(rows, sizes, axis=1)
        x = [p.reshape(-1, *i.shape[1:]) for p, i in zip(parts, model.inputs)]

        def require(key):
            got = model.predict(x, verbose=0)
            got = flat(got if isinstance(got, list) else [got])
            np.testing.assert_allclose(got, answer[key], rtol=0, atol=1e-5, err_msg=name)

        require("before")
        if "y" in answer:
            y = np.array(answer["y"], "float32").reshape(-1, *model.outputs[0].shape[1:])
            model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
            require("after")


def main():
    folder = pathlib.Path(sys.argv[1])
    answers = {}
    for make in (translator, masked, two_ways, cells, decoder):
        model = make()
        name = make.__name__
        x = rows_of(model)
        for w in model.trainable_variables:
            w.assign(w + RNG.normal(0, 0.1, w.shape).astype("float32"))
        model.compile("sgd", "mse") if name != "decoder" else None
        model.save(folder / f"seq2seq-{name}.keras")
        predicted = model.predict(x, verbose=0)
        several = predicted if isinstance(predicted, list) else [predicted]
        answers[name] = {"x": flat(x), "before": flat(several)}
        if name != "decoder":
            y = RNG.normal(size=several[0].shape).astype("float32")
            model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
            answers[name]["y"] = flat([y])
            answers[name]["after"] = flat([model.predict(x, verbose=0)])
    (folder / "seq2seq.json").write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        reopen(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    else:
        main()
