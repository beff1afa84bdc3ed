package io.firesteel.spark.internal.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.BatchBuffer;
import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.spark.FiresteelKryoRegistrator;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SizeEstimator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import scala.reflect.ClassTag$;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class SpilledRowsTest {

  private static final BatchPlan PLAN = new BatchPlan(61, 17, 3, 5, true);
  private static final int ROWS = 100_000;
  private static final RowLayout LAYOUT = RowLayout.of(2, 1).withWeights(1);
  private static final String KRYO = "spark.serializer=" + KryoSerializer.class.getName();

  private static ShardBlock spilled() {
    try (ShardBlock.Builder builder =
        ShardBlock.builder(2, ROWS, LAYOUT, SpilledRows.sink(ROWS, LAYOUT, 4L * LAYOUT.width()))) {
      for (int row = 0; row < ROWS; row++) {
        builder.add(new float[] {row, -row, row % 7, 1});
      }

      return builder.build();
    }
  }

  @Test
  void theContentTravelsWithTheObject(SparkSession spark) {
    ShardBlock shard = spilled();
    SparkConf required =
        new SparkConf(false)
            .set("spark.kryo.registrationRequired", "true")
            .set("spark.kryo.registrator", FiresteelKryoRegistrator.class.getName())
            .set("spark.kryoserializer.buffer.max", "4m");
    List<Serializer> serializers = new ArrayList<>();
    serializers.add(new JavaSerializer(new SparkConf(false)));
    serializers.add(new KryoSerializer(required));
    serializers.add(new KryoSerializer(new SparkConf(false)));
    for (Serializer serializer : serializers) {
      SerializerInstance instance = serializer.newInstance();
      ShardBlock copy =
          instance.deserialize(
              instance.serialize(shard, ClassTag$.MODULE$.apply(ShardBlock.class)),
              ClassTag$.MODULE$.apply(ShardBlock.class));

      assertEquals(shard.shard(), copy.shard());
      assertEquals(shard.hash(), copy.hash());
      assertEquals(shard.contentHash(), copy.contentHash());
      assertArrayEquals(
          shard.slice(0, ROWS, new BatchBuffer()).features(),
          copy.slice(0, ROWS, new BatchBuffer()).features());
      assertArrayEquals(shard.labels(0, ROWS), copy.labels(0, ROWS));
    }
  }

  @Test
  void sparkCountsNothingButTheObjectItself(SparkSession spark) {
    assertEquals(true, SizeEstimator.estimate(spilled()) < 4096);
  }

  @Test
  void shardsInFilesGiveTheBitsOfShardsInMemory(@TempDir Path folder) {
    String files = folder.resolve("rows").toString();
    TinyDatasets.frame(LocalSpark.session("local[2]"), 61, 3, 4).write().parquet(files);
    String expected = TinyTraining.train(TinyTraining.local(61), PLAN, 2);
    for (List<String> settings :
        List.of(
            List.<String>of(),
            List.of(
                KRYO,
                "spark.kryo.registrationRequired=true",
                "spark.kryo.registrator=" + FiresteelKryoRegistrator.class.getName()),
            List.of(KRYO))) {
      List<String> all = new ArrayList<>(settings);
      all.add(ShardMemory.SETTING + "=0");
      SparkSession spark = LocalSpark.session("local[2]", all.toArray(new String[0]));

      Dataset<Row> frame = spark.read().schema(TinyDatasets.SCHEMA).parquet(files);
      assertEquals(expected, TinyTraining.train(TinyDatasets.sharded(frame), PLAN, 2));
    }
  }

  @Test
  void emptyShardsMayBeInFilesToo() {
    BatchPlan plan = new BatchPlan(3, 64, 5, 1, true);
    SparkSession spark = LocalSpark.session("local[2]", ShardMemory.SETTING + "=0");

    assertEquals(
        TinyTraining.train(TinyTraining.local(3), plan, 1),
        TinyTraining.train(TinyDatasets.sharded(spark, 3, 2, 1), plan, 1));
  }
}
