package io.firesteel.jobs;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one job from its command line to its exit code: reads and checks the job file, starts Spark,
 * runs, stops Spark in any case, and prints the result or the root cause of the failure.
 */
final class JobMain {

  private static final Logger LOG = LoggerFactory.getLogger(JobMain.class);

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
    try {
      Locations locations = new Locations(hadoopConf());
      Job job = load(Arguments.parse(name, arguments), locations);
      Work work = command.prepare(job, locations);
      out.println(inSession(name, job, work));
      return 0;
    } catch (Exception e) {
      LOG.debug("{} failed", name, e);
      err.println(Failure.describe(name, e));
      return 1;
    }
  }

  /** Returns the Hadoop configuration that Spark will have, with {@code spark.hadoop.*}. */
  static Configuration hadoopConf() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
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
    SparkSession spark =
        SparkSession.builder().appName("Firesteel %s %s".formatted(name, job.name())).getOrCreate();
    try {
      return work.run(spark);
    } finally {
      spark.stop();
    }
  }
}
