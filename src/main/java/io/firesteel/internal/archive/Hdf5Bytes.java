package io.firesteel.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * The bytes of an HDF5 file that its structures are read from.
 *
 * <p>The structures of a valid file do not overlap, so all of them together are no larger than the
 * file. That bounds how much is read, and with it time and memory, whatever the file claims.
 */
final class Hdf5Bytes {

  /** First bytes of structures are read twice, to learn the size, and texts are counted apart. */
  private static final int READ_AGAIN = 3;

  private static final long LEAST_BUDGET = 1 << 16;

  private final FileChannel file;
  private final long size;
  private long budget;

  Hdf5Bytes(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
    this.budget = READ_AGAIN * size + LEAST_BUDGET;
  }

  FileChannel file() {
    return file;
  }

  long size() {
    return size;
  }

  /** Tells whether a range lies in the file. */
  boolean holds(long address, long length) {
    return address >= 0 && length >= 0 && length <= size && address <= size - length;
  }

  /**
   * Returns bytes to read.
   *
   * @throws Hdf5Exception if the file does not hold them
   */
  Hdf5Cursor at(long address, long length) throws IOException {
    if (!holds(address, length) || length > Integer.MAX_VALUE - 8) {
      throw new Hdf5Exception(
          "a structure of %s bytes at byte %s lies outside of the file's %d bytes"
              .formatted(Long.toUnsignedString(length), Long.toUnsignedString(address), size));
    }

    charge(length);
    ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    long next = address;
    while (bytes.hasRemaining()) {
      int read = file.read(bytes, next);
      if (read < 0) {
        throw new Hdf5Exception("the file ends at byte " + next);
      }

      next += read;
    }

    return new Hdf5Cursor(bytes.flip(), address);
  }

  /**
   * Counts bytes that are taken from what was read, as a text is.
   *
   * @throws Hdf5Exception if they are more than a valid file can give
   */
  void charge(long length) {
    budget -= length;
    if (budget < 0) {
      throw new Hdf5Exception(
          "its structures overlap: together they are larger than the file's %d bytes"
              .formatted(size));
    }
  }
}
