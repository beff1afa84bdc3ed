package io.firesteel.internal.archive;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a group holds, by name: the address of the object's header, or {@link #NOT_HERE} for a soft
 * or external link.
 */
final class Hdf5Links {

  static final long NOT_HERE = -2;

  private static final int ENTRY = 40;
  private static final int CACHED_SOFT_LINK = 2;

  private final Hdf5Bytes bytes;
  private final Map<String, Long> links = new TreeMap<>();

  private Hdf5Links(Hdf5Bytes bytes) {
    this.bytes = bytes;
  }

  /** Tells whether a header is that of a group. */
  static boolean isGroup(Hdf5Header header) {
    return header.has(Hdf5Header.SYMBOL_TABLE)
        || header.has(Hdf5Header.LINK_INFO)
        || header.has(Hdf5Header.LINK);
  }

  /** Reads the links of a group, sorted by name. */
  static Map<String, Long> of(Hdf5Header header, Hdf5Bytes bytes) throws IOException {
    Hdf5Links reader = new Hdf5Links(bytes);
    Hdf5Cursor table = header.first(Hdf5Header.SYMBOL_TABLE);
    if (table != null) {
      reader.symbolTable(table.u8(), table.u8());
    }

    Hdf5Cursor info = header.first(Hdf5Header.LINK_INFO);
    if (info != null) {
      requireCompact(info);
    }

    for (Hdf5Cursor link : header.all(Hdf5Header.LINK)) {
      reader.message(link);
    }

    return reader.links;
  }

  /** Many links of a group may lie in a heap, in files that Keras does not write. */
  private static void requireCompact(Hdf5Cursor info) {
    info.version(0, 0);
    info.skip((info.u1() & 1) == 0 ? 0 : 8);
    if (info.u8() != Hdf5Metadata.UNDEFINED) {
      throw new Hdf5Exception(
          "it keeps its links in a form that only files of libver='latest' have. Write it as Keras"
              + " does, with the default");
    }
  }

  private void message(Hdf5Cursor link) {
    link.version(1, 1);
    int flags = link.u1();
    int type = (flags & 8) == 0 ? 0 : link.u1();
    link.skip(((flags & 4) == 0 ? 0 : 8) + ((flags & 16) == 0 ? 0 : 1));
    String name = link.text(link.unsigned(1 << (flags & 3)));
    put(name, type == 0 ? link.u8() : NOT_HERE);
  }

  private void symbolTable(long tree, long heap) throws IOException {
    Hdf5Cursor head = bytes.at(heap, 32).signature("HEAP").skip(4);
    long size = head.u8();
    Hdf5Cursor names = bytes.at(head.skip(8).u8(), size);
    Hdf5Cursor root = bytes.at(tree, 24).signature("TREE").skip(1);
    node(tree, root.u1(), names);
  }

  private void node(long address, int level, Hdf5Cursor names) throws IOException {
    Hdf5Cursor head = bytes.at(address, 24).signature("TREE");
    if (head.u1() != 0 || head.u1() != level) {
      throw new Hdf5Exception(
          "the node of a tree at byte %d is not of level %d of a group".formatted(address, level));
    }

    int used = head.u2();
    Hdf5Cursor entries = bytes.at(address + 24, 16L * used + 8);
    for (int i = 0; i < used; i++) {
      long child = entries.skip(8).u8();
      if (level > 0) {
        node(child, level - 1, names);
      } else {
        symbols(child, names);
      }
    }
  }

  private void symbols(long address, Hdf5Cursor names) throws IOException {
    Hdf5Cursor head = bytes.at(address, 8).signature("SNOD").skip(2);
    int count = head.u2();
    Hdf5Cursor entries = bytes.at(address + 8, (long) ENTRY * count);
    for (int i = 0; i < count; i++) {
      String name = names.textAt(entries.u8());
      long header = entries.u8();
      boolean soft = entries.u4() == CACHED_SOFT_LINK;
      entries.skip(20);
      put(name, soft ? NOT_HERE : header);
    }
  }

  private void put(String name, long header) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new Hdf5Exception("it has a link of the name '%s'".formatted(name));
    }

    bytes.charge(name.length());

    if (links.put(name, header) != null) {
      throw new Hdf5Exception("it has two links of the name '%s'".formatted(name));
    }
  }
}
