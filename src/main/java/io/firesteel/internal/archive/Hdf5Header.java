package io.firesteel.internal.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of one object's header: of a group or of a data set. */
final class Hdf5Header {

  static final int DATASPACE = 0x1;
  static final int LINK_INFO = 0x2;
  static final int DATATYPE = 0x3;
  static final int LINK = 0x6;
  static final int EXTERNAL_FILES = 0x7;
  static final int LAYOUT = 0x8;
  static final int FILTERS = 0xB;
  static final int ATTRIBUTE = 0xC;
  private static final int CONTINUATION = 0x10;
  static final int SYMBOL_TABLE = 0x11;

  /** A message with this flag is kept elsewhere. */
  private static final int SHARED = 0x2;

  private static final int MOST_MESSAGES = 1 << 16;

  private final Hdf5Bytes bytes;
  private final List<Message> messages = new ArrayList<>();

  /** The pieces that are not yet read, as address and length. */
  private final List<long[]> pieces = new ArrayList<>();

  private record Message(int type, boolean shared, Hdf5Cursor body) {}

  private Hdf5Header(Hdf5Bytes bytes) {
    this.bytes = bytes;
  }

  /** Reads the header at an address. */
  static Hdf5Header read(Hdf5Bytes bytes, long address) throws IOException {
    Hdf5Header header = new Hdf5Header(bytes);
    if (bytes.at(address, 4).u1() == 'O') {
      header.readSigned(address);
    } else {
      header.readOld(address);
    }

    return header;
  }

  /** Returns the first message of a type, or null. Each call reads it from its beginning. */
  @Nullable Hdf5Cursor first(int type) {
    List<Hdf5Cursor> all = all(type);
    return all.isEmpty() ? null : all.get(0);
  }

  /** Returns the messages of a type. */
  List<Hdf5Cursor> all(int type) {
    List<Hdf5Cursor> found = new ArrayList<>();
    for (Message message : messages) {
      if (message.type() == type) {
        if (message.shared()) {
          throw new Hdf5Exception("its header refers to a type that is kept elsewhere");
        }

        found.add(message.body().fresh());
      }
    }

    return found;
  }

  boolean has(int type) {
    return messages.stream().anyMatch(message -> message.type() == type);
  }

  private void readOld(long address) throws IOException {
    Hdf5Cursor prefix = bytes.at(address, 16);
    prefix.version(1, 1);
    prefix.skip(7);
    pieces.add(new long[] {address + 16, prefix.u4()});
    while (!pieces.isEmpty()) {
      long[] piece = pieces.remove(0);
      Hdf5Cursor block = bytes.at(piece[0], piece[1]);
      while (block.remaining() >= 8) {
        int type = block.u2();
        int size = block.u2();
        int flags = block.u1();
        add(type, flags, block.skip(3).part(size));
      }
    }
  }

  private void readSigned(long address) throws IOException {
    Hdf5Cursor prefix = bytes.at(address, Math.min(34, bytes.size() - address)).signature("OHDR");
    prefix.version(2, 2);
    int flags = prefix.u1();
    prefix.skip(((flags & 0x20) == 0 ? 0 : 16) + ((flags & 0x10) == 0 ? 0 : 4));
    long size = prefix.unsigned(1 << (flags & 3));
    int head = prefix.position();
    int tracked = (flags & 4) == 0 ? 0 : 2;
    if (!bytes.holds(address, size)) {
      throw new Hdf5Exception("its header at byte %d is larger than the file".formatted(address));
    }

    read(bytes.at(address, head + size + 4).checked().skip(head), tracked);
    while (!pieces.isEmpty()) {
      long[] piece = pieces.remove(0);
      read(bytes.at(piece[0], piece[1]).checked().signature("OCHK"), tracked);
    }
  }

  private void read(Hdf5Cursor block, int tracked) {
    while (block.remaining() >= 4 + 4 + tracked) {
      int type = block.u1();
      int size = block.u2();
      int flags = block.u1();
      add(type, flags, block.skip(tracked).part(size));
    }
  }

  private void add(int type, int flags, Hdf5Cursor body) {
    if (messages.size() == MOST_MESSAGES) {
      throw new Hdf5Exception("its header has more than %d messages".formatted(MOST_MESSAGES));
    }

    if (type == CONTINUATION) {
      pieces.add(new long[] {body.u8(), body.u8()});
    } else {
      messages.add(new Message(type, (flags & SHARED) != 0, body));
    }
  }
}
