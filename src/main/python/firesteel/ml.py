"""Spark ML Estimators that train Keras models.

    from firesteel.ml import KerasClassifier

    classifier = KerasClassifier(model=keras_model, optimizer="adam", epochs=5, batch_size=128)
    fitted = classifier.fit(df)
    fitted.history["loss"]
    fitted.transform(df)

Each keyword argument is a param of the same name, in Spark's spelling (batchSize) or in Python's
(batch_size). Give the jar with --jars and with --py-files.
"""

import json
import sys

from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

from firesteel import _convert

_PACKAGE = "io.firesteel.ml."

# PySpark finds the Python class of a JVM's one by its package, in the stages of a Pipeline.
sys.modules["io.firesteel.ml"] = sys.modules[__name__]

_COLUMNS = {
    "featuresCol": (TypeConverters.toString, "column of features: vectors or arrays"),
    "featuresCols": (TypeConverters.toListString, "columns of numbers that are the features"),
    "labelCol": (TypeConverters.toString, "column of labels"),
    "predictionCol": (TypeConverters.toString, "column of predictions"),
    "handleInvalid": (TypeConverters.toString, "rows with null or NaN: error, skip or keep"),
}

_CLASSES = {
    "probabilityCol": (TypeConverters.toString, "column of the probability of each class"),
    "rawPredictionCol": (TypeConverters.toString, "column of the model's outputs"),
    "thresholds": (TypeConverters.toListFloat, "thresholds of the classes"),
}

_FIT = {
    "weightCol": (TypeConverters.toString, "column of sample weights"),
    "validationIndicatorCol": (TypeConverters.toString, "true for rows that are validated on"),
    "optimizer": (_convert.identifier, "optimizer: a name, a dict or a Keras object"),
    "learningRate": (TypeConverters.toFloat, "learning rate, instead of the optimizer's own"),
    "metrics": (_convert.identifiers, "metrics: names, dicts or Keras objects"),
    "weightedMetrics": (_convert.identifiers, "metrics that sample weights count in"),
    "epochs": (TypeConverters.toInt, "number of passes over the rows"),
    "batchSize": (TypeConverters.toInt, "rows of a step"),
    "shards": (TypeConverters.toInt, "number of shards; it is part of the result"),
    "seed": (TypeConverters.toInt, "seed of start values, order of rows and dropout"),
    "validationSplit": (TypeConverters.toFloat, "share of the rows that is validated on"),
    "callbacks": (_convert.identifiers, "callbacks: names, dicts or Keras objects"),
    "checkpointDir": (TypeConverters.toString, "folder of checkpoints, from which fit resumes"),
    "checkpointSteps": (TypeConverters.toInt, "steps between checkpoints within an epoch"),
    "initialModel": (TypeConverters.toString, "where training starts: a .keras file or a model"),
    "verbose": (TypeConverters.toInt, "0 silent, 1 a bar, 2 a line an epoch"),
}

_CLASSIFY = {
    "classWeight": (_convert.class_weight, "weights of the classes: a dict by class number"),
}

_NETWORK = {
    "model": (_convert.model_json, "model: a keras.Model, its to_json() or a dict"),
    "loss": (_convert.identifier, "loss: a name, a dict or a Keras object"),
}

_INPUTS = {
    "inputs": (_convert.columns, "columns of each input of a functional model: a dict by its name"),
}

_LINEAR = {
    "regParam": (TypeConverters.toFloat, "strength of the penalty on the coefficients"),
    "elasticNetParam": (TypeConverters.toFloat, "share of L1 in the penalty, the rest is L2"),
    "fitIntercept": (TypeConverters.toBoolean, "whether there is an intercept"),
    "standardization": (TypeConverters.toBoolean, "whether features are standardized"),
}

_IDS = {
    "idCols": (TypeConverters.toListString, "columns of ids, which are hashed"),
    "idBuckets": (TypeConverters.toInt, "number of hashed ids of each column"),
}

_FACTORS = {
    "factorSize": (TypeConverters.toInt, "length of the vector of each id"),
    "regParam": (TypeConverters.toFloat, "strength of the L2 penalty on all weights"),
}


def _with_params(*tables):
    """Gives a class its params, with a getter and a setter each."""

    def decorate(cls):
        for table in tables:
            for name, (converter, doc) in table.items():
                setattr(cls, name, Param(Params._dummy(), name, doc, typeConverter=converter))
                setattr(cls, "set" + name[0].upper() + name[1:], _setter(name))
                setattr(cls, "get" + name[0].upper() + name[1:], _getter(name))
        return cls

    return decorate


