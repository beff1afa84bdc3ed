package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.IdHash;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.IdColumn;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.SkipConnection;
import io.firesteel.layers.Slice;
import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.spark.datasets.SyntheticClicks;
import io.firesteel.spark.internal.rows.DatasetRows;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Columns of ids on Spark: how they are read, trained on and predicted from. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class IdColumnsTest {

  private static final int ROWS = 300;
  private static final FeatureBlock BLOCK =
      FeatureBlock.of()
          .numeric("x")
          .ids(
              IdColumn.of("city", 50, 3).hashed(),
              IdColumn.of("shop", 7, 3).keepInvalid(),
              IdColumn.of("day", 5, 3).skipInvalid())
          .linear(true)
          .interactions("fm")
          .name("features");

  /** Every 10th row has a day that is none, every 7th another shop, every 9th no city. */
  private static Dataset<Row> frame(SparkSession spark) {
    return spark.sql(
        """
        select id, cast(id % 13 as float) / 13 as x,
          concat('c', id % 40) as city,
          cast(if(id % 7 = 3, 1000 + id, id % 6) as bigint) as shop,
          if(id % 10 = 9, null, cast(id % 5 as smallint)) as day,
          if(id % 3 = 0 or id % 6 = 1, 1, 0) as click
        from range(0, 300)\
        """);
  }

  private static float[] features(int id) {
    return new float[] {
      id % 13 / 13.0f, Math.floorMod(IdHash.of("c" + id % 40), 50), id % 7 == 3 ? 7 : id % 6, id % 5
    };
  }

  private static LocalData local() {
    float[][] features = new float[ROWS - ROWS / 10][];
    float[] labels = new float[features.length];
    int next = 0;
    for (int id = 0; id < ROWS; id++) {
      if (id % 10 != 9) {
        labels[next] = id % 3 == 0 || id % 6 == 1 ? 1 : 0;
        features[next++] = features(id);
      }
    }

    return LocalData.of(features, labels);
  }

  private static Sequential model() {
    Sequential model =
        new Sequential("clicks")
            .seed(1)
            .add(BLOCK)
            .add(Slice.of(2, 10))
            .add(Dense.of(4).activation("relu"))
            .add(Dense.of(1))
            .add(SkipConnection.of("features", 0, 2))
            .add(Activation.of("sigmoid"));
    model.compile(Adam.builder().learningRate(0.01).build(), "binary_crossentropy", "AUC");
    return model;
  }

  @Test
  void fitsOnSparkAndInMemoryHaveTheSameBits(SparkSession spark, @TempDir Path folder)
      throws Exception {
    FitOptions options = FitOptions.builder().epochs(2).batchSize(64).seed(1).verbose(0).build();
    Sequential expected = model();
    expected.fit(local(), options);
    Sequential model = model();
    model.fit(ShardedDataset.of(frame(spark)).featuresOf(model).label("click"), options);
    assertEquals(expected.weightsSha256(), model.weightsSha256());

    String file = folder.resolve("clicks.keras").toString();
    try (CapturedLog log = CapturedLog.of(Model.class)) {
      model.save(file);
      model.save(file);
      assertEquals(
          "Keras does not open %s without classes registered for layers that it does not have: features (firesteel>FeatureBlock), slice (firesteel>Slice), skip_connection (firesteel>SkipConnection). Firesteel opens it"
              .formatted(file),
          log.text());
    }

    Sequential same = Sequential.load(file);
    assertEquals(model.weightsSha256(), same.weightsSha256());
    List<Row> rows =
        Predictions.of(same).outputCol("output").addTo(frame(spark)).orderBy("id").collectAsList();
    assertEquals(ROWS - ROWS / 10, rows.size());
    for (Row row : rows) {
      float[] features = features((int) row.getLong(0));
      float predicted = expected.predict(new float[][] {features})[0][0];
      assertEquals(predicted, row.<Float>getList(row.fieldIndex("output")).get(0), 1e-6);
    }

    assertEquals(
        model.evaluate(local()).get("loss"),
        same.evaluate(ShardedDataset.of(frame(spark)).featuresOf(same).label("click")).get("loss"),
        1e-9);
  }

  @Test
  void aSparseVectorBesidesIdsGivesTheBitsOfADenseOne(SparkSession spark) {
    SyntheticClicks clicks = SyntheticClicks.of(200).numeric(2).categorical(2, 20_000);
    List<Row> columns = clicks.toDataset(spark).collectAsList();
    List<Row> vectors = clicks.toVectors(spark).collectAsList();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Row row = columns.get(i);
      Object[] cells = {row.getInt(0), row.get(1), row.get(3), row.get(4), vectors.get(i).get(1)};
      rows.add(RowFactory.create(cells));
    }

    Dataset<Row> frame =
        spark.createDataFrame(
            rows,
            new StructType()
                .add("label", DataTypes.IntegerType)
                .add("I1", DataTypes.FloatType)
                .add("C1", DataTypes.IntegerType)
                .add("C2", DataTypes.IntegerType)
                .add("v", SQLDataTypes.VectorType()));
    int[] sizes = clicks.vocabularies();
    FeatureBlock block =
        FeatureBlock.of()
            .numeric("I1")
            .ids(IdColumn.of("C1", sizes[0], 4), IdColumn.of("C2", sizes[1], 4))
            .sparse("v", 20_002)
            .linear(true);
    FitOptions options =
        FitOptions.builder().epochs(2).batchSize(64).shuffle(false).verbose(0).build();
    List<String> weights = new ArrayList<>();
    for (Layer input : List.of(Input.sparse(20_005), Input.of(20_005))) {
      Sequential model = new Sequential("clicks").seed(1).add(input).add(block).add(Dense.of(1));
      model.compile("adagrad", BinaryCrossentropy.builder().fromLogits().build());
      ShardedDataset data = ShardedDataset.of(frame).featuresOf(model).label("label");
      model.fit(data.orderBy("I1"), options);
      weights.add(model.weightsSha256());
      assertEquals(200, Predictions.of(model).addTo(frame).count());
    }

    assertEquals(weights.get(0), weights.get(1));
    assertTrue(((InputLayer) new Sequential().add(block).layers().get(0)).isSparse());
  }

  @Test
  void rowsThatAreLeftOutAreCounted(SparkSession spark) {
    try (CapturedLog log = CapturedLog.of(DatasetRows.class)) {
      ShardedDataset data = ShardedDataset.of(frame(spark)).featuresOf(model()).label("click");
      assertEquals(270, data.rows());
      assertEquals(
          "Left out 30 of 300 rows, which hold what is no id in columns with handle_invalid=skip",
          log.text());
    }
  }

  @Test
  void hashesAreThoseOfSparkSql(SparkSession spark) {
    List<Row> rows =
        spark
            .sql(
                """
                select id, hash(id), text, hash(text) from (
                  select id * 987654321987 as id, repeat('ä😀b', cast(id as int)) || id as text
                  from range(-3, 20))\
                """)
            .collectAsList();
    for (Row row : rows) {
      assertEquals(row.getInt(1), IdHash.of(row.getLong(0)));
      assertEquals(row.getInt(3), IdHash.of(row.getString(2)));
    }
  }

  @Test
  void whatIsNoIdIsRefusedWithColumnAndRow(SparkSession spark) {
    IdColumn ids = IdColumn.of("a", 3, 1);
    assertRefused(
        spark,
        ids,
        "3",
        "The column 'a' must hold ids from 0 to 2, unless 'handle_invalid' is skip or keep."
            + " Received: 3 in the row [3,1]");
    assertRefused(
        spark,
        ids,
        "-1L",
        "The column 'a' must hold ids from 0 to 2, unless 'handle_invalid' is skip or keep."
            + " Received: -1 in the row [-1,1]");
    assertRefused(
        spark,
        ids,
        "cast(null as int)",
        "The column 'a' must hold ids from 0 to 2, unless 'handle_invalid' is skip or keep."
            + " Received: null in the row [null,1]");
    assertRefused(
        spark,
        ids.hashed(),
        "cast(null as string)",
        "The column 'a' must hold ids, unless 'handle_invalid' is skip or keep. Received: null in"
            + " the row [null,1]");
    assertRefused(spark, ids.skipInvalid(), "3", "The data set has no rows");
  }

  @Test
  void columnsOfAnotherTypeAreRefused(SparkSession spark) {
    IdColumn ids = IdColumn.of("a", 3, 1);
    assertRefused(
        spark,
        ids,
        "'x'",
        "The column 'a' of features must hold integers, as ids that are indices. Received: string");
    assertRefused(
        spark,
        ids.hashed(),
        "1.5d",
        "The column 'a' of features must hold integers or strings, as ids. Received: double");
    assertRefused(
        spark, IdColumn.of("b", 3, 1), "1", "The column 'b' of features is missing. Columns: a, y");
    FeatureBlock numeric = FeatureBlock.of().numeric("a");
    assertEquals(
        "The column 'a' of features must hold numbers. Received: string",
        refusal(spark, numeric, "'x'"));
    FeatureBlock sparse = FeatureBlock.of().sparse("a", 3).linear(true);
    assertEquals(
        "The column 'a' of features must hold vectors. Received: int", refusal(spark, sparse, "1"));
  }

  @Test
  void modelAndDataMustNameTheSameColumns(SparkSession spark) {
    Sequential plain = new Sequential("plain").add(Dense.of(1).inputShape(4));
    plain.compile("sgd", "mse");
    ShardedDataset block = ShardedDataset.of(frame(spark)).featuresOf(model()).label("click");
    FitOptions options = FitOptions.builder().epochs(1).verbose(0).build();
    assertEquals(
        "Data of featuresOf(model) is for models that begin with the same FeatureBlock. Columns:"
            + " [x, city, shop, day]",
        message(() -> plain.fit(block, options)));
    ShardedDataset numbers =
        ShardedDataset.of(frame(spark)).features("x", "x2", "x3", "x4").label("click");
    assertTrue(
        message(() -> model().fit(numbers, options)).contains("'x2' of features is missing"));
    ShardedDataset renamed =
        ShardedDataset.of(frame(spark).selectExpr("array(x, x, x, x) as all", "click"))
            .features("all")
            .label("click");
    assertEquals(
        "A model that begins with a FeatureBlock needs data of its columns: set featuresOf(model)."
            + " Columns: [x, city, shop, day]. Received: features(...)",
        message(() -> model().fit(renamed, options)));
    assertEquals(
        "The model plain does not begin with a FeatureBlock, which names its columns: name the"
            + " columns of features",
        message(() -> ShardedDataset.of(frame(spark)).featuresOf(plain)));
    assertEquals(
        "The model plain does not begin with a FeatureBlock, which names its columns: name the"
            + " columns of features",
        message(() -> Predictions.of(plain)));
    assertEquals(
        "The model clicks begins with a FeatureBlock, which names its columns [x, city, shop, day]."
            + " Received others: [x]",
        message(() -> Predictions.of(model(), "x")));
  }

  private static void assertRefused(
      SparkSession spark, IdColumn ids, String value, String expected) {
    assertEquals(expected, refusal(spark, FeatureBlock.of().ids(ids), value));
  }

  private static String refusal(SparkSession spark, FeatureBlock block, String value) {
    Sequential model = new Sequential("m").add(block);
    Dataset<Row> frame = spark.sql("select " + value + " as a, 1 as y");
    return message(() -> ShardedDataset.of(frame).featuresOf(model).label("y").rows());
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
