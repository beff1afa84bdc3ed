package io.firesteel.jobs;

import io.firesteel.saving.Config;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.ui.TrainingUi;
import io.firesteel.training.Checkpointing;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one job from its command line to its exit code: reads and checks the job file, starts Spark,
 * runs, stops Spark in any case, and prints the result or the root cause of the failure.
 */
final class JobMain {

  private static final Logger LOG = LoggerFactory.getLogger(JobMain.class);

  /** Loggers whose warnings come with traces; what they warn of is said by others in words. */
  private static final List<String> NOISY =
      List.of(
          "org.apache.hadoop.hdfs.DataStreamer",
          "org.apache.hadoop.hdfs.DFSClient",
          "org.apache.spark.metrics.MetricsSystem",
          "org.apache.spark.sql.execution.streaming.sinks.FileStreamSink",
          "org.apache.spark.sql.execution.streaming.FileStreamSink",
          "io.jhdf");

  /** Tells of a failure that it throws as well. */
  private static final String CONTEXT = "org.apache.spark.SparkContext";

  private static final String SCHEDULER = "org.apache.spark.scheduler.TaskSchedulerImpl";

  /** What a main class does. */
  @FunctionalInterface
  interface Command {
    /**
     * Checks what can be checked without Spark.
     *
     * @return what is left to do
     * @throws IllegalArgumentException if the job can't be done, naming the field
     */
    Work prepare(Job job, Locations locations) throws IOException;
  }

  /** A checked job. */
  @FunctionalInterface
  interface Work {
    /** Does the job and returns the line that ends the output. */
    String run(SparkSession spark) throws IOException;
  }

  private JobMain() {}

