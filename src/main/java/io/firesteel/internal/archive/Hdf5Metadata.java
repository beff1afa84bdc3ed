package io.firesteel.internal.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The growing metadata block of an HDF5 file: little-endian, every structure on 8 bytes. */
final class Hdf5Metadata {

  /** What HDF5 takes for "no address". */
  static final long UNDEFINED = -1L;

  private ByteBuffer buffer = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);

  /** Returns where the next byte goes. */
  long position() {
    return buffer.position();
  }

  Hdf5Metadata u1(int value) {
    ensure(1).put((byte) value);
    return this;
  }

  Hdf5Metadata u2(int value) {
    ensure(2).putShort((short) value);
    return this;
  }

  Hdf5Metadata u4(int value) {
    ensure(4).putInt(value);
    return this;
  }

  Hdf5Metadata u8(long value) {
    ensure(8).putLong(value);
    return this;
  }

  /** Appends the four letters that a structure begins with. */
  Hdf5Metadata signature(String letters) {
    return bytes(letters.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends bytes. */
  Hdf5Metadata bytes(byte[] bytes) {
    ensure(bytes.length).put(bytes);
    return this;
  }

  /** Appends zeros up to a position. */
  Hdf5Metadata zerosTo(long position) {
    return bytes(new byte[Math.toIntExact(position - position())]);
  }

  /** Appends zeros up to the next multiple of 8. */
  Hdf5Metadata align() {
    return zerosTo(padded(position()));
  }

  /** Overwrites eight bytes. */
  void patch(long position, long value) {
    buffer.putLong(Math.toIntExact(position), value);
  }

  /** Appends an object header of version 1 and returns its address. */
  long objectHeader(List<Message> messages) {
    final long address = position();
    int size = messages.stream().mapToInt(message -> 8 + message.body().length).sum();
    u1(1).u1(0).u2(messages.size()).u4(1).u4(size).u4(0);
    for (Message message : messages) {
      u2(message.type()).u2(message.body().length).u4(0).bytes(message.body());
    }

    return address;
  }

  /** Returns what was appended. */
  byte[] toBytes() {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }

  /** Returns the next multiple of 8. */
  static long padded(long size) {
    return (size + 7) & ~7L;
  }

  private ByteBuffer ensure(int more) {
    if (buffer.remaining() < more) {
      int capacity = Math.addExact(buffer.position(), Math.max(buffer.position(), more));
      buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
    }

    return buffer;
  }

  /**
   * A message of an object header.
   *
   * @param type the message type
   * @param body the content, a multiple of 8 bytes long
   */
  record Message(int type, byte[] body) {

    static final int DATASPACE = 0x1;
    static final int DATATYPE = 0x3;
    static final int FILL_VALUE = 0x5;
    static final int LAYOUT = 0x8;
    static final int ATTRIBUTE = 0xC;
    static final int SYMBOL_TABLE = 0x11;
  }
}
