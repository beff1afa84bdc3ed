package io.firesteel.spark.internal.execution;

import io.firesteel.saving.Argument;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * How gradients are computed on Spark, by the application's Spark configuration:
 *
 * <ul>
 *   <li>{@code spark.firesteel.gradientSource}: {@code resident} (the default), tasks that stay for
 *       the whole fit; or {@code job}, one Spark job a step, which holds no slot between steps
 *   <li>{@code spark.firesteel.resident.reassemblyTimeout}, 10s: when tasks have been missing for
 *       so long and Spark starts no others, the resident job is submitted again
 *   <li>{@code spark.firesteel.resident.progressTimeout}, 10m: a step that takes longer fails the
 *       fit
 *   <li>{@code spark.firesteel.resident.yieldAfter}, 3s: when another job of the application has
 *       waited for a slot for so long, the resident tasks make way after the step
 *   <li>{@code spark.firesteel.strictEnvironments}, false: whether executors with different JDKs,
 *       matrix libraries or CPUs are refused, and not only warned about
 *   <li>{@code spark.firesteel.reliableShards}, false: whether shards are written once to Spark's
 *       checkpoint directory ({@code spark.checkpoint.dir}), to be read from there where an
 *       executor was lost, instead of being built again from the data set
 * </ul>
 *
 * @param resident whether tasks stay
 * @param reassemblyMillis the time to put a job together
 * @param progressMillis the most that a step may take
 * @param yieldMillis the time that other jobs wait
 * @param strictEnvironments whether different environments are refused
 * @param reliableShards whether shards are written to the checkpoint directory
 */
public record SourceSettings(
    boolean resident,
    long reassemblyMillis,
    long progressMillis,
    long yieldMillis,
    boolean strictEnvironments,
    boolean reliableShards) {

  private static final String PREFIX = "spark.firesteel.";

  /** All settings, those of other classes too. */
  private static final List<String> NAMES =
      List.of(
          "gradientSource",
          "reliableShards",
          "resident.progressTimeout",
          "resident.reassemblyTimeout",
          "resident.yieldAfter",
          "shardMemory",
          "strictEnvironments",
          "ui.enabled");

  private static final String SOURCE = PREFIX + "gradientSource";
  private static final String STRICT = PREFIX + "strictEnvironments";
  private static final String RELIABLE = PREFIX + "reliableShards";

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException if a value is not allowed, naming it
   */
  public static SourceSettings of(SparkConf conf) {
    requireKnown(conf);
    String source = conf.get(SOURCE, "resident");
    if (!source.equals("resident") && !source.equals("job")) {
      throw new IllegalArgumentException(
          "%s must be resident or job. Received: %s".formatted(SOURCE, source));
    }

    return new SourceSettings(
        source.equals("resident"),
        millis(conf, "resident.reassemblyTimeout", "10s"),
        millis(conf, "resident.progressTimeout", "10m"),
        millis(conf, "resident.yieldAfter", "3s"),
        bool(conf, STRICT),
        bool(conf, RELIABLE));
  }

  private static void requireKnown(SparkConf conf) {
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(PREFIX)) {
      if (!NAMES.contains(entry._1())) {
        List<String> keys = NAMES.stream().map(name -> PREFIX + name).toList();
        throw new IllegalArgumentException(
            "Unknown setting %s. Allowed: %s.%s"
                .formatted(
                    PREFIX + entry._1(),
                    String.join(", ", keys),
                    Argument.didYouMean(PREFIX + entry._1(), keys)));
      }
    }
  }

  private static long millis(SparkConf conf, String name, String preset) {
    String key = PREFIX + name;
    String text = conf.get(key, preset);
    long millis;
    try {
      millis = conf.getTimeAsMs(key, preset);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(notATime(key, text), e);
    }

    if (millis < 1 || millis > TimeUnit.DAYS.toMillis(365)) {
      throw new IllegalArgumentException(notATime(key, text));
    }

    return millis;
  }

  private static String notATime(String key, String text) {
    return "%s must be a time such as 500ms, 10s or 5m, above 0. Received: %s".formatted(key, text);
  }

  private static boolean bool(SparkConf conf, String key) {
    String text = conf.get(key, "false").toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(
          "%s must be true or false. Received: %s".formatted(key, text));
    }

    return text.equals("true");
  }
}
