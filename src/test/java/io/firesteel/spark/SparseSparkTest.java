package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adagrad;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.SGD;
import io.firesteel.testing.ClusterExecutors;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.InterruptAfter.Interruption;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.SparseExamples;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sparse vectors on Spark, from the data set to the weights. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SparseSparkTest {

  private static final SparseExamples EXAMPLES = new SparseExamples(200, 60, 9);
  private static final Map<String, Supplier<Optimizer>> OPTIMIZERS =
      Map.of(
          "sgd", () -> SGD.builder().learningRate(0.1).build(),
          "adagrad", () -> Adagrad.builder().learningRate(0.1).build(),
          "adam", () -> Adam.builder().learningRate(0.1).clipnorm(0.1).build(),
          "lazy", () -> Adam.builder().learningRate(0.1).lazy(true).build());

  private static Sequential model(Optimizer optimizer) {
    Sequential model =
        new Sequential()
            .seed(4)
            .add(Input.sparse(60))
            .add(Dense.of(5).activation("relu"))
            .add(Dense.of(1).activation("sigmoid"));
    model.compile(optimizer, "binary_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(2).batchSize(48).shards(5).seed(9).verbose(0);
  }

  private static ShardedDataset data(SparkSession spark, int partitions) {
    return ShardedDataset.of(EXAMPLES.on(spark).repartition(partitions))
        .features("features")
        .label("label")
        .weight("weight");
  }

  private static TrainingData local() {
    return EXAMPLES.local().weights(EXAMPLES.weights());
  }

  private static String outcome(Sequential model, TrainingData data, FitOptions.Builder options) {
    return model.fit(data, options.build()).history() + model.weightsSha256();
  }

  private static SparkSession session(String master, String... settings) {
    return LocalSpark.session(master, settings);
  }

  @Test
  void bothSourcesGiveTheBitsOfTheLocalOne() {
    for (String source : List.of("resident", "job")) {
      SparkSession spark = session("local[2]", "spark.firesteel.gradientSource=" + source);
      for (String name : OPTIMIZERS.keySet()) {
        Supplier<Optimizer> optimizer = OPTIMIZERS.get(name);
        Sequential model = model(optimizer.get());

        assertEquals(
            outcome(model(optimizer.get()), local(), options().validationSplit(0.2)),
            outcome(model, data(spark, 3), options().validationSplit(0.2)),
            name);
        assertEquals(source, model.lastTraining().gradientSource());
      }
    }
  }

  @Test
  void filesAndKryoAndResumingChangeNoBit(@TempDir Path folder) {
    String expected = outcome(model(Adam.builder().build()), local(), options());
    String rows = folder.resolve("rows").toString();
    Dataset<Row> written = EXAMPLES.on(session("local[2]")).coalesce(1);
    StructType schema = written.schema();
    written.write().parquet(rows);
    SparkSession spark =
        session(
            "local[2]",
            "spark.firesteel.shardMemory=0",
            "spark.serializer=org.apache.spark.serializer.KryoSerializer",
            "spark.kryo.registrationRequired=true",
            "spark.kryo.registrator=" + FiresteelKryoRegistrator.class.getName());
    ShardedDataset data =
        ShardedDataset.of(spark.read().schema(schema).parquet(rows))
            .features("features")
            .label("label")
            .weight("weight");
    Checkpointing checkpoints =
        Checkpointing.in(
                HadoopCheckpointStore.at(
                    folder.resolve("ckpt").toString(),
                    spark.sparkContext().hadoopConfiguration(),
                    2))
            .everySteps(2);
    FitOptions dying = options().checkpoints(checkpoints).observers(new InterruptAfter(5)).build();
    assertThrows(Interruption.class, () -> model(Adam.builder().build()).fit(data, dying));
    Sequential resumed = model(Adam.builder().build());

    assertEquals(expected, outcome(resumed, data, options().checkpoints(checkpoints)));
    assertEquals(4L, resumed.lastTraining().resumedFromStep());
  }

  @Test
  void executorsInOtherProcessesChangeNoBitAndOneThatIsKilledNeither() {
    String expected = outcome(model(Adagrad.builder().build()), local(), options());
    SparkSession spark =
        session(
            "local-cluster[2,1,1024]",
            "spark.locality.wait=100ms",
            "spark.firesteel.resident.reassemblyTimeout=2s");
    try {
      ClusterExecutors executors = new ClusterExecutors(spark.sparkContext());
      executors.ready(2);
      Sequential model = model(Adagrad.builder().build());
      KillAfter kill = new KillAfter(executors);
      assertEquals(expected, outcome(model, data(spark, 3), options().observers(kill)));
      assertEquals("resident", model.lastTraining().gradientSource());
      assertTrue(executors.takeKilled(), "nobody was killed");
    } finally {
      LocalSpark.stop();
    }
  }

  /** Has an executor killed after the fourth step. */
  private static final class KillAfter extends Callback {
    private final ClusterExecutors executors;
    private int steps;

    private KillAfter(ClusterExecutors executors) {
      this.executors = executors;
    }

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      steps++;
      executors.killAt(steps == 4);
    }
  }

  @Test
  void aLibsvmFileTrains(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.libsvm");
    Files.writeString(file, "1 1:0.5 3:2\n0 2:1\n1 1:1 2:0\n0\n");
    Dataset<Row> rows =
        session("local[2]").read().format("libsvm").option("numFeatures", 4).load(file.toString());
    Sequential model = new Sequential().seed(1).add(Input.sparse(4)).add(Dense.of(1));
    model.compile("sgd", "mse");
    model.fit(
        ShardedDataset.of(rows).features("features").label("label"),
        FitOptions.builder().batchSize(2).verbose(0).build());
    Sequential same = new Sequential().seed(1).add(Input.sparse(4)).add(Dense.of(1));
    same.compile("sgd", "mse");
    LocalData local =
        LocalData.ofSparse(
            4,
            new int[][] {{0, 2}, {1}, {0}, {}},
            new float[][] {{0.5f, 2}, {1}, {1}, {}},
            new float[] {1, 0, 1, 0});
    same.fit(local, FitOptions.builder().batchSize(2).verbose(0).build());

    assertEquals(same.weightsSha256(), model.weightsSha256());
  }

  @Test
  void predictionsAndEvaluationAreThoseInMemory() {
    SparkSession spark = session("local[2]");
    Sequential model = model(Adam.builder().build());
    model.fit(local(), options().build());
    assertEquals(model.evaluate(local()), model.evaluate(data(spark, 2)));
    float[][] expected = model.predict(EXAMPLES.local());
    List<Row> rows =
        Predictions.of(model, "features")
            .outputCol("output")
            .addTo(EXAMPLES.on(spark).coalesce(1))
            .select("output")
            .collectAsList();
    for (int row = 0; row < expected.length; row++) {
      assertEquals(expected[row][0], (Float) rows.get(row).getSeq(0).apply(0), 1e-6f);
    }
  }

  @Test
  void columnsOfNumbersMayComeBeforeTheVector() {
    SparkSession spark = session("local[2]");
    StructType schema =
        new StructType()
            .add("a", DataTypes.DoubleType)
            .add("b", DataTypes.IntegerType)
            .add("v", SQLDataTypes.VectorType())
            .add("y", DataTypes.FloatType);
    Dataset<Row> rows =
        spark.createDataFrame(
            List.of(
                RowFactory.create(0.5, 0, Vectors.dense(0, 2, 0), 1f),
                RowFactory.create(0.0, 3, Vectors.sparse(3, new int[] {2}, new double[] {1}), 0f)),
            schema);
    ShardedDataset data = ShardedDataset.of(rows).features("a", "b", "v").label("y");
    Sequential model = new Sequential().seed(1).add(Input.sparse(5)).add(Dense.of(1));
    model.compile("sgd", "mse");
    model.fit(data, FitOptions.builder().batchSize(2).verbose(0).build());
    Sequential same = new Sequential().seed(1).add(Input.sparse(5)).add(Dense.of(1));
    same.compile("sgd", "mse");
    same.fit(
        LocalData.ofSparse(
            new float[][] {{0.5f, 0}, {0, 3}},
            3,
            new int[][] {{1}, {2}},
            new float[][] {{2}, {1}},
            new float[] {1, 0}),
        FitOptions.builder().batchSize(2).verbose(0).build());

    assertEquals(same.weightsSha256(), model.weightsSha256());
    float[] predicted = new float[2];
    List<Row> predictions = Predictions.of(model, "a", "b", "v").addTo(rows).collectAsList();
    for (int row = 0; row < 2; row++) {
      predicted[row] = (float) predictions.get(row).getDouble(4);
    }

    float[][] wanted =
        model.predict(
            LocalData.ofSparse(
                new float[][] {{0.5f, 0}, {0, 3}},
                3,
                new int[][] {{1}, {2}},
                new float[][] {{2}, {1}},
                new float[] {1, 0}));
    assertArrayEquals(new float[] {wanted[0][0], wanted[1][0]}, predicted);
  }

  private static Dataset<Row> vectors(DataType type, Object... vectors) {
    List<Row> rows = new ArrayList<>();
    for (Object vector : vectors) {
      rows.add(RowFactory.create(vector, 1f));
    }

    return session("local[2]")
        .createDataFrame(
            rows,
            new StructType(
                new StructField[] {
                  DataTypes.createStructField("v", type, true),
                  DataTypes.createStructField("y", DataTypes.FloatType, false)
                }))
        .coalesce(1);
  }

  private static String refused(int width, DataType type, Object... vectors) {
    Sequential model = new Sequential().add(Input.sparse(width)).add(Dense.of(1));
    return refused(model, vectors(type, vectors), "v");
  }

  private static String refused(Sequential model, Dataset<Row> rows, String... features) {
    model.compile("sgd", "mse");
    ShardedDataset data = ShardedDataset.of(rows).features(features).label("y");
    return assertThrows(
            IllegalArgumentException.class,
            () -> model.fit(data, FitOptions.builder().verbose(0).build()))
        .getMessage();
  }

  @Test
  void wrongVectorsAreRefusedByColumnAndRow() {
    DataType ml = SQLDataTypes.VectorType();
    assertEquals(
        "The column 'v' must hold the same number of values in every row, at least one. Received: 3"
            + " and 4, the latter in the row [(4,[1],[1.0]),1.0]",
        refused(
            3,
            ml,
            Vectors.sparse(3, new int[] {1}, new double[] {1}),
            Vectors.sparse(4, new int[] {1}, new double[] {1})));
    assertEquals(
        "The column 'v' must hold finite float32 numbers. Received: NaN in the row"
            + " [(3,[1],[NaN]),1.0]",
        refused(3, ml, Vectors.sparse(3, new int[] {1}, new double[] {Double.NaN})));
    assertEquals(
        "The column 'v' must not hold null. Received the row [null,1.0]",
        refused(3, ml, new Object[] {null}));
    assertEquals(
        "The column 'v' must hold vectors with ascending indices from 0 to 2. Received: 5 at place"
            + " 1 in the row [(3,[1,5],[1.0,2.0]),1.0]",
        refused(
            3,
            new VectorUDT(),
            new org.apache.spark.mllib.linalg.SparseVector(
                3, new int[] {1, 5}, new double[] {1, 2})));
    assertEquals(
        "data: the model sequential takes features of shape (5,). Received: (3,)",
        refused(5, ml, Vectors.sparse(3, new int[] {1}, new double[] {1})));
  }

  @Test
  void columnsThatAreNoVectorsAreRefused() {
    Sequential model = new Sequential().add(Input.sparse(3)).add(Dense.of(1));
    Dataset<Row> rows =
        vectors(SQLDataTypes.VectorType(), Vectors.sparse(3, new int[] {1}, new double[] {1}))
            .selectExpr("v", "y", "array(1.0, 2.0) as a");
    assertEquals(
        "The column 'a' of features must hold vectors, as the model's input is sparse. Received:"
            + " array<decimal(2,1)>",
        refused(model, rows, "a"));
    assertEquals(
        "The column 'v' of features must hold numbers before a sparse vector. Received:"
            + " struct<type:tinyint,size:int,indices:array<int>,values:array<double>>",
        refused(model, rows.selectExpr("*", "v as w"), "v", "w"));
  }

  @Test
  void wrongIndicesAreRefusedWhereVectorsAreMadeDense() {
    Sequential model = new Sequential().add(Input.of(3)).add(Dense.of(1));
    Dataset<Row> rows =
        vectors(
            new VectorUDT(),
            new org.apache.spark.mllib.linalg.SparseVector(3, new int[] {3}, new double[] {1}));
    assertEquals(
        "The column 'v' must hold vectors with ascending indices from 0 to 2. Received: 3 at place"
            + " 0 in the row [(3,[3],[1.0]),1.0]",
        refused(model, rows, "v"));
  }

  @Test
  void vectorsTooLongToBeMadeDenseAreRefused() {
    Sequential model = new Sequential().add(Input.of(10_000_000)).add(Dense.of(1));
    assertEquals(
        "The column 'v' holds sparse vectors of 10000000 values, too long to be made dense (at most"
            + " 1048576); begin the model with Input.sparse(...), in Keras Input(shape,"
            + " sparse=True)",
        refused(
            model,
            vectors(
                SQLDataTypes.VectorType(),
                Vectors.sparse(10_000_000, new int[] {1}, new double[] {1})),
            "v"));
  }

  @Test
  void sparseFeaturesHaveNoMomentsOnSpark() {
    TrainingData data =
        data(session("local[2]"), 1).readFor(Network.of(model(Adam.builder().build()).spec()));
    assertTrue(data.isSparse());
    assertTrue(
        assertThrows(IllegalArgumentException.class, data::featureMoments)
            .getMessage()
            .startsWith("adapt: mean and variance of sparse features"));
  }
}
