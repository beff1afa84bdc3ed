package io.firesteel.internal.archive;

import io.firesteel.internal.archive.Hdf5Metadata.Message;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Streams a tree of groups and variables as an HDF5 file, in the oldest form of the format, which
 * is what h5py writes for Keras: superblock 0, symbol-table groups, contiguous little-endian data,
 * variable-length UTF-8 attributes. The same tree gives the same bytes.
 *
 * <p>All metadata stand in front of the data, so the file is written in one go, without seeking and
 * without a copy of the tensors.
 *
 * <p>Source: HDF5 File Format Specification, version 3.0.
 */
public final class Hdf5Writer {

  /*
   * A symbol-table node holds up to 2 * LEAF_K links. A group's B-tree has one level: the file
   * declares a rank with which the largest group's nodes fit into one.
   */
  private static final int LEAF_K = 4;
  private static final int MIN_INTERNAL_K = 16;
  private static final int LINK_BYTES = 40;
  private static final int MIN_GLOBAL_HEAP = 4096;
  private static final int ROOT_ADDRESS_POSITION = 64;
  private static final int END_POSITION = 40;

  private final Hdf5Metadata metadata = new Hdf5Metadata();
  private final List<Variable> data = new ArrayList<>();
  private final List<Long> dataAddressPositions = new ArrayList<>();
  private final List<byte[]> names = new ArrayList<>();
  private int pointed;
  private final int internalK;
  private final long globalHeap;
  private final byte[] head;
  private final long length;

  private Hdf5Writer(Hdf5Group root) {
    int nodes = (largest(root) + 2 * LEAF_K - 1) / (2 * LEAF_K);
    this.internalK = Math.max(MIN_INTERNAL_K, (nodes + 1) / 2);
    superblock();
    collectNames(root);
    this.globalHeap = metadata.position();
    globalHeap();
    metadata.patch(ROOT_ADDRESS_POSITION, group(root));
    this.length = placeData();
    metadata.patch(END_POSITION, length);
    this.head = metadata.toBytes();
  }

  /** Returns a writer of a tree, whose variables must not change until it has written. */
  public static Hdf5Writer of(Hdf5Group root) {
    return new Hdf5Writer(root);
  }

  /** Returns the length of the file in bytes. */
  public long length() {
    return length;
  }

  /** Writes the file; any number of times, the same bytes. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(head);
    for (Variable variable : data) {
      if (variable.isInteger()) {
        FloatBytes.write(out, variable.integer(), (int) size(variable));
      } else {
        FloatBytes.write(out, variable.values());
      }
    }
  }

  private static int largest(Hdf5Group group) {
    int largest = group.children().size();
    for (Object child : group.children().values()) {
      largest = Math.max(largest, child instanceof Hdf5Group nested ? largest(nested) : 0);
    }

    return largest;
  }

  private void superblock() {
    metadata.u1(0x89).signature("HDF\r\n").u1(0x1A).u1('\n');
    metadata.u4(0).u1(0).u1(8).u1(8).u1(0).u2(LEAF_K).u2(internalK).u4(0);
    metadata.u8(0).u8(Hdf5Metadata.UNDEFINED).u8(0).u8(Hdf5Metadata.UNDEFINED);
    link(0, 0);
  }

  private void collectNames(Hdf5Group group) {
    String name = group.nameAttribute();
    if (name != null && !name.isEmpty()) {
      names.add(name.getBytes(StandardCharsets.UTF_8));
    }

    for (Object child : group.children().values()) {
      if (child instanceof Hdf5Group nested) {
        collectNames(nested);
      }
    }
  }

  /** Appends the strings that attributes point to, numbered from 1. */
  private void globalHeap() {
    if (names.size() >= 1 << 16) {
      throw new IllegalArgumentException(
          "An HDF5 file holds at most 65535 named groups. Received: " + names.size());
    }

    long used = 16 + names.stream().mapToLong(n -> 16 + Hdf5Metadata.padded(n.length)).sum();
    long size = Math.max(MIN_GLOBAL_HEAP, used + 16);
    metadata.signature("GCOL").u4(1).u8(size);
    for (int i = 0; i < names.size(); i++) {
      metadata.u2(i + 1).u2(1).u4(0).u8(names.get(i).length).bytes(names.get(i)).align();
    }

    metadata.u8(0).u8(size - used).zerosTo(globalHeap + size);
  }

  /** Appends a group after its children and returns the address of its object header. */
  private long group(Hdf5Group group) {
    List<Message> messages = new ArrayList<>();
    String attribute = group.nameAttribute();
    if (attribute != null) {
      messages.add(nameAttribute(attribute));
    }

    List<Long> addresses = new ArrayList<>();
    for (Object child : group.children().values()) {
      addresses.add(child instanceof Hdf5Group nested ? group(nested) : dataset((Variable) child));
    }

    long[] offsets = new long[addresses.size()];
    long heap = localHeap(group.children(), offsets);
    long tree = tree(offsets, addresses);
    messages.add(0, new Message(Message.SYMBOL_TABLE, body().u8(tree).u8(heap).toBytes()));
    return metadata.objectHeader(messages);
  }

