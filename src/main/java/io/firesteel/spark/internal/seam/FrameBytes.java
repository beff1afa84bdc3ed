package io.firesteel.spark.internal.seam;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes of a frame, with room before them for what Spark writes there, so that the frame need
 * not be copied to become a message.
 */
public final class FrameBytes {

  /** The most bytes that fit before a frame. */
  static final int ROOM = 512;

  private final byte[] array;
  private final int length;

  FrameBytes(byte[] array, int length) {
    this.array = array;
    this.length = length;
  }

  /** Returns a frame of so many bytes, all 0. */
  public static FrameBytes of(int length) {
    return new FrameBytes(new byte[ROOM + length], length);
  }

  /** Returns a copy of bytes as a frame. */
  public static FrameBytes copyOf(byte[] bytes) {
    FrameBytes frame = of(bytes.length);
    frame.writer().put(bytes);
    return frame;
  }

  /** Returns the place of the frame, from its begin to its end, little-endian. */
  public ByteBuffer writer() {
    return ByteBuffer.wrap(array, ROOM, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns a copy of the frame. */
  public byte[] copy() {
    return Arrays.copyOfRange(array, ROOM, ROOM + length);
  }

  /** Returns the frame behind a header and its length; both are written before it, in place. */
  synchronized ByteBuffer behind(byte[] header) {
    int size = header.length + Integer.BYTES + length;
    if (header.length + Integer.BYTES > ROOM) {
      return ByteBuffer.allocate(size).put(header).putInt(length).put(array, ROOM, length).flip();
    }

    int begin = ROOM - Integer.BYTES - header.length;
    ByteBuffer.wrap(array, begin, size).put(header).putInt(length);
    return ByteBuffer.wrap(array, begin, size);
  }

  byte[] array() {
    return array;
  }
}
