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

  /**
   * The checksum of HDF5's newer structures.
   *
   * <p>Formula: Bob Jenkins's hash "lookup3" of bytes with the start value 0,
   * burtleburtle.net/bob/c.
   */
  private static final class Lookup3 {

    private static final int START = 0xDEADBEEF;

    private Lookup3() {}

    /** Returns the hash of the first bytes of a little-endian buffer. */
    static int hash(ByteBuffer bytes, int length) {
      int a = START + length;
      int b = a;
      int c = a;
      int at = 0;
      while (length - at > 12) {
        a += bytes.getInt(at);
        b += bytes.getInt(at + 4);
        c += bytes.getInt(at + 8);
        a = (a - c) ^ Integer.rotateLeft(c, 4);
        c += b;
        b = (b - a) ^ Integer.rotateLeft(a, 6);
        a += c;
        c = (c - b) ^ Integer.rotateLeft(b, 8);
        b += a;
        a = (a - c) ^ Integer.rotateLeft(c, 16);
        c += b;
        b = (b - a) ^ Integer.rotateLeft(a, 19);
        a += c;
        c = (c - b) ^ Integer.rotateLeft(b, 4);
        b += a;
        at += 12;
      }

      if (at == length) {
        return c;
      }

      a += rest(bytes, at, length);
      b += rest(bytes, at + 4, length);
      c += rest(bytes, at + 8, length);
      c = (c ^ b) - Integer.rotateLeft(b, 14);
      a = (a ^ c) - Integer.rotateLeft(c, 11);
      b = (b ^ a) - Integer.rotateLeft(a, 25);
      c = (c ^ b) - Integer.rotateLeft(b, 16);
      a = (a ^ c) - Integer.rotateLeft(c, 4);
      b = (b ^ a) - Integer.rotateLeft(a, 14);
      return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    /** Returns up to four bytes, as far as there are any, as a little-endian number. */
    private static int rest(ByteBuffer bytes, int from, int length) {
      int value = 0;
      for (int i = 0; i < 4 && from + i < length; i++) {
        value |= (bytes.get(from + i) & 0xFF) << (8 * i);
      }

      return value;
    }
  }
}