  /** Runs a command; ends the JVM with 1 if it fails. */
  static void main(String name, String[] arguments, Command command) {
    int exitCode = run(name, arguments, command, System.out, System.err);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  static int run(
      String name, String[] arguments, Command command, PrintStream out, PrintStream err) {
    boolean verbose = Arrays.asList(arguments).contains(Arguments.VERBOSE);
    Interruption interruption = new Interruption(err);
    if (!verbose) {
      quieten();
    }

    try {
      SourceSettings.of(new SparkConf());
      Locations locations = new Locations(hadoopConf());
      Job job = load(Arguments.parse(name, arguments), locations);
      Work work = command.prepare(job, locations);
      interruption.says(ifInterrupted(name, job));
      String line = inSession(name, job, work);
      interruption.over();
      out.println(line);
      return 0;
    } catch (Exception | OutOfMemoryError e) {
      LOG.debug("{} failed", name, e);
      if (verbose) {
        e.printStackTrace(err);
      }

      if (!interruption.happened()) {
        interruption.over();
        err.println(Failure.describe(name, e));
      }

      return 1;
    }
  }

  /** Spark and Hadoop say with a stack trace what they then throw. */
  private static void quieten() {
    try {
      for (String logger : NOISY) {
        Configurator.setLevel(logger, Level.ERROR);
      }

      Configurator.setLevel(CONTEXT, Level.OFF);
    } catch (LinkageError e) {
      LOG.debug("Spark logs by other means", e);
    }
  }

  private static String ifInterrupted(String name, Job job) {
    Job.CheckpointSection checkpoint = job.checkpoint();
    String end =
        !name.equals("Train")
            ? "The same command begins anew"
            : checkpoint == null
                ? "The same command begins anew, for the job has no 'checkpoint' section"
                : checkpoint.resume() == Checkpointing.Resume.NEVER
                    ? "The same command with --set checkpoint.resume=auto goes on from the newest"
                        + " checkpoint in "
                        + checkpoint.path()
                    : "The same command goes on from the newest checkpoint in " + checkpoint.path();
    return "%s was interrupted. %s".formatted(name, end);
  }

  /** What is said last when somebody stops the program. */
  private static final class Interruption {

    /** Before Spark's own, which is of priority 40 and higher than that of file systems. */
    private static final int FIRST = 100;

    private static final int LAST = 1;

    private final PrintStream err;
    private volatile @Nullable String text;
    private volatile boolean happened;

    private Interruption(PrintStream err) {
      this.err = err;
    }

    private void says(String words) {
      text = words;
      ShutdownHookManager.get().addShutdownHook(this::begins, FIRST);
      ShutdownHookManager.get().addShutdownHook(this::say, LAST);
    }

    /** Spark tells with traces of tasks that end while it is being stopped. */
    private void begins() {
      happened = text != null;
      try {
        Configurator.setLevel(SCHEDULER, Level.OFF);
      } catch (LinkageError e) {
        LOG.debug("Spark logs by other means", e);
      }
    }

    private boolean happened() {
      return happened;
    }

    private void over() {
      text = null;
    }

    private void say() {
      String words = text;
      if (happened && words != null) {
        err.println(words);
        err.flush();
      }
    }
  }

  /** Returns the Hadoop configuration that Spark will have, with {@code spark.hadoop.*}. */
  static Configuration hadoopConf() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * Tells whether Hive's catalog is wanted: for tables, if this Spark has Hive's classes and the
   * configuration names no other catalog.
   */
  static boolean needsHive(Job job, SparkConf conf, ClassLoader loader) {
    DataSection validation = job.validation();
    boolean tables = job.data().isTable() || (validation != null && validation.isTable());
    return tables
        && !conf.contains("spark.sql.catalogImplementation")
        && loader.getResource("org/apache/spark/sql/hive/HiveSessionStateBuilder.class") != null
        && loader.getResource("org/apache/hadoop/hive/conf/HiveConf.class") != null;
  }

  private static Job load(Arguments arguments, Locations locations) throws IOException {
    String json = locations.read("The job file", arguments.file());
    Config config;
    try {
      config = Config.parse(json);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The job file %s: %s".formatted(arguments.file(), e.getMessage()), e);
    }

    return Job.parse(Overrides.apply(config, arguments.settings()));
  }

  private static String inSession(String name, Job job, Work work) throws IOException {
    SparkSession.Builder builder =
        SparkSession.builder().appName("Firesteel %s %s".formatted(name, job.name()));
    if (needsHive(job, new SparkConf(), Thread.currentThread().getContextClassLoader())) {
      builder.enableHiveSupport();
    }

    SparkSession spark = builder.getOrCreate();
    spark.sparkContext().setLocalProperty(TrainingUi.JOB, job.name());
    try {
      return work.run(spark);
    } finally {
      spark.stop();
    }
  }

  /**
   * The command line of a job's main class.
   *
   * @param file the job file
   * @param settings the fields to set, each as {@code a.b.c=VALUE}
   */
  record Arguments(String file, List<String> settings) {

    private static final String SET = "--set";

    /** Asks for the stack trace of a failure. */
    static final String VERBOSE = "--verbose";

    Arguments {
      settings = List.copyOf(settings);
    }

    /** Returns how to call a main class. */
    static String usage(String command) {
      return "Usage: %s JOB.json [--set FIELD=VALUE ...] [--verbose]".formatted(command);
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException if it has not exactly one job file, or an unknown option
     */
    static Arguments parse(String command, String... arguments) {
      List<String> files = new ArrayList<>();
      List<String> settings = new ArrayList<>();
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i].equals(SET) && i + 1 < arguments.length) {
          i++;
          settings.add(arguments[i]);
        } else if (arguments[i].startsWith("-") && !arguments[i].equals(VERBOSE)) {
          throw new IllegalArgumentException(
              "%s %s. %s"
                  .formatted(
                      arguments[i],
                      arguments[i].equals(SET) ? "needs FIELD=VALUE" : "is no option",
                      usage(command)));
        } else if (!arguments[i].equals(VERBOSE)) {
          files.add(arguments[i]);
        }
      }

      if (files.size() != 1) {
        throw new IllegalArgumentException(
            "One job file is needed. Received: %s. %s".formatted(files, usage(command)));
      }

      return new Arguments(files.get(0), settings);
    }
  }
}
