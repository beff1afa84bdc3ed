"""The wrapper with a real PySpark. FIRESTEEL_JAR names the jar."""

import os
import tempfile
import unittest

try:
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.evaluation import MulticlassClassificationEvaluator
    from pyspark.ml.feature import VectorAssembler
    from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
    from pyspark.sql import SparkSession
except ImportError:
    SparkSession = None

MODEL = """{"class_name": "Sequential", "config": {"name": "digits", "layers": [
 {"class_name": "InputLayer", "config": {"batch_shape": [null, 64]}},
 {"class_name": "Dense", "config": {"units": 32, "activation": "relu"}},
 {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]}}"""


@unittest.skipIf(SparkSession is None, "pyspark is not installed")
class SparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        jar = os.environ["FIRESTEEL_JAR"]
        cls.spark = (
            SparkSession.builder.master("local[2]").config("spark.jars", jar)
            .config("spark.submit.pyFiles", jar).config("spark.ui.enabled", "false").getOrCreate())
        rows = cls.spark.read.csv("conf/data/digits.csv", header=True, inferSchema=True)
        cls.rows = rows.withColumnRenamed("digit", "label")
        cls.assembler = VectorAssembler(
            inputCols=["pixel_%d" % i for i in range(64)], outputCol="features")

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def classifier(self):
        from firesteel.ml import KerasClassifier

        return KerasClassifier(
            model=MODEL, optimizer="adam", learning_rate=0.01, metrics=["accuracy"], epochs=5,
            batch_size=128, seed=1, verbose=0)

    def test_pipeline(self):
        fitted = Pipeline(stages=[self.assembler, self.classifier()]).fit(self.rows)
        evaluator = MulticlassClassificationEvaluator(metricName="accuracy")
        self.assertGreater(evaluator.evaluate(fitted.transform(self.rows)), 0.9)
        self.assertEqual(5, len(fitted.stages[1].history["loss"]))
        with tempfile.TemporaryDirectory() as folder:
            fitted.write().overwrite().save(folder + "/model")
            loaded = PipelineModel.load(folder + "/model")
            self.assertEqual(
                fitted.transform(self.rows).select("prediction").collect(),
                loaded.transform(self.rows).select("prediction").collect())

    def test_cross_validation(self):
        classifier = self.classifier()
        grid = ParamGridBuilder().addGrid(classifier.optimizer, ["adam", "sgd"]).build()
        rows = self.assembler.transform(self.rows)
        validated = CrossValidator(
            estimator=classifier, estimatorParamMaps=grid, numFolds=2, parallelism=2, seed=1,
            evaluator=MulticlassClassificationEvaluator()).fit(rows)
        self.assertGreater(validated.avgMetrics[0], validated.avgMetrics[1])


if __name__ == "__main__":
    unittest.main()
