package io.firesteel.spark.internal.seam;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkEnv;

/**
 * What Spark knows of the process that asks, the driver's or an executor's.
 *
 * <p>Why: reports name the executor they come from and its host, the driver's own memory is not
 * that of an executor, and spare cores are those that Spark gave. A task context has none of these.
 *
 * <p>What it relies on: {@code SparkEnv.blockManager} and {@code BlockManager.blockManagerId}. If
 * they are not there, the host is not known, and the driver's memory counts as an executor's.
 */
public final class ThisProcess {

  private static final String UNKNOWN = "an unknown host";

  private static final Pattern LOCAL = Pattern.compile("^local\\[(\\d{1,4})[,\\]]");
  private static final Pattern EXECUTOR =
      Pattern.compile("ExecutorBackend .*--cores (\\d{1,4})\\b");

  private ThisProcess() {}

  /** Returns the id of the executor, {@code driver} in the driver. */
  public static String executor() {
    return SparkEnv.get().executorId();
  }

  /** Returns the host under which others reach it. */
  public static String host() {
    try {
      return SparkEnv.get().blockManager().blockManagerId().host();
    } catch (LinkageError e) {
      return UNKNOWN;
    }
  }

  /** Returns the host and the port of its block manager. */
  public static String address() {
    try {
      return SparkEnv.get().blockManager().blockManagerId().hostPort();
    } catch (LinkageError e) {
      return UNKNOWN;
    }
  }

  /**
   * Returns how many cores Spark gave to this process: those of {@code local[n]}, or what an
   * executor was started with; 1 if that is not known.
   */
  public static int cores() {
    String master = SparkEnv.get().conf().get("spark.master", "");
    String command = System.getProperty("sun.java.command", "");
    return cores(executor().equals("driver") ? master : "", command);
  }

  /** Reads the number of cores from a local master, else from an executor's command line. */
  static int cores(String localMaster, String command) {
    if (localMaster.startsWith("local[*")) {
      return Runtime.getRuntime().availableProcessors();
    }

    Matcher local = LOCAL.matcher(localMaster);
    Matcher executor = EXECUTOR.matcher(command);
    if (local.find()) {
      return Integer.parseInt(local.group(1));
    }

    return localMaster.isEmpty() && executor.find() ? Integer.parseInt(executor.group(1)) : 1;
  }
}
