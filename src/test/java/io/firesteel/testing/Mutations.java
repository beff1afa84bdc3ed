package io.firesteel.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Alters files, the same way each time for the same seed: bytes anywhere, cuts, copies of pieces,
 * and numbers aimed at the structures of HDF5.
 */
public final class Mutations {

  private static final List<String> SIGNATURES =
      List.of("TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK");

  private final Random random;

  /** Creates mutations. */
  public Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** Returns an altered copy. */
  public byte[] of(byte[] file) {
    byte[] copy = file.clone();
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(copy, random.nextInt(copy.length));
      case 1 -> piece(copy);
      case 2, 3 -> bytes(copy);
      default -> aimed(copy);
    };
  }

  /** Alters one byte. */
  public byte[] ofOneByte(byte[] file) {
    byte[] copy = file.clone();
    copy[random.nextInt(copy.length)] ^= (byte) (1 + random.nextInt(255));
    return copy;
  }

  private byte[] bytes(byte[] copy) {
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }

    return copy;
  }

  private byte[] piece(byte[] copy) {
    int length = 1 + random.nextInt(Math.min(200, copy.length / 2));
    int from = random.nextInt(copy.length - length);
    int to = random.nextInt(copy.length - length);
    System.arraycopy(copy, from, copy, to, length);
    return copy;
  }

  /** Addresses, lengths and counts: those of other structures, zero, the largest, nonsense. */
  private byte[] aimed(byte[] copy) {
    ByteBuffer file = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> structures = structures(copy);
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int near = structures.get(random.nextInt(structures.size()));
      int at = Math.min(copy.length - 8, near + random.nextInt(64));
      switch (random.nextInt(4)) {
        case 0 -> file.putLong(at, structures.get(random.nextInt(structures.size())));
        case 1 -> file.putLong(at & ~7, number(copy.length));
        case 2 -> file.putInt(at, (int) number(copy.length));
        default -> file.putShort(at, (short) number(copy.length));
      }
    }

    return copy;
  }

  private long number(int length) {
    long[] numbers = {
      0, 1, -1, -2, 8, length, length - 8, length + 1L, Integer.MAX_VALUE, Long.MAX_VALUE, 1L << 40
    };
    return random.nextBoolean() ? numbers[random.nextInt(numbers.length)] : random.nextInt(length);
  }

  private static List<Integer> structures(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    List<Integer> found = new ArrayList<>(List.of(0));
    for (String signature : SIGNATURES) {
      for (int at = text.indexOf(signature); at >= 0; at = text.indexOf(signature, at + 1)) {
        found.add(at);
      }
    }

    // Headers of the old form have no signature: they stand before trees and heaps.
    for (int at : List.copyOf(found)) {
      found.add(Math.max(0, at - 64));
      found.add(Math.max(0, at - 128));
    }

    return found;
  }
}
