package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Add;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.CompileOptions;
import io.firesteel.models.Model;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functional models whose inputs and outputs are columns of their own. */
@Tag("spark")
class NamedColumnsTest {

  private static final int ROWS = 60;
  private static final int TAGS = 12;
  private static final StructType SCHEMA =
      new StructType()
          .add("user_id", DataTypes.IntegerType)
          .add("pixels", SQLDataTypes.VectorType())
          .add("x1", DataTypes.DoubleType)
          .add("x2", DataTypes.DoubleType)
          .add("tags", SQLDataTypes.VectorType())
          .add("words", SQLDataTypes.VectorType())
          .add("rating", DataTypes.DoubleType)
          .add("kind", DataTypes.createArrayType(DataTypes.FloatType));

  private final float[][] user = new float[ROWS][1];
  private final float[][] image = new float[ROWS][4];
  private final float[][] numbers = new float[ROWS][2];
  private final int[][] sparseIndices = new int[ROWS][];
  private final float[][] sparseValues = new float[ROWS][];
  private final float[][] rating = new float[ROWS][1];
  private final float[][] kind = new float[ROWS][3];

  private Dataset<Row> frame(SparkSession spark) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      user[i][0] = random.nextInt(5);
      double[] pixels = random.doubles(4).map(x -> (float) x).toArray();
      for (int k = 0; k < 4; k++) {
        image[i][k] = (float) pixels[k];
      }

