package io.firesteel.internal.archive;

import java.nio.ByteOrder;

/**
 * The type of the values of a data set or an attribute.
 *
 * @param kind what they are
 * @param size how many bytes a value has
 * @param order their order
 */
record Hdf5Type(Kind kind, int size, ByteOrder order) {

  /** What values are. */
  enum Kind {
    SIGNED("signed integers"),
    UNSIGNED("unsigned integers"),
    FLOAT("IEEE floats"),
    TEXT("texts"),
    TEXT_IN_HEAP("texts"),
    OTHER("another type");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final int FIXED_POINT = 0;
  private static final int FLOATING_POINT = 1;
  private static final int STRING = 3;
  private static final int VARIABLE_LENGTH = 9;

  /** Reads a type. */
  static Hdf5Type read(Hdf5Cursor type) {
    int classAndVersion = type.u1();
    int bits = type.u1();
    int sign = type.u1();
    type.skip(1);
    long size = type.u4();
    if (size > Integer.MAX_VALUE) {
      throw new Hdf5Exception("its values have %d bytes each".formatted(size));
    }

    ByteOrder order = (bits & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    Kind kind =
        switch (classAndVersion & 0xF) {
          case FIXED_POINT -> integer(type, (int) size, (bits & 8) != 0);
          case FLOATING_POINT -> (bits & 0x40) == 0 ? floating(type, (int) size, sign) : Kind.OTHER;
          case STRING -> Kind.TEXT;
          case VARIABLE_LENGTH -> (bits & 0xF) == 1 ? Kind.TEXT_IN_HEAP : Kind.OTHER;
          default -> Kind.OTHER;
        };
    return new Hdf5Type(kind, (int) size, order);
  }

  private static Kind integer(Hdf5Cursor type, int size, boolean signed) {
    boolean whole = type.u2() == 0 && type.u2() == 8 * size && size <= 8;
    return !whole ? Kind.OTHER : signed ? Kind.SIGNED : Kind.UNSIGNED;
  }

  /** Only the layouts of IEEE 754 are floats here; bfloat16 is none. */
  private static Kind floating(Hdf5Cursor type, int size, int sign) {
    boolean whole = type.u2() == 0 && type.u2() == 8 * size;
    int exponentAt = type.u1();
    int exponentBits = type.u1();
    int mantissaAt = type.u1();
    int mantissaBits = type.u1();
    long bias = type.u4();
    boolean ieee =
        switch (size) {
          case 2 -> exponentAt == 10 && exponentBits == 5 && mantissaBits == 10 && bias == 15;
          case 4 -> exponentAt == 23 && exponentBits == 8 && mantissaBits == 23 && bias == 127;
          case 8 -> exponentAt == 52 && exponentBits == 11 && mantissaBits == 52 && bias == 1023;
          default -> false;
        };
    return whole && ieee && mantissaAt == 0 && sign == 8 * size - 1 ? Kind.FLOAT : Kind.OTHER;
  }
}
