package io.firesteel.benchmark;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Fashion-MNIST in its four IDX files (Debian's package {@code dataset-fashion-mnist}): 60 000
 * images to train on and 10 000 to test with, of 28 x 28 pixels and ten classes.
 */
final class FashionMnist {

  static final int PIXELS = 784;
  private static final int ROWS_AT_ONCE = 10_000;

  private final Path folder;

  FashionMnist(Path folder) {
    this.folder = folder;
  }

  boolean exists() {
    return Files.exists(folder.resolve("train-images-idx3-ubyte.gz"));
  }

  /**
   * Writes one part as Parquet, unless it is there, and returns it: {@code features}, a vector of
   * 784 pixels in [0, 1], and {@code label}, 0 to 9, as double.
   *
   * @param part {@code train} or {@code t10k}
   */
  Dataset<Row> read(SparkSession spark, String part, Path scratch) throws IOException {
    Path parquet = scratch.resolve(part);
    if (!Files.exists(parquet.resolve("_SUCCESS"))) {
      write(spark, part, parquet);
    }

    return spark.read().parquet(parquet.toString());
  }

  private void write(SparkSession spark, String part, Path parquet) throws IOException {
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    try (DataInputStream images = open(part + "-images-idx3-ubyte.gz");
        DataInputStream labels = open(part + "-labels-idx1-ubyte.gz")) {
      images.skipNBytes(16);
      labels.skipNBytes(8);
      List<Row> rows = next(images, labels);
      while (!rows.isEmpty()) {
        spark
            .createDataFrame(rows, schema)
            .coalesce(2)
            .write()
            .mode("append")
            .parquet(parquet.toString());
        rows = next(images, labels);
      }
    }
  }

  private static List<Row> next(DataInputStream images, DataInputStream labels) throws IOException {
    List<Row> rows = new ArrayList<>();
    byte[] image = images.readNBytes(PIXELS);
    while (image.length == PIXELS) {
      double[] pixels = new double[PIXELS];
      for (int i = 0; i < PIXELS; i++) {
        pixels[i] = (image[i] & 0xff) / 255.0;
      }

      rows.add(RowFactory.create(Vectors.dense(pixels), (double) labels.readUnsignedByte()));
      if (rows.size() == ROWS_AT_ONCE) {
        break;
      }

      image = images.readNBytes(PIXELS);
    }

    return rows;
  }

  private DataInputStream open(String name) throws IOException {
    InputStream file = Files.newInputStream(folder.resolve(name));
    return new DataInputStream(new GZIPInputStream(file, 1 << 16));
  }
}
