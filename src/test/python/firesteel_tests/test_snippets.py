"""The Python of the README and of the page on Spark ML, run as it stands there."""

import contextlib
import io
import os
import re
import sys
import unittest

PAGES = ("README.md", "src/site/markdown/spark-ml.md")


def session():
    """A session of PySpark where it is installed, else one over a gateway of tests."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        from firesteel_tests import gateway

        return gateway.install()
    jar = os.environ["FIRESTEEL_JAR"]
    return (
        SparkSession.builder.master("local[2]").config("spark.jars", jar)
        .config("spark.submit.pyFiles", jar).config("spark.ui.enabled", "false").getOrCreate())


def snippets(page):
    with open(page, encoding="utf-8") as file:
        return re.findall("^```python\n(.*?)^```", file.read(), re.DOTALL | re.MULTILINE)


class SnippetsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = session()

    def test_all_run(self):
        for page in PAGES:
            found = snippets(page)
            self.assertTrue(found, page)
            for text in found:
                with self.subTest(page=page, text=text):
                    names = {"spark": self.spark}
                    with contextlib.redirect_stdout(io.StringIO()) as shown:
                        exec(compile(text, page, "exec"), names)
                    self.assertIn("probability", shown.getvalue())
                    predicted = names["fitted"].transform(names["df"])
                    right = predicted.where("prediction = digit").count()
                    self.assertGreater(right / predicted.count(), 0.8)
                    losses = names["fitted"].history["loss"]
                    self.assertEqual(5, len(losses))
                    self.assertLess(losses[-1], losses[0])

    def test_errors_of_the_jvm_are_told(self):
        from firesteel.ml import KerasLogisticRegression

        df = self.spark.read.csv("conf/data/digits.csv", header=True, inferSchema=True)
        with self.assertRaisesRegex(Exception, "column 'label' of labels is missing"):
            KerasLogisticRegression(features_cols=df.columns[:64]).fit(df)


if __name__ == "__main__":
    sys.exit(unittest.main())
