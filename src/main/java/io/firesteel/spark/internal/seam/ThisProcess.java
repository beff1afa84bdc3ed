package io.firesteel.spark.internal.seam;

import org.apache.spark.SparkEnv;

/**
 * What Spark knows of the process that asks, the driver's or an executor's.
 *
 * <p>Why: reports name the executor they come from and its host, and the driver's own memory is not
 * that of an executor. A task context has neither.
 *
 * <p>What it relies on: {@code SparkEnv.blockManager} and {@code BlockManager.blockManagerId}. If
 * they are not there, the host is not known, and the driver's memory counts as an executor's.
 */
public final class ThisProcess {

  private static final String UNKNOWN = "an unknown host";

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
}
