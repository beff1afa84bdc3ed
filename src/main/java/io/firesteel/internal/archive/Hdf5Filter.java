package io.firesteel.internal.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What was done to a chunk before it was written: deflate, or the shuffling of bytes. */
enum Hdf5Filter {
  DEFLATE(1) {
    @Override
    byte[] undo(byte[] packed, int size, int valueSize) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(packed);
        byte[] unpacked = new byte[size];
        int length = 0;
        while (length < size) {
          int more = inflater.inflate(unpacked, length, size - length);
          if (more == 0) {
            throw new Hdf5Exception(
                "has a chunk that unfolds to %d of %d bytes".formatted(length, size));
          }

          length += more;
        }

        return unpacked;
      } catch (DataFormatException e) {
        throw new Hdf5Exception("has a chunk that does not unfold: " + e.getMessage(), e);
      } finally {
        inflater.end();
      }
    }
  },
  SHUFFLE(2) {
    @Override
    byte[] undo(byte[] packed, int size, int valueSize) {
      byte[] values = new byte[packed.length];
      int count = packed.length / valueSize;
      for (int i = 0; i < count; i++) {
        for (int b = 0; b < valueSize; b++) {
          values[i * valueSize + b] = packed[b * count + i];
        }
      }

      return values;
    }
  };

  private static final int MOST = 8;

  private final int id;

  Hdf5Filter(int id) {
    this.id = id;
  }

  /**
   * Returns a chunk as it was before.
   *
   * @param size how many bytes it had
   * @param valueSize how many bytes a value has
   */
  abstract byte[] undo(byte[] packed, int size, int valueSize);

  /** Reads what was done, in order. */
  static List<Hdf5Filter> read(Hdf5Cursor pipeline) {
    int version = pipeline.version(1, 2);
    int count = pipeline.u1();
    if (count > MOST) {
      throw new Hdf5Exception("has %d filters. Allowed: %d".formatted(count, MOST));
    }

    pipeline.skip(version == 1 ? 6 : 0);
    List<Hdf5Filter> filters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = pipeline.u2();
      int name = version == 1 || id >= 256 ? pipeline.u2() : 0;
      pipeline.skip(2);
      int values = pipeline.u2();
      pipeline.skip(name).skip(4L * values + (version == 1 && values % 2 == 1 ? 4 : 0));
      filters.add(of(id));
    }

    return filters;
  }

  private static Hdf5Filter of(int id) {
    for (Hdf5Filter filter : values()) {
      if (filter.id == id) {
        return filter;
      }
    }

    throw new Hdf5Exception(
        "is packed by the filter %d of HDF5. Allowed: 1 (deflate), 2 (shuffle)".formatted(id));
  }
}
