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

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < calls; i++) {
      call.run();
    }

    return (threads.getThreadAllocatedBytes(thread) - before) / calls;
  }
}