def _setter(name):
    def set_param(self, value):
        return self._set(**{name: value})

    set_param.__doc__ = "Sets the param %s." % name
    return set_param


def _getter(name):
    def get_param(self):
        return self.getOrDefault(getattr(self, name))

    get_param.__doc__ = "Returns the param %s." % name
    return get_param


class _Reader(JavaMLReader):
    """Loads what the JVM's class of the same name has saved."""

    @classmethod
    def _java_loader_class(cls, clazz):
        return _PACKAGE + clazz.__name__


class _Stage(JavaMLWritable, JavaMLReadable):
    @classmethod
    def read(cls):
        return _Reader(cls)

    def _set_arguments(self, arguments):
        named = {}
        for argument, value in arguments.items():
            name = _convert.param_name(argument)
            if not self.hasParam(name):
                raise TypeError(
                    "%s has no argument '%s'. Allowed: %s"
                    % (type(self).__name__, argument, ", ".join(p.name for p in self.params)))
            if value is not None:
                named[name] = value
        return self._set(**named)


class _Estimator(JavaEstimator, _Stage):
    def __init__(self, **arguments):
        super().__init__()
        self._java_obj = self._new_java_obj(_PACKAGE + type(self).__name__, self.uid)
        if not isinstance(self._java_obj, str):  # In Spark Connect the name stands for the object.
            self._transfer_params_from_java()
        self._set_arguments(arguments)

    def setParams(self, **arguments):
        """Sets params by keyword arguments."""
        return self._set_arguments(arguments)


class _FittedModel(JavaModel, _Stage):
    @property
    def numFeatures(self):
        """The number of features of a row."""
        return self._call_java("numFeatures")

    @property
    def hasSummary(self):
        """Whether the history of training is known."""
        return self._call_java("hasSummary")

    @property
    def history(self):
        """The loss and the metrics of every epoch, a list each, as Keras's History.history."""
        return json.loads(self._java_obj.summary().historyJson())

    def predict(self, value):
        """Predicts one vector."""
        return self._call_java("predict", value)

    def save_keras(self, path):
        """Writes the model as a .keras file, which Keras opens."""
        self._java_obj.kerasModel().save(path)


@_with_params(_COLUMNS, _CLASSES, _IDS, _INPUTS)
class KerasClassificationModel(_FittedModel):
    """A trained classifier."""

    @property
    def numClasses(self):
        """The number of classes."""
        return self._call_java("numClasses")

    def predictRaw(self, value):
        """The model's output for one vector."""
        return self._call_java("predictRaw", value)

    def predictProbability(self, value):
        """The probability of each class for one vector."""
        return self._call_java("predictProbability", value)


@_with_params(_COLUMNS, _IDS, _INPUTS)
class KerasRegressionModel(_FittedModel):
    """A trained regressor."""


class _Classifier(_Estimator):
    def _create_model(self, java_model):
        return self._copyValues(KerasClassificationModel(java_model))


class _Regressor(_Estimator):
    def _create_model(self, java_model):
        return self._copyValues(KerasRegressionModel(java_model))


@_with_params(_COLUMNS, _CLASSES, _FIT, _CLASSIFY, _NETWORK, _INPUTS)
class KerasClassifier(_Classifier):
    """Trains a Keras model as a classifier."""


@_with_params(_COLUMNS, _FIT, _NETWORK, _INPUTS)
class KerasRegressor(_Regressor):
    """Trains a Keras model as a regressor."""


@_with_params(_COLUMNS, _CLASSES, _FIT, _CLASSIFY, _LINEAR)
class KerasLogisticRegression(_Classifier):
    """Logistic regression, of two classes or many."""


@_with_params(_COLUMNS, _FIT, _LINEAR)
class KerasLinearRegression(_Regressor):
    """Linear regression on the mean squared error."""


@_with_params(_COLUMNS, _CLASSES, _FIT, _CLASSIFY, _IDS, _FACTORS)
class KerasFMClassifier(_Classifier):
    """A factorization machine for two classes."""


@_with_params(_COLUMNS, _FIT, _IDS, _FACTORS)
class KerasFMRegressor(_Regressor):
    """A factorization machine for numbers."""
