package io.firesteel.jobs;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * The command line of a job's main class.
   *
   * @param file the job file
   * @param settings the fields to set, each as {@code a.b.c=VALUE}
   */
  record Arguments(String file, List<String> settings) {

    private static final String SET = "--set";

    Arguments {
      settings = List.copyOf(settings);
    }

    /** Returns how to call a main class. */
    static String usage(String command) {
      return "Usage: %s JOB.json [--set FIELD=VALUE ...]".formatted(command);
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
        } else if (arguments[i].startsWith("-")) {
          throw new IllegalArgumentException(
              "%s %s. %s"
                  .formatted(
                      arguments[i],
                      arguments[i].equals(SET) ? "needs FIELD=VALUE" : "is no option",
                      usage(command)));
        } else {
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
