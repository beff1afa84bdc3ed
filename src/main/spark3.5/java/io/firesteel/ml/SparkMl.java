package io.firesteel.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;
import scala.Function1;
import scala.Option;

/** What Spark ML names otherwise in Spark 3.5 than in Spark 4. */
final class SparkMl {

  private SparkMl() {}

  /** What Spark ML knows the summary of a training by: nothing yet. */
  interface Summary {}

  static Param<String> text(Params owner, String name, String doc) {
    return new Param<>(owner.uid(), name, doc);
  }

  static Param<String> text(
      Params owner, String name, String doc, Function1<String, Object> validator) {
    return new Param<>(owner.uid(), name, doc, validator);
  }

  static void saveMetadata(Params stage, String path, SparkSession spark) {
    DefaultParamsWriter.saveMetadata(
        stage, path, spark.sparkContext(), Option.empty(), Option.empty());
  }

  static DefaultParamsReader.Metadata loadMetadata(String path, SparkSession spark, Class<?> type) {
    return DefaultParamsReader.loadMetadata(path, spark.sparkContext(), type.getName());
  }

  /** Tells whether a Spark Connect server has this thread write to its own disk; none does yet. */
  static boolean savesLocally() {
    return false;
  }
}
