package io.firesteel.internal.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fingerprint of 64 bits by which TensorFlow, and so Keras, puts keys into buckets: {@code
 * Fingerprint64} of Google's FarmHash. It will never change.
 *
 * <p>Source: Pike, Alakuijala, FarmHash (2014), farmhashna::Hash64.
 */
public final class FarmHash {

  private static final long K0 = 0xc3a5c85c97cb3127L;
  private static final long K1 = 0xb492b66fbe98f273L;
  private static final long K2 = 0x9ae16a3b2f90404fL;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private FarmHash() {}

  /** Returns the fingerprint of bytes, all 64 bits of which count. */
  public static long fingerprint64(byte[] bytes) {
    int length = bytes.length;
    if (length <= 16) {
      return upTo16(bytes);
    }

    return length <= 32 ? upTo32(bytes) : length <= 64 ? upTo64(bytes) : longer(bytes);
  }

  private static long upTo16(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    if (length >= 8) {
      long a = word(s, 0) + K2;
      long b = word(s, length - 8);
      long c = right(b, 37) * mul + a;
      long d = (right(a, 25) + b) * mul;
      return mix(c, d, mul);
    }

    if (length >= 4) {
      return mix(length + (half(s, 0) << 3), half(s, length - 4), mul);
    }

    if (length == 0) {
      return K2;
    }

    int y = (s[0] & 0xff) + ((s[length >> 1] & 0xff) << 8);
    int z = length + ((s[length - 1] & 0xff) << 2);
    return shiftMix(y * K2 ^ z * K0) * K2;
  }

  private static long upTo32(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    long a = word(s, 0) * K1;
    long b = word(s, 8);
    long c = word(s, length - 8) * mul;
    long d = word(s, length - 16) * K2;
    return mix(right(a + b, 43) + right(c, 30) + d, a + right(b + K2, 18) + c, mul);
  }

  private static long upTo64(byte[] s) {
    int length = s.length;
    long mul = K2 + length * 2L;
    long a = word(s, 0) * K2;
    long b = word(s, 8);
    long c = word(s, length - 8) * mul;
    long d = word(s, length - 16) * K2;
    long y = right(a + b, 43) + right(c, 30) + d;
    long z = mix(y, a + right(b + K2, 18) + c, mul);
    long e = word(s, 16) * mul;
    long f = word(s, 24);
    long g = (y + word(s, length - 32)) * mul;
    long h = (z + word(s, length - 24)) * mul;
    return mix(right(e + f, 43) + right(g, 30) + h, e + right(f + a, 18) + g, mul);
  }

  private static long longer(byte[] s) {
    int length = s.length;
    long x = 81;
    long y = x * K1 + 113;
    long z = shiftMix(y * K2 + 113) * K2;
    long[] v = new long[2];
    long[] w = new long[2];
    x = x * K2 + word(s, 0);
    int end = (length - 1) / 64 * 64;
    for (int at = 0; at < end; at += 64) {
      x = right(x + y + v[0] + word(s, at + 8), 37) * K1;
      y = right(y + v[1] + word(s, at + 48), 42) * K1;
      x ^= w[1];
      y += v[0] + word(s, at + 40);
      z = right(z + w[0], 33) * K1;
      weak(s, at, v[1] * K1, x + w[0], v);
      weak(s, at + 32, z + w[1], y + word(s, at + 16), w);
      long swapped = z;
      z = x;
      x = swapped;
    }

    long mul = K1 + ((z & 0xff) << 1);
    int at = length - 64;
    w[0] += length - 1 & 63;
    v[0] += w[0];
    w[0] += v[0];
    x = right(x + y + v[0] + word(s, at + 8), 37) * mul;
    y = right(y + v[1] + word(s, at + 48), 42) * mul;
    x ^= w[1] * 9;
    y += v[0] * 9 + word(s, at + 40);
    z = right(z + w[0], 33) * mul;
    weak(s, at, v[1] * mul, x + w[0], v);
    weak(s, at + 32, z + w[1], y + word(s, at + 16), w);
    return mix(mix(v[0], w[0], mul) + shiftMix(y) * K0 + x, mix(v[1], w[1], mul) + z, mul);
  }

  /** Mixes 32 bytes into two numbers. */
  private static void weak(byte[] s, int at, long first, long second, long[] result) {
    long z = word(s, at + 24);
    long a = first + word(s, at);
    long b = right(second + a + z, 21);
    long c = a;
    a += word(s, at + 8);
    a += word(s, at + 16);
    b += right(a, 44);
    result[0] = a + z;
    result[1] = b + c;
  }

  private static long mix(long u, long v, long mul) {
    long a = shiftMix((u ^ v) * mul);
    return shiftMix((v ^ a) * mul) * mul;
  }

  private static long shiftMix(long value) {
    return value ^ value >>> 47;
  }

  private static long right(long value, int bits) {
    return Long.rotateRight(value, bits);
  }

  private static long word(byte[] s, int at) {
    return (long) LONGS.get(s, at);
  }

  private static long half(byte[] s, int at) {
    return (int) INTS.get(s, at) & 0xffffffffL;
  }
}
