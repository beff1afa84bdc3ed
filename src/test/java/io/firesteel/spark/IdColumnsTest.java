package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Activation;
import io.firesteel.layers.Add;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.FMInteraction;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.GlobalAveragePooling1D;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.spark.datasets.SyntheticClicks;
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

/** Models of columns of ids on Spark: how they are trained and predicted from. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class IdColumnsTest {

  private static final int INDICES = 62;

  /** Each id column has a range of indices of its own. */
  private static Dataset<Row> frame(SparkSession spark) {
    return spark.sql(
        """
        select id, cast(id % 13 as float) / 13 as x,
          pmod(hash(concat('c', id % 40)), 50) as city,
          50 + cast(id % 7 as bigint) as shop,
          57 + cast(id % 5 as smallint) as day,
          if(id % 3 = 0 or id % 6 = 1, 1, 0) as click
        from range(0, 300)\
        """);
  }

  private static LocalData local(SparkSession spark) {
    List<Row> rows = frame(spark).orderBy("id").collectAsList();
    float[][] features = new float[rows.size()][];
    float[] labels = new float[features.length];
    for (int i = 0; i < features.length; i++) {
      Row row = rows.get(i);
      features[i] = new float[4];
      for (int column = 0; column < 4; column++) {
        features[i][column] = ((Number) row.get(1 + column)).floatValue();
      }

      labels[i] = row.getInt(5);
    }

    return LocalData.of(features, labels);
  }

  /** A DeepFM. */
  private static Model model() {
    KerasTensor numbers = Input.of(1).name("numbers").output();
    KerasTensor ids = Input.of(3).dtype("int32").name("ids").output();
    KerasTensor weights = Embedding.of(INDICES, 1).name("weights").call(ids);
    KerasTensor vectors = Embedding.of(INDICES, 3).name("vectors").call(ids);
    KerasTensor features = Concatenate.of().call(numbers, Flatten.of().call(vectors));
    KerasTensor logit =
        Add.of()
            .call(
                Dense.of(1).name("wide").call(numbers),
                GlobalAveragePooling1D.of().call(weights),
                FMInteraction.of().name("products").call(vectors),
                Dense.of(1).call(Dense.of(4).activation("relu").call(features)));
    Model model =
        new Model("clicks", List.of(numbers, ids), List.of(Activation.of("sigmoid").call(logit)))
            .seed(1);
    model.compile(Adam.builder().learningRate(0.01).build(), "binary_crossentropy", "AUC");
    return model;
  }

  private static ShardedDataset clicks(SparkSession spark) {
    return ShardedDataset.of(frame(spark))
        .input("numbers", "x")
        .input("ids", "city", "shop", "day")
        .label("click");
  }

  @Test
  void fitsOnSparkAndInMemoryHaveTheSameBits(SparkSession spark, @TempDir Path folder)
      throws Exception {
    FitOptions options = FitOptions.builder().epochs(2).batchSize(64).seed(1).verbose(0).build();
    Model expected = model();
    expected.fit(local(spark), options);
    Model model = model();
    model.fit(clicks(spark), options);
    assertEquals(expected.weightsSha256(), model.weightsSha256());

    String file = folder.resolve("clicks.keras").toString();
    try (CapturedLog log = CapturedLog.of(Model.class)) {
      model.save(file);
      model.save(file);
      assertEquals(
          "Keras does not open %s without classes registered for layers that it does not have: products (firesteel>FMInteraction). Firesteel opens it"
              .formatted(file),
          log.text());
    }

    Model same = Model.load(file);
    assertEquals(model.weightsSha256(), same.weightsSha256());
    List<Row> rows =
        Predictions.of(same).outputCol("output").addTo(frame(spark)).orderBy("id").collectAsList();
    float[][] predicted = expected.predict(local(spark));
    for (int i = 0; i < predicted.length; i++) {
      Row row = rows.get(i);
      assertEquals(predicted[i][0], row.<Float>getList(row.fieldIndex("output")).get(0), 1e-6);
    }

    assertEquals(
        model.evaluate(local(spark)).get("loss"),
        same.evaluate(ShardedDataset.of(frame(spark)).featuresOf(same).label("click")).get("loss"),
        1e-9);
  }

  @Test
  void aSparseVectorBesidesIdsGivesWhatADenseOneDoes(SparkSession spark) {
    SyntheticClicks clicks = SyntheticClicks.of(200).numeric(2).categorical(2, 20_000);
    List<Row> columns = clicks.toDataset(spark).collectAsList();
    List<Row> vectors = clicks.toVectors(spark).collectAsList();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Row row = columns.get(i);
      Object[] cells = {row.getInt(0), row.get(1), row.get(3), vectors.get(i).get(1)};
      rows.add(RowFactory.create(cells));
    }

    Dataset<Row> frame =
        spark.createDataFrame(
            rows,
            new StructType()
                .add("label", DataTypes.IntegerType)
                .add("I1", DataTypes.FloatType)
                .add("C1", DataTypes.IntegerType)
                .add("v", SQLDataTypes.VectorType()));
    FitOptions options =
        FitOptions.builder().epochs(2).batchSize(64).shuffle(false).verbose(0).build();
    List<float[][]> predictions = new ArrayList<>();
    for (InputLayer input : List.of(Input.sparse(20_002), Input.of(20_002))) {
      KerasTensor id = Input.of(1).dtype("int32").name("id").output();
      KerasTensor vector = input.withName("vector").output();
      KerasTensor table = Embedding.of(clicks.vocabularies()[0], 4).name("table").call(id);
      KerasTensor both =
          Add.of()
              .call(
                  Dense.of(1).name("deep").call(Flatten.of().call(table)),
                  Dense.of(1).name("wide").call(vector));
      Model model = new Model("clicks", List.of(id, vector), List.of(both)).seed(1);
      model.compile("adagrad", BinaryCrossentropy.builder().fromLogits().build());
      ShardedDataset data =
          ShardedDataset.of(frame).input("id", "C1").input("vector", "v").label("label");
      model.fit(data.orderBy("I1"), options);
      predictions.add(
          Predictions.of(model).outputCol("output").addTo(frame).collectAsList().stream()
              .map(row -> new float[] {row.<Float>getList(row.fieldIndex("output")).get(0)})
              .toArray(float[][]::new));
    }

    assertEquals(200, predictions.get(0).length);
    for (int i = 0; i < 200; i++) {
      assertArrayEquals(predictions.get(1)[i], predictions.get(0)[i], 1e-5f);
    }
  }

  @Test
  void aModelThatWasNotTrainedOnColumnsNamesNone(SparkSession spark) {
    Sequential plain = new Sequential("plain").add(Dense.of(1).inputShape(4));
    String expected =
        "The model plain knows no columns, for it was not trained on any: name the columns of"
            + " features";
    assertEquals(expected, message(() -> ShardedDataset.of(frame(spark)).featuresOf(plain)));
    assertEquals(expected, message(() -> Predictions.of(plain)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