      numbers[i] = new float[] {random.nextFloat(), random.nextFloat()};
      int tag = random.nextInt(TAGS);
      int word = random.nextInt(5);
      sparseIndices[i] = new int[] {tag, TAGS + word};
      sparseValues[i] = new float[] {1, 0.5f};
      rating[i][0] = random.nextFloat();
      kind[i][random.nextInt(3)] = 1;
      rows.add(
          RowFactory.create(
              (int) user[i][0],
              Vectors.dense(pixels),
              (double) numbers[i][0],
              (double) numbers[i][1],
              Vectors.sparse(TAGS, new int[] {tag}, new double[] {1}),
              Vectors.sparse(5, new int[] {word}, new double[] {0.5}),
              (double) rating[i][0],
              kind[i]));
    }

    return spark.createDataFrame(rows, SCHEMA).repartition(3);
  }

  private static Model dense() {
    KerasTensor user = Input.of(1).dtype("int32").name("user").output();
    KerasTensor image = Input.of(2, 2).name("image").output();
    KerasTensor numbers = Input.of(2).name("numbers").output();
    KerasTensor all =
        Concatenate.of()
            .call(
                Flatten.of().call(Embedding.of(5, 3).call(user)),
                Flatten.of().call(image),
                numbers);
    KerasTensor hidden = Dense.of(6).activation("tanh").call(all);
    Model model =
        new Model(
            List.of(user, image, numbers),
            List.of(
                Dense.of(1).name("score").call(hidden),
                Dense.of(3).activation("softmax").name("class").call(hidden)));
    model.seed(7);
    model.compile(
        CompileOptions.of("adam", Map.of("score", "mse", "class", "categorical_crossentropy"))
            .lossWeights(Map.of("score", 0.5))
            .metrics(Map.of("class", List.of("accuracy"))));
    return model;
  }

  private static ShardedDataset named(Dataset<Row> frame) {
    return ShardedDataset.of(frame)
        .input("numbers", "x1", "x2")
        .input("image", "pixels")
        .input("user", "user_id")
        .output("class", "kind")
        .output("score", "rating");
  }

  private static String fit(Model model, TrainingData data) {
    model.fit(
        data,
        FitOptions.builder()
            .epochs(3)
            .batchSize(16)
            .shards(4)
            .seed(2)
            .validationSplit(0.2)
            .verbose(0)
            .build());
    return model.lastTraining().history().history() + model.weightsSha256();
  }

  @Test
  void everySourceGivesTheBitsOfTheLocalOne(@TempDir Path folder) throws Exception {
    for (String source : List.of("resident", "job")) {
      SparkSession spark =
          LocalSpark.session("local[2]", "spark.firesteel.gradientSource=" + source);
      Dataset<Row> frame = frame(spark);
      LocalData local =
          LocalData.of(
              Map.of("user", user, "image", image, "numbers", numbers),
              Map.of("score", rating, "class", kind));
      Model model = dense();
      assertEquals(fit(dense(), local), fit(model, named(frame)), source);
      assertEquals(source, model.lastTraining().gradientSource());
      assertEquals(model.evaluate(local), model.evaluate(named(frame)));

      String path = folder.resolve(source + ".keras").toString();
      model.save(path);
      Model read = Model.load(path);
      assertEquals(
          Map.of(
              "user",
              List.of("user_id"),
              "image",
              List.of("pixels"),
              "numbers",
              List.of("x1", "x2")),
          read.columns().inputs());
      Row first = Predictions.of(read).addTo(frame).orderBy("rating").first();
      float[][] expected =
          model.predict(
              Map.of(
                  "user", new float[][] {{first.getInt(0)}},
                  "image",
                      new float[][] {
                        floats(first.<org.apache.spark.ml.linalg.Vector>getAs("pixels").toArray())
                      },
                  "numbers",
                      new float[][] {{(float) first.getDouble(2), (float) first.getDouble(3)}}));
      assertEquals(expected[0][0], (float) first.<Double>getAs("prediction_score").doubleValue());
      assertArrayEquals(
          new Float[] {expected[0][1], expected[0][2], expected[0][3]},
          first.<Float>getList(first.fieldIndex("prediction_class")).toArray());
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }

    return floats;
  }

  /** Sparse inputs stand behind the others in a row, wherever the model has them. */
  @Test
  void twoSparseInputsBesideDenseOnes() {
    SparkSession spark = LocalSpark.session("local[2]");
    Dataset<Row> frame = frame(spark);
    float[] labels = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = rating[i][0];
    }

    LocalData local = LocalData.ofSparse(numbers, TAGS + 5, sparseIndices, sparseValues, labels);
    ShardedDataset data =
        ShardedDataset.of(frame)
            .input("words", "words")
            .input("numbers", "x1", "x2")
            .input("tags", "tags")
            .label("rating");
    assertEquals(fit(sparse(), local), fit(sparse(), data));
  }

  private static Model sparse() {
    KerasTensor tags = Input.sparse(TAGS).name("tags").output();
    KerasTensor numbers = Input.of(2).name("numbers").output();
    KerasTensor words = Input.sparse(5).name("words").output();
    Model model =
        new Model(
            List.of(tags, numbers, words),
            List.of(
                Add.of()
                    .call(
                        Dense.of(1).call(tags),
                        Dense.of(1).call(numbers),
                        Dense.of(1).call(words))));
    model.seed(7);
    model.compile("adagrad", "mse");
    return model;
  }

  @Test
  void columnsThatDoNotFitAreRefusedByName() {
    Dataset<Row> frame = frame(LocalSpark.session("local[2]"));
    assertRefused(
        "The input 'image' takes 4 values a row. Received: 2 in [x1, x2]",
        ShardedDataset.of(frame)
            .input("image", "x1", "x2")
            .input("numbers", "x1", "x2")
            .input("user", "user_id")
            .output("score", "rating")
            .output("class", "kind"));
    assertRefused(
        "The input 'numbers' of the model functional is missing. Received: image, user",
        ShardedDataset.of(frame).input("image", "pixels").input("user", "user_id").label("rating"));
    assertRefused(
        "The output 'class' takes 3 labels a row. Received: 1 in [rating]",
        named(frame).labels("rating"),
        "score",
        "class");
    assertEquals(
        "The input 'user' needs columns, once. Received: [x1] after {user=[user_id]}",
        assertThrows(
                IllegalArgumentException.class,
                () -> ShardedDataset.of(frame).input("user", "user_id").input("user", "x1"))
            .getMessage());
  }

  private static void assertRefused(String message, ShardedDataset data, String... outputs) {
    ShardedDataset labelled = data;
    for (String output : outputs) {
      labelled = labelled.output(output, "rating");
    }

    ShardedDataset given = labelled;
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> fit(dense(), given)).getMessage());
  }
}
