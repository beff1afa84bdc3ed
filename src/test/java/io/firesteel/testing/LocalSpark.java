package io.firesteel.testing;

import io.firesteel.spark.internal.seam.ScalaLists;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link SparkSession} on local[2], one for all classes; {@link #session} gives one
 * with other settings. There is one Spark context a JVM, so the last one asked for is the one
 * alive.
 */
public final class LocalSpark implements ParameterResolver {

  private static Map<String, String> settings = Map.of();
  private static SparkSession session;

  /** Returns a session on a master, with settings {@code key=value}; the one before it stops. */
  public static synchronized SparkSession session(String master, String... keyValues) {
    Map<String, String> wanted = new TreeMap<>(defaults());
    wanted.put("spark.master", master);
    if (master.startsWith("local-cluster") || master.startsWith("spark:")) {
      wanted.putAll(clusterSettings());
    }

    for (String keyValue : keyValues) {
      String[] pair = keyValue.split("=", 2);
      wanted.put(pair[0], pair[1]);
    }

    if (session == null || session.sparkContext().isStopped() || !wanted.equals(settings)) {
      stop();
      SparkConf conf = new SparkConf(false);
      wanted.forEach(conf::set);
      session = SparkSession.builder().config(conf).getOrCreate();
      session.sparkContext().setLogLevel("ERROR");
      settings = wanted;
    }

    return session;
  }

  /** Returns the ids of the RDDs that are cached and were not before. */
  public static Set<Object> newlyCached(SparkSession spark, Set<Object> before) {
    Set<Object> ids = new HashSet<>(cached(spark));
    ids.removeAll(before);
    return ids;
  }

  /** Returns the ids of the RDDs that are cached. */
  public static Set<Object> cached(SparkSession spark) {
    Set<Object> ids = new HashSet<>();
    ScalaLists.in(spark.sparkContext().getPersistentRDDs().keys()).forEach(ids::add);
    return ids;
  }

  /** Stops the session, if there is one. */
  public static synchronized void stop() {
    if (session != null) {
      session.stop();
      session = null;
    }
  }

  private static Map<String, String> defaults() {
    return Map.of(
        "spark.app.name", "firesteel-tests",
        "spark.ui.enabled", "false",
        "spark.driver.host", "127.0.0.1",
        "spark.driver.bindAddress", "127.0.0.1",
        "spark.sql.shuffle.partitions", "3",
        "spark.sql.warehouse.dir", "target/spark-warehouse",
        "spark.log.level", "ERROR");
  }

  /** Executors in JVMs of their own, without any environment (no SPARK_HOME). */
  private static Map<String, String> clusterSettings() {
    return Map.of(
        "spark.executor.extraClassPath", classPath(),
        "spark.executorEnv.SPARK_SCALA_VERSION", "2.13",
        "spark.executorEnv.SPARK_TESTING", "1",
        "spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1");
  }

  /** Returns the class path of this process, which executors of their own processes need. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(SparkSession.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return session("local[2]");
  }
}