  private long localHeap(Map<String, ?> children, long[] offsets) {
    Hdf5Metadata segment = body().u8(0);
    int i = 0;
    for (String name : children.keySet()) {
      offsets[i++] = segment.position();
      segment.bytes(name.getBytes(StandardCharsets.UTF_8)).u1(0).align();
    }

    final long address = metadata.position();
    metadata.signature("HEAP").u4(0).u8(segment.position()).u8(1).u8(address + 32);
    metadata.bytes(segment.toBytes());
    return address;
  }

  private long tree(long[] offsets, List<Long> addresses) {
    List<Long> nodes = new ArrayList<>();
    int perNode = 2 * LEAF_K;
    for (int from = 0; from < offsets.length; from += perNode) {
      nodes.add(symbolTable(offsets, addresses, from, Math.min(offsets.length, from + perNode)));
    }

    final long address = metadata.position();
    metadata.signature("TREE").u1(0).u1(0).u2(nodes.size());
    metadata.u8(Hdf5Metadata.UNDEFINED).u8(Hdf5Metadata.UNDEFINED).u8(0);
    for (int i = 0; i < nodes.size(); i++) {
      int last = Math.min(offsets.length, (i + 1) * perNode) - 1;
      metadata.u8(nodes.get(i)).u8(offsets[last]);
    }

    metadata.zerosTo(address + 24 + (4L * internalK + 1) * 8);
    return address;
  }

  private long symbolTable(long[] offsets, List<Long> addresses, int from, int to) {
    final long address = metadata.position();
    metadata.signature("SNOD").u1(1).u1(0).u2(to - from);
    for (int i = from; i < to; i++) {
      link(offsets[i], addresses.get(i));
    }

    metadata.zerosTo(address + 8 + 2L * LEAF_K * LINK_BYTES);
    return address;
  }

  private void link(long nameOffset, long address) {
    metadata.u8(nameOffset).u8(address).u8(0).u8(0).u8(0);
  }

  private Message nameAttribute(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Hdf5Metadata body = body().u1(1).u1(0).u2(5).u2(20).u2(8);
    body.signature("name").align();
    body.u1(0x19).u1(1).u1(1).u1(0).u4(16);
    body.u4(0x10).u4(1).u2(0).u2(8).align();
    body.u8(1);
    body.u4(bytes.length);
    if (bytes.length == 0) {
      body.u8(0).u4(0);
    } else {
      body.u8(globalHeap).u4(++pointed);
    }

    return new Message(Message.ATTRIBUTE, body.toBytes());
  }

  private long dataset(Variable variable) {
    data.add(variable);
    long address =
        metadata.objectHeader(
            List.of(
                new Message(Message.DATASPACE, dataspace(variable)),
                new Message(Message.DATATYPE, datatype(variable)),
                new Message(Message.FILL_VALUE, body().u4(0x01020202).u4(0).toBytes()),
                new Message(
                    Message.LAYOUT, body().u2(0x0103).u8(0).u8(size(variable)).align().toBytes())));
    dataAddressPositions.add(metadata.position() - 22);
    return address;
  }

  private static byte[] dataspace(Variable variable) {
    Hdf5Metadata body = body().u1(1).u1(variable.shape().rank()).u2(0).u4(0);
    for (int dim : variable.shape().dims()) {
      body.u8(dim);
    }

    return body.toBytes();
  }

  private static byte[] datatype(Variable variable) {
    if (variable.isInteger()) {
      int bytes = (int) size(variable);
      return body().u4(0x0810).u4(bytes).u2(0).u2(8 * bytes).align().toBytes();
    }

    return body().u4(0x1F2011).u4(4).u4(32 << 16).u4(23 | 8 << 8 | 23 << 24).u8(127).toBytes();
  }

  private static long size(Variable variable) {
    if (variable.isInteger()) {
      return fitsInt(variable.integer()) ? 4 : 8;
    }

    return 4L * variable.values().length;
  }

  private static boolean fitsInt(long value) {
    return value == (int) value;
  }

  private long placeData() {
    long address = metadata.position();
    for (int i = 0; i < data.size(); i++) {
      long size = size(data.get(i));
      metadata.patch(dataAddressPositions.get(i), size == 0 ? Hdf5Metadata.UNDEFINED : address);
      address += size;
    }

    return address;
  }

  private static Hdf5Metadata body() {
    return new Hdf5Metadata();
  }
}
