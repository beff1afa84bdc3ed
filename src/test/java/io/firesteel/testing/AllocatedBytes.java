package io.firesteel.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what the calling thread allocates. */
public final class AllocatedBytes {

  private AllocatedBytes() {}

  /** Returns the bytes that a call allocates on average, after as many calls to warm up. */
  public static long perCall(int calls, Runnable call) {
    for (int i = 0; i < calls; i++) {
      call.run();
    }

    // What the JVM allocates once, when it links or compiles something, is in one of these at most.
    return Math.min(measure(calls, call), measure(calls, call));
  }

  private static long measure(int calls, Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < calls; i++) {
      call.run();
    }

    return (threads.getThreadAllocatedBytes(thread) - before) / calls;
  }
}
