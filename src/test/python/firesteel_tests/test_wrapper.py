"""The wrapper without Spark: what arrives in the JVM of what Python users write."""

import json
import unittest

from firesteel_tests import fake_pyspark

try:
    import pyspark  # noqa: F401

    REAL = True
except ImportError:
    REAL = False
    fake_pyspark.install()

from firesteel import _convert, ml  # noqa: E402


class KerasLike:
    """What has a config, as Keras's objects have."""

    def __init__(self, **config):
        self.config = config

    def get_config(self):
        return self.config


class ModelLike:
    def to_json(self):
        return '{"class_name": "Sequential"}'


class Scalar:
    def item(self):
        return 0.5


class ConvertTest(unittest.TestCase):
    def test_model(self):
        text = '{"class_name": "Sequential"}'
        for given in (ModelLike(), text, {"class_name": "Sequential"}):
            self.assertEqual(text, _convert.model_json(given))
        with self.assertRaisesRegex(TypeError, "model must be a keras.Model.*Received: 3"):
            _convert.model_json(3)

    def test_identifiers(self):
        self.assertEqual("adam", _convert.identifier("adam"))
        found = json.loads(_convert.identifier(KerasLike(learning_rate=Scalar())))
        self.assertEqual("KerasLike", found["class_name"])
        self.assertEqual({"learning_rate": 0.5}, found["config"])
        self.assertEqual('["accuracy", "auc"]', _convert.identifiers(["accuracy", "auc"]))
        self.assertEqual("accuracy", _convert.identifiers("accuracy"))
        with self.assertRaisesRegex(TypeError, "a name, a dict or a Keras object"):
            _convert.identifier(3)

    def test_class_weight(self):
        self.assertEqual('{"0": 1.0, "2": 2.5}', _convert.class_weight({0: 1, 2: 2.5}))

    def test_columns_of_inputs(self):
        self.assertEqual(
            '{"id": "user", "numbers": ["a", "b"]}',
            _convert.columns({"id": "user", "numbers": ["a", "b"]}))
        self.assertEqual('{"id": "user"}', _convert.columns('{"id": "user"}'))
        with self.assertRaisesRegex(TypeError, "inputs must be a dict"):
            _convert.columns(["a"])

    def test_names(self):
        self.assertEqual("batchSize", _convert.param_name("batch_size"))
        self.assertEqual("batchSize", _convert.param_name("batchSize"))


@unittest.skipIf(REAL, "test_spark.py tests it with a real Spark")
class WrapperTest(unittest.TestCase):
    def test_arguments_arrive(self):
        estimator = ml.KerasClassifier(
            model=ModelLike(), optimizer=KerasLike(x=1), metrics=["accuracy"], epochs=3,
            batch_size=64, class_weight={1: 2}, label_col="digit", featuresCols=["a", "b"])
        fitted = estimator.fit("rows")
        java = estimator._java_obj
        self.assertEqual("io.firesteel.ml.KerasClassifier", java.name)
        self.assertEqual(estimator.uid, java.the_uid)
        self.assertEqual('{"class_name": "Sequential"}', java.values["model"])
        self.assertEqual('["accuracy"]', java.values["metrics"])
        self.assertEqual(3, java.values["epochs"])
        self.assertEqual(64, java.values["batchSize"])
        self.assertEqual('{"1": 2.0}', java.values["classWeight"])
        self.assertEqual(["a", "b"], java.values["featuresCols"])
        self.assertIsInstance(fitted, ml.KerasClassificationModel)
        self.assertEqual({"loss": [0.5, 0.25]}, fitted.history)
        self.assertEqual(64, fitted.numFeatures)
        self.assertEqual("digit", fitted.getLabelCol())

    def test_setters(self):
        estimator = ml.KerasRegressor().setEpochs(4).setLoss("mse").setParams(seed=7)
        self.assertEqual(4, estimator.getEpochs())
        self.assertEqual("mse", estimator.getLoss())
        self.assertEqual(7, estimator.getSeed())
        self.assertEqual("features", estimator.getFeaturesCol())

    def test_wrong_arguments(self):
        with self.assertRaisesRegex(TypeError, "KerasClassifier has no argument 'epoch'. Allowed"):
            ml.KerasClassifier(epoch=3)
        with self.assertRaisesRegex(TypeError, 'param value given for param "epochs"'):
            ml.KerasClassifier(epochs="3")
        with self.assertRaisesRegex(TypeError, "has no argument 'classWeight'"):
            ml.KerasRegressor(classWeight={0: 1})

    def test_pipelines_find_the_classes(self):
        for name in ("KerasClassifier", "KerasClassificationModel", "KerasFMRegressor"):
            module = __import__("io.firesteel.ml", fromlist=[name])
            self.assertIs(getattr(ml, name), getattr(module, name))
            reader = getattr(ml, name).read()
            self.assertEqual("io.firesteel.ml." + name, reader.loader_class)


class KerasTest(unittest.TestCase):
    def test_keras_objects(self):
        try:
            import keras
        except ImportError:
            self.skipTest("Keras is not installed")
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        self.assertEqual("Sequential", json.loads(_convert.model_json(model))["class_name"])
        x = keras.Input((4,))
        graph = keras.Model(x, keras.layers.Add()([keras.layers.Dense(4)(x), x]))
        self.assertEqual("Functional", json.loads(_convert.model_json(graph))["class_name"])
        adam = json.loads(_convert.identifier(keras.optimizers.Adam(0.002)))
        self.assertEqual("Adam", adam["class_name"])
        self.assertAlmostEqual(0.002, adam["config"]["learning_rate"])
        loss = json.loads(_convert.identifier(
            keras.losses.SparseCategoricalCrossentropy(from_logits=True)))
        self.assertTrue(loss["config"]["from_logits"])
        stopping = json.loads(_convert.identifiers([keras.metrics.AUC(name="auc")]))
        self.assertEqual("AUC", stopping[0]["class_name"])
        decay = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))
        schedule = json.loads(_convert.identifier(decay))["config"]["learning_rate"]
        self.assertEqual("ExponentialDecay", schedule["class_name"])


class NotebookTest(unittest.TestCase):
    def test_paragraphs_are_python(self):
        with open("notebooks/pipeline-python.zpln") as file:
            texts = [p["text"] for p in json.load(file)["paragraphs"]]
        python = [text for text in texts if text.startswith("%pyspark")]
        self.assertEqual(4, len(python))
        for text in python:
            compile(text.replace("%pyspark", "", 1), "notebook", "exec")


if __name__ == "__main__":
    unittest.main()
