"""Turns what Python users have into what the JVM's params hold. Needs neither Spark nor Keras."""

import json
import re


def model_json(value):
    """A keras.Model, its to_json(), or the same as a dict, as JSON text."""
    if hasattr(value, "to_json"):
        value = value.to_json()
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, str):
        return value
    raise TypeError(
        "model must be a keras.Model, its to_json() or a dict. Received: %r" % (value,))


def _serialized(value):
    """A name, a dict, or the serialized form of a Keras object."""
    if isinstance(value, (str, dict)):
        return value
    if hasattr(value, "get_config"):
        return {
            "module": type(value).__module__.split(".")[0],
            "class_name": type(value).__name__,
            "config": _plain(value.get_config()),
            "registered_name": None,
        }
    raise TypeError("must be a name, a dict or a Keras object. Received: %r" % (value,))


def _plain(value):
    """A config without NumPy's numbers and without objects."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "item"):
        return value.item()
    return _serialized(value)


def identifier(value):
    """An optimizer or a loss: a name, a dict or a Keras object, as a name or JSON text."""
    found = _serialized(value)
    return found if isinstance(found, str) else json.dumps(found)


def identifiers(value):
    """Metrics or callbacks: one or a list of names, dicts and Keras objects, as JSON text."""
    if isinstance(value, str):
        return value
    values = value if isinstance(value, (list, tuple)) else [value]
    return json.dumps([_serialized(each) for each in values])


def class_weight(value):
    """Weights of classes: a dict by class number, or JSON text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise TypeError("classWeight must be a dict. Received: %r" % (value,))
    return json.dumps({str(int(key)): float(weight) for key, weight in value.items()})


def columns(value):
    """The columns of inputs: a dict of names or lists of names, or JSON text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise TypeError("inputs must be a dict. Received: %r" % (value,))
    return json.dumps(value)


def param_name(name):
    """The param of a keyword argument: batch_size is batchSize, as Keras's users write it."""
    return re.sub("_([a-z])", lambda match: match.group(1).upper(), name)
