package io.firesteel.internal.archive;

import java.nio.ByteBuffer;

/**
 * The checksum of HDF5's newer structures.
 *
 * <p>Formula: Bob Jenkins's hash "lookup3" of bytes with the start value 0, burtleburtle.net/bob/c.
 */
final class Lookup3 {

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
