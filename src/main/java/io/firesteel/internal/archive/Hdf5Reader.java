package io.firesteel.internal.archive;

import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the variables of a weights file, as Keras, h5py or {@link Hdf5Writer} wrote it: superblocks
 * 0 to 3, groups by symbol table or by links in their headers, data sets in one piece or in chunks
 * with deflate and shuffle, and texts as attributes. Floats of 16 bits become float32; links, data
 * sets in other files and other types are refused.
 *
 * <p>Whatever the bytes say, every object is read once, memory is bounded by the file's size, and
 * the failure is an {@link Hdf5Exception} that names file, place and reason.
 *
 * <p>Source: HDF5 File Format Specification, version 3.0.
 */
public final class Hdf5Reader implements AutoCloseable {

  private final String source;
  private final FileChannel file;
  private final Hdf5Bytes bytes;
  private final Hdf5Names names;
  private final Group root;

  /** The path under which each object was first read, by address. */
  private final Map<Long, String> visited = new HashMap<>();

  private static final int DEEPEST = 64;

  /** A group of the file. */
  public final class Group {
    private final String path;
    private final int depth;
    private final Hdf5Header header;
    private final Map<String, Long> links;

    /** The objects that were read. */
    private final Map<String, Hdf5Header> headers = new HashMap<>();

    private final Map<String, Group> groups = new HashMap<>();

    private Group(String path, int depth, Hdf5Header header) throws IOException {
      this.path = path;
      this.depth = depth;
      this.header = header;
      this.links = Hdf5Links.of(header, bytes);
    }

    /** Returns the names of what is in it, sorted. */
    public List<String> names() {
      return List.copyOf(links.keySet());
    }

    /** Returns a group in it, or null if there is none of that name. */
    public @Nullable Group group(String name) {
      Group known = groups.get(name);
      if (known != null || !links.containsKey(name)) {
        return known;
      }

      String place = path + name;
      Hdf5Header child = child(name);
      if (!Hdf5Links.isGroup(child)) {
        throw invalid(place, "is no group");
      }

      if (depth == DEEPEST) {
        throw invalid(place, "lies deeper than %d groups".formatted(DEEPEST));
      }

      Group group = guarded(place, () -> new Group(place + "/", depth + 1, child));
      groups.put(name, group);
      return group;
    }

    /** Returns its attribute {@code name}, or the default if it has none. */
    public String name(String absent) {
      return guarded(
          path, () -> Objects.requireNonNullElse(names.attribute(header, "name"), absent));
    }

    /**
     * Returns the variables {@code 0}, {@code 1}, ... in it.
     *
     * @param owner the first part of their paths
     */
    public List<Variable> variables(String owner) {
      List<Variable> variables = new ArrayList<>();
      for (int i = 0; i < links.size(); i++) {
        String name = Integer.toString(i);
        if (!links.containsKey(name)) {
          throw invalid(
              path,
              "must hold the data sets 0 to %d. It has: %s"
                  .formatted(links.size() - 1, String.join(", ", links.keySet())));
        }

        Hdf5Header child = child(name);
        if (!Hdf5Dataset.isDataset(child)) {
          throw invalid(path + name, "is no data set");
        }

        variables.add(
            described(
                path + name,
                () -> Hdf5Dataset.of(child, bytes).variable(name, owner + "/" + name)));
      }

      return variables;
    }

    private Hdf5Header child(String name) {
      Hdf5Header known = headers.get(name);
      if (known != null) {
        return known;
      }

      String place = path + name;
      long address = links.getOrDefault(name, Hdf5Links.NOT_HERE);
      if (address == Hdf5Links.NOT_HERE) {
        throw invalid(place, "is a soft or external link. Allowed: data in the file itself");
      }

      String earlier = visited.putIfAbsent(address, place);
      if (earlier != null) {
        throw invalid(place, "is the same object as %s. Allowed: one link".formatted(earlier));
      }

      Hdf5Header header = guarded(place, () -> Hdf5Header.read(bytes, address));
      headers.put(name, header);
      return header;
    }
  }

