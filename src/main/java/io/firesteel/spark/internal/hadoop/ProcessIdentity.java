package io.firesteel.spark.internal.hadoop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of some host. The start time tells it from a later one with the same number.
 *
 * @param host the host's name
 * @param pid the process number
 * @param startMillis when it started, in milliseconds since 1970; 0 if that is not known
 */
record ProcessIdentity(String host, long pid, long startMillis) {

  /** The system's notion of when a process started moves when the clock is set. */
  private static final long TOLERANCE_MILLIS = 2000;

  /** Returns this process. */
  static ProcessIdentity current() {
    ProcessHandle self = ProcessHandle.current();
    return new ProcessIdentity(hostName(), self.pid(), startMillis(self));
  }

  /** Returns a process that runs nowhere. */
  static ProcessIdentity unknown() {
    return new ProcessIdentity("", 0, 0);
  }

  /** Tells whether the process ran on this host. */
  boolean isOfThisHost() {
    return host.equals(hostName());
  }

  /** Tells whether the process runs on this host now. */
  boolean isAliveHere() {
    if (!isOfThisHost()) {
      return false;
    }

    Optional<ProcessHandle> handle = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (handle.isEmpty() || isZombie(Path.of("/proc", Long.toString(pid), "stat"))) {
      return false;
    }

    long found = startMillis(handle.get());
    return startMillis == 0 || found == 0 || Math.abs(found - startMillis) <= TOLERANCE_MILLIS;
  }

  /**
   * Tells whether a process is dead and only waits to be collected; the JDK takes it for alive. The
   * state is the letter after the command in parentheses.
   */
  static boolean isZombie(Path stat) {
    try {
      String text = Files.readString(stat);
      char state = text.charAt(text.lastIndexOf(')') + 2);
      return state == 'Z' || state == 'X';
    } catch (IOException | IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static long startMillis(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Override
  public String toString() {
    return "process %d on host '%s', started %s"
        .formatted(pid, host, Instant.ofEpochMilli(startMillis));
  }
}
