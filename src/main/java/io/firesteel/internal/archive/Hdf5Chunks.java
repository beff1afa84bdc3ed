package io.firesteel.internal.archive;

import io.firesteel.tensor.Shape;
import java.io.IOException;
import java.util.List;

/** Puts the chunks of a data set together. Every chunk must be there, once. */
final class Hdf5Chunks {

  /** A file of 1 KB is not to fill the memory: deflate makes no weights this much smaller. */
  private static final long MAX_EXPANSION = 100;

  private static final long EXPANSION_FLOOR = 1 << 20;
  private static final int TREE_OF_CHUNKS = 1;

  private final Hdf5Bytes bytes;
  private final int[] dims;
  private final Shape shape;
  private final int valueSize;
  private final List<Hdf5Filter> filters;
  private int[] chunk = new int[0];
  private byte[] values = new byte[0];
  private long found;

  Hdf5Chunks(Hdf5Bytes bytes, Shape shape, int valueSize, List<Hdf5Filter> filters) {
    this.bytes = bytes;
    this.shape = shape;
    this.dims = shape.dims();
    this.valueSize = valueSize;
    this.filters = filters;
  }

  /** Reads all values; the layout stands after its class. */
  byte[] read(Hdf5Cursor layout, long size) throws IOException {
    int rank = layout.u1() - 1;
    long tree = layout.u8();
    if (rank != dims.length || rank == 0) {
      throw new Hdf5Exception("has chunks of another shape than its own");
    }

    chunk = new int[rank];
    long chunkBytes = valueSize;
    long count = 1;
    for (int i = 0; i < rank; i++) {
      chunk[i] = dim(layout.u4());
      chunkBytes = limited(chunkBytes * chunk[i]);
      count = limited(count * ((dims[i] + (long) chunk[i] - 1) / chunk[i]));
    }

    if (tree == Hdf5Metadata.UNDEFINED) {
      throw Hdf5Dataset.noData(shape);
    }

    requireInProportion(limited(chunkBytes * count));
    values = new byte[Math.toIntExact(size)];
    Hdf5Cursor root = bytes.at(tree, 6).signature("TREE").skip(1);
    node(tree, root.u1(), (int) chunkBytes);
    if (found != count) {
      throw Hdf5Dataset.noData(shape);
    }

    return values;
  }

  private int dim(long value) {
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new Hdf5Exception("has chunks with a dimension of " + value);
    }

    return (int) value;
  }

  private long limited(long size) {
    if (size > Integer.MAX_VALUE - 8) {
      throw new Hdf5Exception("has chunks of more than 2 GB");
    }

    return size;
  }

  private void requireInProportion(long size) {
    long most = Math.max(EXPANSION_FLOOR, MAX_EXPANSION * bytes.size());
    if (size > most) {
      throw new Hdf5Exception(
          "unfolds to %d bytes, from a file of %d. Allowed: %d"
              .formatted(size, bytes.size(), most));
    }

    bytes.charge(size / MAX_EXPANSION);
  }

  private void node(long address, int level, int chunkBytes) throws IOException {
    Hdf5Cursor head = bytes.at(address, 24).signature("TREE");
    if (head.u1() != TREE_OF_CHUNKS || head.u1() != level) {
      throw new Hdf5Exception(
          "the node of a tree at byte %d is not of level %d of chunks".formatted(address, level));
    }

    int used = head.u2();
    int key = 8 + 8 * (dims.length + 1);
    Hdf5Cursor entries = bytes.at(address + 24, (long) used * (key + 8));
    for (int i = 0; i < used; i++) {
      long packed = entries.u4();
      long skipped = entries.u4();
      long[] origin = new long[dims.length];
      for (int d = 0; d < origin.length; d++) {
        origin[d] = entries.u8();
      }

      long child = entries.skip(8).u8();
      if (level > 0) {
        node(child, level - 1, chunkBytes);
      } else {
        place(unpack(bytes.at(child, packed).bytes(packed), skipped, chunkBytes), origin);
      }
    }
  }

  private byte[] unpack(byte[] packed, long skipped, int chunkBytes) {
    byte[] unpacked = packed;
    for (int i = filters.size() - 1; i >= 0; i--) {
      if ((skipped >> i & 1) == 0) {
        unpacked = filters.get(i).undo(unpacked, chunkBytes, valueSize);
      }
    }

    if (unpacked.length != chunkBytes) {
      throw new Hdf5Exception(
          "has a chunk of %d bytes instead of %d".formatted(unpacked.length, chunkBytes));
    }

    return unpacked;
  }

  /** Copies a chunk row by row; what stands over the edge is left out. */
  private void place(byte[] unpacked, long[] origin) {
    for (int d = 0; d < origin.length; d++) {
      if (origin[d] < 0 || origin[d] >= dims[d] || origin[d] % chunk[d] != 0) {
        throw new Hdf5Exception("has a chunk that begins at " + origin[d]);
      }
    }

    found++;
    copy(unpacked, origin, 0, 0, 0);
  }

  private void copy(byte[] unpacked, long[] origin, int axis, long from, long to) {
    int first = (int) origin[axis];
    int count = Math.min(chunk[axis], dims[axis] - first);
    if (axis == dims.length - 1) {
      System.arraycopy(
          unpacked,
          (int) (from * chunk[axis]) * valueSize,
          values,
          (int) (to * dims[axis] + first) * valueSize,
          count * valueSize);
      return;
    }

    for (int i = 0; i < count; i++) {
      copy(unpacked, origin, axis + 1, from * chunk[axis] + i, to * dims[axis] + first + i);
    }
  }
}