  /**
   * Opens a file.
   *
   * @param source what to call it in errors
   * @throws Hdf5Exception if it is no HDF5 file, or not whole
   * @throws IOException if it can't be read
   */
  public Hdf5Reader(Path path, String source) throws IOException {
    this.source = source;
    this.file = FileChannel.open(path);
    try {
      this.bytes = new Hdf5Bytes(file);
      this.names = new Hdf5Names(bytes);
      Superblock head = guarded("the file", () -> Superblock.read(bytes));
      requireWhole(head.end());
      this.root = guarded("/", () -> open(head));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void requireWhole(long end) {
    if (bytes.size() < end) {
      throw new Hdf5Exception(
          "%s is not whole: it has %d of %d bytes".formatted(source, bytes.size(), end));
    }
  }

  private Group open(Superblock head) throws IOException {
    visited.put(head.root(), "the root group");
    return new Group("/", 0, Hdf5Header.read(bytes, head.root()));
  }

  /** Returns the root group. */
  public Group root() {
    return root;
  }

  /**
   * Ends the reading.
   *
   * @param isKnown tells of the path of a group whether it was read, or need not be
   * @param problem what to say of a data set that nobody knows
   * @throws Hdf5Exception if there is a data set outside the known groups
   */
  public void requireNothingElse(Predicate<String> isKnown, String problem) {
    List<Group> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      Group group = open.remove(open.size() - 1);
      for (String name : group.names()) {
        String path = group.path + name;
        if (isKnown.test(path)) {
          continue;
        }

        if (!Hdf5Links.isGroup(group.child(name))) {
          throw invalid(path, problem);
        }

        Group nested = group.group(name);
        if (nested != null) {
          open.add(nested);
        }
      }
    }
  }

  private <T> T guarded(String path, Reading<T> reading) {
    try {
      return reading.get();
    } catch (Hdf5Exception e) {
      throw new Hdf5Exception(
          "Cannot read %s of %s: %s".formatted(path, source, e.getMessage()), e);
    } catch (IOException e) {
      throw new Hdf5Exception("Cannot read %s of %s: %s".formatted(path, source, e), e);
    }
  }

  /** For failures that read as the end of a sentence about the place. */
  private <T> T described(String path, Reading<T> reading) {
    try {
      return reading.get();
    } catch (Hdf5Exception e) {
      throw invalid(path, e.getMessage());
    } catch (IOException e) {
      throw new Hdf5Exception("Cannot read %s of %s: %s".formatted(path, source, e), e);
    }
  }

  private Hdf5Exception invalid(String path, @Nullable String problem) {
    return new Hdf5Exception("%s of %s %s".formatted(path, source, problem));
  }

  @FunctionalInterface
  private interface Reading<T> {
    T get() throws IOException;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * The head of an HDF5 file.
   *
   * @param root the address of the root group's header
   * @param end how many bytes the file should have
   */
  private record Superblock(long root, long end) {

    private static final String SIGNATURE = "HDF\r\n\u001a\n";
    private static final int SHORTEST = 48;
    private static final int V0 = 96;
    private static final int V1 = 100;

    /** Reads it; only files whose numbers have 8 bytes and that begin with it are read. */
    static Superblock read(Hdf5Bytes bytes) throws IOException {
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

    private static Superblock old(Hdf5Bytes bytes, int version) throws IOException {
      Hdf5Cursor block = bytes.at(0, version == 0 ? V0 : V1).skip(13);
      requireEight(block.u1(), block.u1());
      block.skip(version == 0 ? 9 : 13);
      requireZero(block.u8());
      block.skip(8);
      long end = block.u8();
      block.skip(16);
      return new Superblock(block.u8(), end);
    }

    private static Superblock checked(Hdf5Bytes bytes) throws IOException {
      Hdf5Cursor block = bytes.at(0, SHORTEST).checked().skip(9);
      requireEight(block.u1(), block.u1());
      block.skip(1);
      requireZero(block.u8());
      block.skip(8);
      long end = block.u8();
      return new Superblock(block.u8(), end);
    }

    private static void requireEight(int offsets, int lengths) {
      if (offsets != 8 || lengths != 8) {
        throw new Hdf5Exception(
            "its addresses have %d and its lengths %d bytes. Allowed: 8"
                .formatted(offsets, lengths));
      }
    }

    private static void requireZero(long base) {
      if (base != 0) {
        throw new Hdf5Exception("its addresses count from byte %d. Allowed: 0".formatted(base));
      }
    }
  }
}
