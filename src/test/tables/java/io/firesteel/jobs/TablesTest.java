package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs on tables of Hive, Delta and Iceberg give the weights that the same rows give as a CSV file:
 * {@code mvn -Ptables test}.
 */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TablesTest {

  private static final String DELTA = "org.apache.spark.sql.delta.catalog.DeltaCatalog";

  @TempDir Path folder;

  private TinyJob tiny;

  @BeforeEach
  void writeData() throws Exception {
    tiny = TinyJob.in(folder);
  }

  @AfterEach
  void stop() {
    LocalSpark.stop();
  }

  private String weights(SparkSession spark, String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("checkpoint=null");
    all.add("output.mode=overwrite");
    Job job = Job.parse(Overrides.apply(tiny.config(), all));
    Train.prepare(job, new Locations(new Configuration())).run(spark);
    Config result = Config.parse(Files.readString(tiny.output().resolve("result.json")));
    return String.valueOf(result.get("weights_sha256"));
  }

  private Dataset<Row> rows(SparkSession spark) {
    return spark
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .csv(tiny.data().toString());
  }

  @Test
  void tablesOfHivesMetastore() throws Exception {
    Path metastore = folder.resolve("metastore");
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.sql.catalogImplementation=hive",
            "spark.sql.warehouse.dir=" + folder.resolve("warehouse").toUri(),
            "spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:derby:;databaseName="
                + metastore
                + ";create=true");
    Job job = Job.parse(Overrides.apply(tiny.config(), List.of("data.format=table")));
    assertTrue(
        JobMain.needsHive(job, new SparkConf(false), getClass().getClassLoader()),
        "a job on a table asks for Hive's catalog by itself");
    String expected = weights(spark);
    spark.sql("CREATE DATABASE shop");
    rows(spark).write().format("hive").saveAsTable("shop.clicks");
    assertTrue(
        spark
            .sql("DESCRIBE TABLE EXTENDED shop.clicks")
            .collectAsList()
            .toString()
            .contains("hive"),
        "a table of Hive's own format");
    assertEquals(
        expected, weights(spark, "data.format=table", "data.path=shop.clicks", "data.options={}"));
  }

  @Test
  void tablesAndFoldersOfDelta() throws Exception {
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.sql.warehouse.dir=" + folder.resolve("warehouse").toUri(),
            "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
            "spark.sql.catalog.spark_catalog=" + DELTA);
    String expected = weights(spark);
    rows(spark).write().format("delta").saveAsTable("clicks");
    assertEquals(
        expected, weights(spark, "data.format=table", "data.path=clicks", "data.options={}"));
    String path = folder.resolve("delta").toString();
    rows(spark).write().format("delta").save(path);
    spark.sql("DELETE FROM delta.`%s` WHERE digit = 1".formatted(path));
    assertEquals(
        expected,
        weights(
            spark,
            "data.format=delta",
            "data.path=" + path,
            "data.options={\"versionAsOf\": \"0\"}"));
  }

  @Test
  void tablesOfIceberg() throws Exception {
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.lake.type=hadoop",
            "spark.sql.catalog.lake.warehouse=" + folder.resolve("lake").toUri());
    String expected = weights(spark);
    rows(spark).writeTo("lake.shop.clicks").using("iceberg").create();
    assertEquals(
        expected,
        weights(spark, "data.format=table", "data.path=lake.shop.clicks", "data.options={}"));
  }
}
