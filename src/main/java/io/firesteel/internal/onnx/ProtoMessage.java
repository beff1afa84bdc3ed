package io.firesteel.internal.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A protocol buffers message under construction: fields in the order in which they are added. Parts
 * are kept as they come, so that weights are not copied when messages are put into each other.
 *
 * <p>Source: Protocol Buffers, "Encoding".
 */
final class ProtoMessage {

  private static final int VARINT = 0;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;
  private static final int MOST_VARINT_BYTES = 10;
  private static final int SEVEN_BITS = 0x7f;

  private final List<byte[]> parts = new ArrayList<>();
  private long size;

  /** Returns the number of bytes. */
  long size() {
    return size;
  }

  /** Writes the bytes. */
  void writeTo(OutputStream out) throws IOException {
    for (byte[] part : parts) {
      out.write(part);
    }
  }

  /** Adds an integer. */
  ProtoMessage integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  /** Adds a float. */
  ProtoMessage number(int field, float value) {
    tag(field, FIXED32);
    add(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  /** Adds a text. */
  ProtoMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds bytes, which are not copied. */
  ProtoMessage bytes(int field, byte[] value) {
    tag(field, LENGTH);
    varint(value.length);
    add(value);
    return this;
  }

  /** Adds a message, which is not to be changed any more. */
  ProtoMessage message(int field, ProtoMessage value) {
    tag(field, LENGTH);
    varint(value.size);
    parts.addAll(value.parts);
    size += value.size;
    return this;
  }

  private void tag(int field, int type) {
    varint(((long) field << 3) | type);
  }

  private void varint(long value) {
    byte[] bytes = new byte[MOST_VARINT_BYTES];
    int count = 0;
    long rest = value;
    while ((rest & ~SEVEN_BITS) != 0) {
      bytes[count++] = (byte) ((rest & SEVEN_BITS) | 0x80);
      rest >>>= 7;
    }

    bytes[count++] = (byte) rest;
    add(Arrays.copyOf(bytes, count));
  }

  private void add(byte[] bytes) {
    parts.add(bytes);
    size += bytes.length;
  }
}
