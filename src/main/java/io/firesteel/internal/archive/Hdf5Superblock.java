package io.firesteel.internal.archive;

import java.io.IOException;

/**
 * The head of an HDF5 file.
 *
 * @param root the address of the root group's header
 * @param end how many bytes the file should have
 */
record Hdf5Superblock(long root, long end) {

  private static final String SIGNATURE = "HDF\r\n\u001a\n";
  private static final int SHORTEST = 48;
  private static final int V0 = 96;
  private static final int V1 = 100;

  /** Reads it; only files whose numbers have 8 bytes and that begin with it are read. */
  static Hdf5Superblock read(Hdf5Bytes bytes) throws IOException {
    if (bytes.size() < SHORTEST) {
      throw new Hdf5Exception("it is no HDF5 file");
    }

    Hdf5Cursor head = bytes.at(0, SHORTEST);
    if (head.u1() != 0x89 || !head.text(SIGNATURE.length()).equals(SIGNATURE)) {
      throw new Hdf5Exception("it is no HDF5 file");
    }

    int version = head.version(0, 3);
    return version < 2 ? old(bytes, version) : checked(bytes);
  }

  private static Hdf5Superblock old(Hdf5Bytes bytes, int version) throws IOException {
    Hdf5Cursor block = bytes.at(0, version == 0 ? V0 : V1).skip(13);
    requireEight(block.u1(), block.u1());
    block.skip(version == 0 ? 9 : 13);
    requireZero(block.u8());
    block.skip(8);
    long end = block.u8();
    block.skip(16);
    return new Hdf5Superblock(block.u8(), end);
  }

  private static Hdf5Superblock checked(Hdf5Bytes bytes) throws IOException {
    Hdf5Cursor block = bytes.at(0, SHORTEST).checked().skip(9);
    requireEight(block.u1(), block.u1());
    block.skip(1);
    requireZero(block.u8());
    block.skip(8);
    long end = block.u8();
    return new Hdf5Superblock(block.u8(), end);
  }

  private static void requireEight(int offsets, int lengths) {
    if (offsets != 8 || lengths != 8) {
      throw new Hdf5Exception(
          "its addresses have %d and its lengths %d bytes. Allowed: 8".formatted(offsets, lengths));
    }
  }

  private static void requireZero(long base) {
    if (base != 0) {
      throw new Hdf5Exception("its addresses count from byte %d. Allowed: 0".formatted(base));
    }
  }
}
