package io.firesteel.internal.archive;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A data set: its shape, its type, and where its values are. */
final class Hdf5Dataset {

  private static final int MOST_DIMS = 32;
  private static final int SIMPLE = 1;
  private static final int COMPACT = 0;
  private static final int CONTIGUOUS = 1;
  private static final int CHUNKED = 2;

  private final Hdf5Bytes bytes;
  private final Hdf5Type type;
  private final @Nullable Shape shape;
  private final Hdf5Header header;

  private Hdf5Dataset(Hdf5Bytes bytes, Hdf5Header header) {
    this.bytes = bytes;
    this.header = header;
    this.type = Hdf5Type.read(message(Hdf5Header.DATATYPE, "type"));
    this.shape = shape(message(Hdf5Header.DATASPACE, "shape"));
  }

  /** Tells whether a header is that of a data set. */
  static boolean isDataset(Hdf5Header header) {
    return header.has(Hdf5Header.LAYOUT);
  }

  static Hdf5Dataset of(Hdf5Header header, Hdf5Bytes bytes) {
    return new Hdf5Dataset(bytes, header);
  }

  /**
   * Returns the values.
   *
   * @throws Hdf5Exception if they are no float32 or float16, nor one integer
   */
  Variable variable(String name, String path) throws IOException {
    if (shape == null) {
      throw new Hdf5Exception("has no data");
    }

    if (type.kind() == Hdf5Type.Kind.FLOAT && type.size() <= Float.BYTES) {
      return Variable.builder(name, path, shape).build(floats(shape));
    }

    boolean isInteger =
        type.kind() == Hdf5Type.Kind.SIGNED || type.kind() == Hdf5Type.Kind.UNSIGNED;
    if (isInteger && shape.rank() == 0) {
      return Variable.integer(name, path, integer());
    }

    throw new Hdf5Exception(
        "must be of float32 or float16, or an integer scalar. It has the shape %s and values of %d bytes: %s"
            .formatted(shape, type.size(), type.kind().words));
  }

  private float[] floats(Shape wanted) throws IOException {
    long size = (long) type.size() * wanted.size();
    Source source = source(wanted, size);
    float[] values = new float[wanted.size()];
    if (source.loaded != null) {
      FloatBytes.read(ByteBuffer.wrap(source.loaded).order(type.order()), type.size(), values);
    } else {
      FloatBytes.read(bytes.file(), source.address, type.order(), type.size(), values);
    }

    return values;
  }

  private long integer() throws IOException {
    Source source = source(Shape.of(), type.size());
    byte[] value =
        source.loaded == null
            ? bytes.at(source.address, type.size()).bytes(type.size())
            : source.loaded;
    boolean big = type.order() == ByteOrder.BIG_ENDIAN;
    long result =
        type.kind() == Hdf5Type.Kind.SIGNED && value[big ? 0 : value.length - 1] < 0 ? -1 : 0;
    for (int i = 0; i < value.length; i++) {
      result = (result << 8) | (value[big ? i : value.length - 1 - i] & 0xFF);
    }

    if (type.kind() == Hdf5Type.Kind.UNSIGNED && value.length == 8 && result < 0) {
      throw new Hdf5Exception("is an integer of 2^63 or more");
    }

    return result;
  }

  /** Where the values are: at an address of the file, or loaded and unpacked. */
  private static final class Source {
    private final long address;
    private final byte @Nullable [] loaded;

    Source(long address, byte @Nullable [] loaded) {
      this.address = address;
      this.loaded = loaded;
    }
  }

  private Source source(Shape wanted, long size) throws IOException {
    if (header.has(Hdf5Header.EXTERNAL_FILES)) {
      throw new Hdf5Exception("is stored in other files. Allowed: data in the file itself");
    }

    Hdf5Cursor layout = message(Hdf5Header.LAYOUT, "layout");
    int version = layout.version(3, 4);
    int kind = layout.u1();
    boolean filtered = header.has(Hdf5Header.FILTERS);
    if (size == 0) {
      return new Source(0, new byte[0]);
    }

    if (kind == COMPACT && !filtered) {
      return new Source(0, compact(layout, wanted, size));
    }

    if (kind == CONTIGUOUS && !filtered) {
      return new Source(contiguous(layout, wanted, size), null);
    }

    if (kind == CHUNKED && version == 3) {
      Hdf5Chunks chunks = new Hdf5Chunks(bytes, wanted, type.size(), filters());
      return new Source(0, chunks.read(layout, size));
    }

    throw new Hdf5Exception(
        "is stored in a way that Keras does not use (layout %d of version %d). Allowed: in one piece, or in chunks with deflate and shuffle, as h5py does by default"
            .formatted(kind, version));
  }

  private byte[] compact(Hdf5Cursor layout, Shape wanted, long size) {
    long length = layout.u2();
    if (length != size) {
      throw noData(wanted);
    }

    return layout.bytes(length);
  }

  private long contiguous(Hdf5Cursor layout, Shape wanted, long size) {
    long address = layout.u8();
    if (layout.u8() != size || !bytes.holds(address, size)) {
      throw noData(wanted);
    }

    bytes.charge(size);
    return address;
  }

  private List<Hdf5Filter> filters() {
    Hdf5Cursor pipeline = header.first(Hdf5Header.FILTERS);
    return pipeline == null ? List.of() : Hdf5Filter.read(pipeline);
  }

  static Hdf5Exception noData(Shape wanted) {
    return new Hdf5Exception("has no data for its shape " + wanted);
  }

  private Hdf5Cursor message(int type, String what) {
    Hdf5Cursor found = header.first(type);
    if (found == null) {
      throw new Hdf5Exception("has no %s in its header".formatted(what));
    }

    return found;
  }

  /** Returns the shape, or null if there is explicitly nothing. */
  static @Nullable Shape shape(Hdf5Cursor space) {
    int version = space.version(1, 2);
    int rank = space.u1();
    space.skip(1);
    int kind = version == 1 ? SIMPLE : space.u1();
    space.skip(version == 1 ? 5 : 0);
    if (kind > SIMPLE) {
      return null;
    }

    if (rank > MOST_DIMS) {
      throw new Hdf5Exception("has %d dimensions. Allowed: %d".formatted(rank, MOST_DIMS));
    }

    int[] dims = new int[rank];
    long size = 1;
    for (int i = 0; i < rank; i++) {
      long dim = space.u8();
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw new Hdf5Exception("has a dimension of " + Long.toUnsignedString(dim));
      }

      dims[i] = (int) dim;
      size *= dim;
      if (size > Integer.MAX_VALUE - 8) {
        throw new Hdf5Exception("has more than 2^31 values");
      }
    }

    return Shape.of(dims);
  }
}
