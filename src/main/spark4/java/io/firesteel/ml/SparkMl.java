package io.firesteel.ml;

import java.lang.reflect.Method;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.Option;

/** What Spark ML names otherwise in Spark 4 than in Spark 3.5. */
final class SparkMl {

  private static final @Nullable ThreadLocal<?> LOCAL_SAVING = localSaving();

  private SparkMl() {}

  /** What Spark ML knows the summary of a training by. */
  interface Summary extends org.apache.spark.ml.util.Summary {}

  static Param<String> text(Params owner, String name, String doc) {
    return new Param<>(owner.uid(), name, doc, String.class);
  }

  static Param<String> text(
      Params owner, String name, String doc, Function1<String, Object> validator) {
    return new Param<>(owner.uid(), name, doc, validator, String.class);
  }

  static void saveMetadata(Params stage, String path, SparkSession spark) {
    DefaultParamsWriter.saveMetadata(stage, path, spark, Option.empty(), Option.empty());
  }

  static DefaultParamsReader.Metadata loadMetadata(String path, SparkSession spark, Class<?> type) {
    return DefaultParamsReader.loadMetadata(path, spark, type.getName());
  }

  /** Tells whether a Spark Connect server has this thread write to its own disk. */
  static boolean savesLocally() {
    return LOCAL_SAVING != null && Boolean.TRUE.equals(LOCAL_SAVING.get());
  }

  /** Returns Spark's own switch; null in Spark 4.0, which writes to the file system only. */
  private static @Nullable ThreadLocal<?> localSaving() {
    try {
      Method state =
          Class.forName("org.apache.spark.ml.util.ReadWriteUtils")
              .getMethod("localSavingModeState");
      return (ThreadLocal<?>) state.invoke(null);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
