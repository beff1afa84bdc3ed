package io.firesteel.benchmark;

import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Prints the options that Spark's launcher gives its JVMs, for programs that are started without
 * it.
 */
public final class SparkOptions {

  private SparkOptions() {}

  /** Prints them on one line. */
  public static void main(String[] args) {
    System.out.println(JavaModuleOptions.defaultModuleOptions());
  }
}
