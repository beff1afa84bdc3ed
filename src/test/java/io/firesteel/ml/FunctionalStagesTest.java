package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Add;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.optimizers.Adam;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Estimators of functional models. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class FunctionalStagesTest {

  @TempDir Path folder;

  private static Dataset<Row> rows(SparkSession spark) {
    return spark
        .range(400)
        .selectExpr(
            "id % 20 / 20.0 a",
            "id % 7 / 7.0 b",
            "id % 20 + 2 * (id % 7) + 1 y",
            "if(id % 20 + id % 7 > 12, 1, 0) label");
  }

  /** Two branches that come together again, one of them with a sum of two layers. */
  private static Model graph(String name, Dense last) {
    KerasTensor input = Input.of(2).name("x").output();
    KerasTensor first = Dense.of(6).activation("tanh").name("first").call(input);
    KerasTensor second = Dense.of(6).activation("tanh").name("second").call(first);
    KerasTensor sum = Add.of().name("sum").call(first, second);
    KerasTensor both = Concatenate.of().name("both").call(sum, input);
    return new Model(name, List.of(input), List.of(last.name("last").call(both)));
  }

  private static KerasClassifier classifier(Model model) {
    return withoutColumns(model).setFeaturesCols(List.of("a", "b"));
  }

  private static KerasClassifier withoutColumns(Model model) {
    return new KerasClassifier()
        .setModel(model)
        .setOptimizer("adam")
        .setLearningRate(0.02)
        .setEpochs(10)
        .setSeed(2)
        .setVerbose(0);
  }

  @Test
  void aClassifierHasTheBitsOfTheModelsOwnFit(SparkSession spark) throws Exception {
    Dataset<Row> rows = rows(spark);
    Model given = graph("branches", Dense.of(1).activation("sigmoid"));
    KerasClassifier estimator = classifier(given);
    assertEquals(given.toJson(), estimator.getModel());
    estimator.save(folder.resolve("estimator").toString());
    KerasClassificationModel model =
        KerasClassifier.load(folder.resolve("estimator").toString()).fit(rows);

    Model plain = Model.fromJson(given.toJson(), 2);
    plain.compile(
        io.firesteel.optimizers.Adam.builder().learningRate(0.02).build(), "binary_crossentropy");
    plain.fit(
        ShardedDataset.of(rows).features("a", "b").label("label"),
        FitOptions.builder().epochs(10).batchSize(32).seed(2).verbose(0).build());
    assertEquals(plain.weightsSha256(), model.kerasModel().weightsSha256());
    assertEquals(2, model.numFeatures());
    assertTrue(new BinaryClassificationEvaluator().evaluate(model.transform(rows)) > 0.95);

    model.save(folder.resolve("model").toString());
    KerasClassificationModel loaded =
        KerasClassificationModel.load(folder.resolve("model").toString());
    assertEquals(model.transform(rows).collectAsList(), loaded.transform(rows).collectAsList());
    KerasClassificationModel warm =
        new KerasClassifier()
            .setInitialModel(folder.resolve("model").toString())
            .setFeaturesCols(List.of("a", "b"))
            .setOptimizer("sgd")
            .setLearningRate(1e-9)
            .setVerbose(0)
            .fit(rows);
    assertEquals(
        model.transform(rows).select("prediction").collectAsList(),
        warm.transform(rows).select("prediction").collectAsList());
  }

  @Test
  void aPipelineOfARegressorIsSavedAndRead(SparkSession spark) throws Exception {
    Dataset<Row> rows = rows(spark).drop("label").withColumnRenamed("y", "label");
    Model compiled = graph("branches", Dense.of(1));
    compiled.compile("adam", "huber", "mae");
    KerasRegressor regressor =
        new KerasRegressor()
            .setModel(compiled.toJson())
            .setLearningRate(0.05)
            .setEpochs(30)
            .setVerbose(0);
    PipelineModel fitted =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new VectorAssembler()
                      .setInputCols(new String[] {"a", "b"})
                      .setOutputCol("features"),
                  regressor
                })
            .fit(rows);
    double rmse = new RegressionEvaluator().evaluate(fitted.transform(rows));
    assertTrue(rmse < 2, "rmse " + rmse);
    fitted.save(folder.resolve("pipeline").toString());
    PipelineModel loaded = PipelineModel.load(folder.resolve("pipeline").toString());
    Row before = fitted.transform(rows).first();
    assertEquals(before, loaded.transform(rows).first());
    KerasRegressionModel model = (KerasRegressionModel) loaded.stages()[1];
    assertEquals(
        before.<Double>getAs("prediction"), model.predict(before.<Vector>getAs("features")), 1e-5);
    assertTrue(model.summary().history().containsKey("mae"));
  }

  /** An embedding of ids, and numbers of which one is a column of vectors. */
  private static Model ofTwoInputs(Dense last) {
    KerasTensor id = Input.of(1).name("id").dtype("int32").output();
    KerasTensor numbers = Input.of(2).name("numbers").output();
    KerasTensor vector = Flatten.of().call(Embedding.of(7, 4).name("table").call(id));
    KerasTensor both = Concatenate.of().name("both").call(vector, numbers);
    return new Model("pair", List.of(id, numbers), List.of(last.name("last").call(both)));
  }

  @Test
  void columnsOfSeveralInputsAreNamed(SparkSession spark) throws Exception {
    Dataset<Row> rows =
        rows(spark).withColumn("b7", functions.round(functions.col("b").multiply(7)).cast("int"));
    KerasClassifier classifier =
        withoutColumns(ofTwoInputs(Dense.of(1).activation("sigmoid")))
            .setInputs(Map.of("numbers", List.of("a", "b"), "id", List.of("b7")));
    KerasClassificationModel fitted = classifier.fit(rows);
    Dataset<Row> predicted = fitted.transform(rows);
    assertTrue(new BinaryClassificationEvaluator().evaluate(predicted) > 0.95);
    Model direct = Model.fromJson(classifier.getModel(), 2);
    direct.compile(Adam.builder().learningRate(0.02).build(), "binary_crossentropy");
    direct.fit(
        ShardedDataset.of(rows).input("id", "b7").input("numbers", "a", "b").label("label"),
        FitOptions.builder().epochs(10).seed(2).verbose(0).build());
    assertEquals(direct.weightsSha256(), fitted.kerasModel().weightsSha256());
    classifier.write().save(folder.resolve("classifier").toString());
    fitted.save(folder.resolve("fitted").toString());
    assertEquals(
        fitted.kerasModel().weightsSha256(),
        KerasClassifier.load(folder.resolve("classifier").toString())
            .fit(rows)
            .kerasModel()
            .weightsSha256());
    assertEquals(
        predicted.collectAsList(),
        KerasClassificationModel.load(folder.resolve("fitted").toString())
            .transform(rows)
            .collectAsList());
    Row first = predicted.first();
    assertEquals(
        first.<Vector>getAs("probability").apply(1),
        fitted
            .predictProbability(
                Vectors.dense(
                    first.<Integer>getAs("b7"),
                    first.<java.math.BigDecimal>getAs("a").doubleValue(),
                    first.<java.math.BigDecimal>getAs("b").doubleValue()))
            .apply(1),
        1e-6);
  }

  @Test
  void aRegressorOfSeveralInputsLeavesInvalidRowsOut(SparkSession spark) {
    Dataset<Row> rows =
        rows(spark)
            .selectExpr("array(a, if(b = 0, null, b)) numbers", "cast(b * 7 as int) id", "y label");
    KerasRegressionModel fitted =
        new KerasRegressor()
            .setModel(ofTwoInputs(Dense.of(1)))
            .setInputs("{\"numbers\": \"numbers\", \"id\": [\"id\"]}")
            .setHandleInvalid("skip")
            .setEpochs(2)
            .setVerbose(0)
            .fit(rows);
    assertEquals(rows.where("numbers[1] is not null").count(), fitted.transform(rows).count());
  }

  @Test
  void wrongInputsAreRefused(SparkSession spark) {
    StructType schema = rows(spark).schema();
    String[][] refused = {
      {"{\"id\": \"label\"}", "The input 'numbers' of the model pair is missing. Received: id"},
      {
        "{\"id\": 3}", "inputs: 'id' must have the name of a column or a list of names. Received: 3"
      },
      {"{}", "inputs must have one input or more. Received: {}"},
      {"{\"id\": \"label\", \"numbers\": [\"a\", \"c\"]}", "c"},
      {"[", "inputs: "}
    };
    for (String[] each : refused) {
      KerasClassifier classifier =
          withoutColumns(ofTwoInputs(Dense.of(1).activation("sigmoid"))).setInputs(each[0]);
      String message =
          assertThrows(IllegalArgumentException.class, () -> classifier.transformSchema(schema))
              .getMessage();
      assertTrue(message.contains(each[1]), message);
    }

    KerasClassifier narrow =
        withoutColumns(ofTwoInputs(Dense.of(1).activation("sigmoid")))
            .setInputs(Map.of("id", List.of("label"), "numbers", List.of("a")));
    assertEquals(
        "The input 'numbers' takes 2 values a row. Received: 1 in [a]",
        assertThrows(IllegalArgumentException.class, () -> narrow.fit(rows(spark))).getMessage());
    KerasClassifier both =
        withoutColumns(ofTwoInputs(Dense.of(1).activation("sigmoid")))
            .setInputs("{\"id\": \"label\", \"numbers\": [\"a\", \"b\"]}")
            .setFeaturesCol("a");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> both.transformSchema(schema))
            .getMessage()
            .startsWith("inputs can't be set beside featuresCol or featuresCols. Received: "));
  }

  @Test
  void severalOutputsAndInputsWithoutColumnsAreRefused(SparkSession spark) {
    KerasTensor a = Input.of(1).name("a").output();
    KerasTensor b = Input.of(1).name("b").output();
    KerasTensor both = Concatenate.of().call(a, b);
    KerasTensor last = Dense.of(1).activation("sigmoid").name("p").call(both);
    Model two = new Model("pair", List.of(a, b), List.of(last));
    assertEquals(
        "model: inputs must be set for a model of several inputs, the columns of each by its name."
            + " Received: pair with the inputs [a, b]",
        assertThrows(
                IllegalArgumentException.class,
                () -> classifier(two).transformSchema(rows(spark).schema()))
            .getMessage());
    KerasTensor x = Input.of(2).name("x").output();
    Model twins =
        new Model(
            "twins",
            List.of(x),
            List.of(Dense.of(1).name("p").call(x), Dense.of(1).name("q").call(x)));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> classifier(twins).fit(rows(spark)))
            .getMessage()
            .endsWith("Received: twins with the outputs [p, q]"));
  }
}
