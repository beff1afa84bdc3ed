package io.firesteel.internal.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a piece of an HDF5 file from front to back, little-endian. */
final class Hdf5Cursor {

  private final ByteBuffer bytes;
  private final long address;

  /**
   * Creates a cursor.
   *
   * @param address where the bytes stand in the file, for errors
   */
  Hdf5Cursor(ByteBuffer bytes, long address) {
    this.bytes = bytes;
    this.address = address;
  }

  int u1() {
    return need(1).get() & 0xFF;
  }

  int u2() {
    return need(2).getShort() & 0xFFFF;
  }

  long u4() {
    return need(4).getInt() & 0xFFFFFFFFL;
  }

  /** Reads an address or a length; one of 2^63 or more comes out negative. */
  long u8() {
    return need(8).getLong();
  }

  /** Reads an unsigned number of 1, 2, 4 or 8 bytes. */
  long unsigned(int width) {
    return switch (width) {
      case 1 -> u1();
      case 2 -> u2();
      case 4 -> u4();
      default -> u8();
    };
  }

  /** Skips bytes. */
  Hdf5Cursor skip(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw ended();
    }

    bytes.position(bytes.position() + (int) count);
    return this;
  }

  /** Skips to the next multiple of 8, counted from the first byte. */
  Hdf5Cursor align() {
    return skip(Math.min(bytes.remaining(), -bytes.position() & 7));
  }

  /** Requires the letters that a structure begins with. */
  Hdf5Cursor signature(String letters) {
    String found = text(letters.length());
    if (!found.equals(letters)) {
      throw new Hdf5Exception("there is no structure '%s' at byte %d".formatted(letters, address));
    }

    return this;
  }

  /** Requires a version that is known. */
  int version(int least, int most) {
    int version = u1();
    if (version < least || version > most) {
      throw new Hdf5Exception(
          "the structure at byte %d has the version %d. Allowed: %d to %d"
              .formatted(address, version, least, most));
    }

    return version;
  }

  /** Reads a text of UTF-8 bytes. */
  String text(long length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  /** Reads bytes. */
  byte[] bytes(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw ended();
    }

    byte[] copy = new byte[(int) length];
    bytes.get(copy);
    return copy;
  }

  /** Reads the next bytes apart. */
  Hdf5Cursor part(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw ended();
    }

    int from = bytes.position();
    bytes.position(from + (int) length);
    ByteBuffer part = bytes.slice(from, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    return new Hdf5Cursor(part, address + from);
  }

  /** Returns a cursor at the beginning of the same bytes. */
  Hdf5Cursor fresh() {
    return new Hdf5Cursor(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind(), address);
  }

  /** Returns the text up to a zero byte. */
  String textAt(long offset) {
    if (offset < 0 || offset >= bytes.limit()) {
      throw ended();
    }

    int end = (int) offset;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }

    byte[] text = new byte[end - (int) offset];
    bytes.get((int) offset, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  int remaining() {
    return bytes.remaining();
  }

  int position() {
    return bytes.position();
  }

  long address() {
    return address;
  }

  /** Requires that the last four bytes are the checksum of all before. */
  Hdf5Cursor checked() {
    int end = bytes.limit() - 4;
    if (end < 0 || bytes.getInt(end) != Lookup3.hash(bytes, end)) {
      throw new Hdf5Exception("the structure at byte %d has another checksum".formatted(address));
    }

    return this;
  }

  private ByteBuffer need(int count) {
    if (bytes.remaining() < count) {
      throw ended();
    }

    return bytes;
  }

  private Hdf5Exception ended() {
    return new Hdf5Exception(
        "the structure at byte %d ends after %d bytes, before what it should hold"
            .formatted(address, bytes.limit()));
  }
}
