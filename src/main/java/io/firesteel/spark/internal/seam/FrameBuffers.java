package io.firesteel.spark.internal.seam;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of large frames that are used again once nobody needs what they hold, because a new array
 * is filled with zeros first, and lies in no cache. There are never more of them than were in use
 * at the same time. It is thread-safe.
 */
public final class FrameBuffers {

  /** Sizes are rounded up to multiples of this. */
  private static final int UNIT = 256 << 10;

  /** A frame of fewer bytes has a new array. */
  private static final int FEWEST = 32 << 10;

  private final Map<Integer, Deque<byte[]>> free = new HashMap<>();

  /** Returns a frame of so many bytes, which hold anything. */
  public FrameBytes take(int length) {
    if (length < FEWEST) {
      return FrameBytes.of(length);
    }

    int size = Math.multiplyExact(Math.floorDiv(FrameBytes.ROOM + length - 1, UNIT) + 1, UNIT);
    byte[] known = poll(size);
    return new FrameBytes(known == null ? new byte[size] : known, length);
  }

  private synchronized byte @Nullable [] poll(int size) {
    Deque<byte[]> arrays = free.get(size);
    return arrays == null ? null : arrays.poll();
  }

  /** Takes a frame back that nobody reads any more. */
  public synchronized void giveBack(FrameBytes frame) {
    byte[] array = frame.array();
    if (array.length % UNIT == 0) {
      free.computeIfAbsent(array.length, any -> new ArrayDeque<>()).push(array);
    }
  }
}
