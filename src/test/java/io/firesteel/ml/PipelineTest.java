package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.saving.Config;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.seam.ScalaLists;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Firesteel's Estimators among Spark's. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class PipelineTest {

  @TempDir Path folder;

  /** The network of {@code conf/digits.json}. */
  private static Sequential digits() {
    Config job;
    try {
      job = Config.parse(Files.readString(Path.of("conf/digits.json")));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }

    return Sequential.fromJson(job.reader("job").config("model").toJson());
  }

  private static KerasClassifier classifier() {
    return new KerasClassifier()
        .setModel(digits())
        .setOptimizer(Adam.builder().learningRate(0.002).build())
        .setMetrics("accuracy")
        .setEpochs(2)
        .setBatchSize(128)
        .setSeed(1)
        .setVerbose(0);
  }

  @Test
  void aPipelineOfDigitsHasTheBitsOfAFitOfTheSameColumns(SparkSession spark) {
    Dataset<Row> rows = DigitsFrame.of(spark);
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer()
                      .setInputCol("digit")
                      .setOutputCol("label")
                      .setStringOrderType("alphabetAsc"),
                  DigitsFrame.assembler(),
                  classifier().setValidationSplit(0.2)
                });
    PipelineModel fitted = pipeline.fit(rows);
    KerasClassificationModel model = (KerasClassificationModel) fitted.stages()[2];

    Sequential plain = Sequential.fromJson(digits().toJson(), 1);
    plain.compile(
        Adam.builder().learningRate(0.002).build(), "sparse_categorical_crossentropy", "accuracy");
    plain.fit(
        ShardedDataset.of(rows).features(DigitsFrame.pixels()).label("digit"),
        FitOptions.builder()
            .epochs(2)
            .batchSize(128)
            .seed(1)
            .validationSplit(0.2)
            .verbose(0)
            .build());
    assertEquals(plain.weightsSha256(), model.kerasModel().weightsSha256());

    Dataset<Row> predicted = fitted.transform(rows);
    Dataset<Row> named =
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("name")
            .setLabels(((StringIndexerModel) fitted.stages()[0]).labelsArray()[0])
            .transform(predicted);
    assertEquals(
        predicted.where("prediction = label").count(), named.where("name = digit").count());
  }

  @Test
  void aPipelineModelIsSavedAndKerasOpensItsData(SparkSession spark) throws Exception {
    Dataset<Row> rows = DigitsFrame.of(spark).withColumnRenamed("digit", "label");
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {DigitsFrame.assembler(), classifier()});
    String unfitted = folder.resolve("pipeline").toString();
    pipeline.write().overwrite().save(unfitted);
    KerasClassifier read = (KerasClassifier) Pipeline.load(unfitted).getStages()[1];
    assertEquals(classifier().getOptimizer(), read.getOptimizer());
    assertEquals(2, read.getEpochs());

    PipelineModel fitted = Pipeline.load(unfitted).fit(rows);
    String path = folder.resolve("fitted").toString();
    fitted.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    KerasClassificationModel before = (KerasClassificationModel) fitted.stages()[1];
    KerasClassificationModel after = (KerasClassificationModel) loaded.stages()[1];
    assertEquals(before.uid(), after.uid());
    assertEquals(before.kerasModel().weightsSha256(), after.kerasModel().weightsSha256());
    assertEquals(
        fitted.transform(rows).select("prediction").collectAsList(),
        loaded.transform(rows).select("prediction").collectAsList());
    assertArrayEquals(before.summary().objectiveHistory(), after.summary().objectiveHistory());
    List<Path> archives;
    try (var files = Files.walk(Path.of(path))) {
      archives = files.filter(file -> file.toString().endsWith("model.keras")).toList();
    }

    assertEquals(1, archives.size());
    assertEquals(
        before.kerasModel().weightsSha256(),
        Sequential.load(archives.get(0).toString()).weightsSha256());
  }

  @Test
  void oneHotAndStringsMakeFeatures(SparkSession spark) {
    Dataset<Row> rows =
        spark
            .range(200)
            .selectExpr(
                "id",
                "element_at(array('red', 'green', 'blue'), cast(id % 3 as int) + 1) colour",
                "cast(id % 7 as double) size",
                "if(id % 3 = 0, 'yes', 'no') answer");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer()
                      .setInputCols(new String[] {"colour", "answer"})
                      .setOutputCols(new String[] {"colourIndex", "label"}),
                  new OneHotEncoder().setInputCol("colourIndex").setOutputCol("colourVector"),
                  new org.apache.spark.ml.feature.VectorAssembler()
                      .setInputCols(new String[] {"colourVector", "size"})
                      .setOutputCol("features"),
                  new KerasLogisticRegression().setEpochs(30).setLearningRate(0.1).setVerbose(0)
                });
    Dataset<Row> predicted = pipeline.fit(rows).transform(rows);
    assertEquals(200, predicted.where("prediction = label").count());
    assertEquals(2, predicted.first().<Vector>getAs("probability").size());
  }

  private static CrossValidator validator(KerasClassifier estimator, int parallelism) {
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(estimator.optimizer(), ScalaLists.of(List.of("adam", "sgd")))
            .addGrid(estimator.learningRate(), new double[] {0.01, 0.001})
            .build();
    return new CrossValidator()
        .setEstimator(estimator)
        .setEvaluator(new MulticlassClassificationEvaluator())
        .setEstimatorParamMaps(grid)
        .setNumFolds(2)
        .setSeed(3)
        .setParallelism(parallelism);
  }

  @Test
  void tuningInParallelGivesWhatTuningInSequenceGives(SparkSession spark) throws Exception {
    Dataset<Row> rows =
        DigitsFrame.vectors(spark).withColumnRenamed("digit", "label").limit(600).cache();
    KerasClassifier estimator = classifier();
    CrossValidatorModel together = validator(estimator, 2).fit(rows);
    CrossValidatorModel alone = validator(estimator, 1).fit(rows);
    assertArrayEquals(alone.avgMetrics(), together.avgMetrics());
    assertEquals(sha(alone.bestModel()), sha(together.bestModel()));

    String path = folder.resolve("tuned").toString();
    together.save(path);
    assertEquals(sha(together.bestModel()), sha(CrossValidatorModel.load(path).bestModel()));

    double[][] metrics = new double[2][];
    for (int parallelism = 1; parallelism <= 2; parallelism++) {
      TrainValidationSplitModel split =
          new TrainValidationSplit()
              .setEstimator(estimator)
              .setEvaluator(new MulticlassClassificationEvaluator())
              .setEstimatorParamMaps(validator(estimator, 1).getEstimatorParamMaps())
              .setTrainRatio(0.7)
              .setSeed(5)
              .setParallelism(parallelism)
              .fit(rows);
      metrics[parallelism - 1] = split.validationMetrics();
    }

    assertArrayEquals(metrics[0], metrics[1]);
    rows.unpersist();
  }

  private static String sha(org.apache.spark.ml.Model<?> model) {
    return ((KerasClassificationModel) (Transformer) model).kerasModel().weightsSha256();
  }
}
