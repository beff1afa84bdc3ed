package io.firesteel.internal.archive;

import io.firesteel.tensor.Shape;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the attributes of groups that are texts. */
final class Hdf5Names {

  private final Hdf5Bytes bytes;

  /** The texts in the global heaps that were read, by address and index. */
  private final Map<Long, Map<Integer, Hdf5Cursor>> heaps = new HashMap<>();

  Hdf5Names(Hdf5Bytes bytes) {
    this.bytes = bytes;
  }

  /** Returns an attribute, or null if there is none of that name that is a text. */
  @Nullable String attribute(Hdf5Header header, String wanted) throws IOException {
    for (Hdf5Cursor attribute : header.all(Hdf5Header.ATTRIBUTE)) {
      int version = attribute.version(1, 3);
      attribute.skip(1);
      int nameSize = attribute.u2();
      int typeSize = attribute.u2();
      int spaceSize = attribute.u2();
      attribute.skip(version == 3 ? 1 : 0);
      Hdf5Cursor name = part(attribute, nameSize, version);
      if (nameSize > 0 && name.textAt(0).equals(wanted)) {
        Hdf5Type type = Hdf5Type.read(part(attribute, typeSize, version));
        Shape shape = Hdf5Dataset.shape(part(attribute, spaceSize, version));
        return shape != null && shape.size() == 1 ? text(attribute, type) : null;
      }
    }

    return null;
  }

  private static Hdf5Cursor part(Hdf5Cursor attribute, int size, int version) {
    Hdf5Cursor part = attribute.part(size);
    if (version == 1) {
      attribute.align();
    }

    return part;
  }

  private @Nullable String text(Hdf5Cursor value, Hdf5Type type) throws IOException {
    return switch (type.kind()) {
      case TEXT -> value.text(type.size()).replaceAll("[\\x00 ]+$", "");
      case TEXT_IN_HEAP -> inHeap(value.u4(), value.u8(), (int) value.u4());
      default -> null;
    };
  }

  private String inHeap(long length, long address, int index) throws IOException {
    if (length == 0) {
      return "";
    }

    Map<Integer, Hdf5Cursor> heap = heaps.get(address);
    if (heap == null) {
      heap = heap(address);
      heaps.put(address, heap);
    }

    Hdf5Cursor text = heap.get(index);
    if (text == null) {
      throw new Hdf5Exception("the heap at byte %d has no text %d".formatted(address, index));
    }

    bytes.charge(length);
    return text.fresh().text(length);
  }

  private Map<Integer, Hdf5Cursor> heap(long address) throws IOException {
    long size = bytes.at(address, 16).signature("GCOL").skip(4).u8();
    Hdf5Cursor heap = bytes.at(address, size).skip(16);
    Map<Integer, Hdf5Cursor> texts = new HashMap<>();
    while (heap.remaining() >= 16) {
      int index = heap.u2();
      long length = heap.skip(6).u8();
      if (index == 0) {
        break;
      }

      texts.put(index, heap.part(length));
      heap.align();
    }

    return texts;
  }
}
