package io.firesteel.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.firesteel.internal.archive.Hdf5Exception;
import io.firesteel.internal.archive.Hdf5Reader;
import io.firesteel.testing.Mutations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Altered {@code .keras} and HDF5 files are read or refused by one exception, at once and without
 * much memory. {@code -Dfiresteel.fuzz=N} sets the number of mutations; the profile {@code fuzz}
 * sets it to 10 000.
 */
class ArchiveFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("firesteel.fuzz", 1000);
  private static final long SEED = 20260901;
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long MOST_BYTES = 32 << 20;

  @TempDir Path folder;

  private int read;
  private int refused;
  private long longest;
  private long mostBytes;

  /** What classes need when they are first used counts for no mutation. */
  @BeforeEach
  void warmUp() throws IOException {
    readArchive(Files.readAllBytes(Path.of("src/test/resources/keras/adam.keras")));
    readHdf5(Files.readAllBytes(Path.of("src/test/resources/hdf5/deflated.h5")));
    readHdf5(Files.readAllBytes(Path.of("src/test/resources/hdf5/latest.h5")));
    read = 0;
    refused = 0;
  }

  @Test
  void alteredHdf5Files() throws IOException {
    List<byte[]> files =
        List.of(
            bytes("hdf5/plain.h5"),
            bytes("hdf5/latest.h5"),
            bytes("hdf5/deflated.h5"),
            member("images.keras", "model.weights.h5"));
    Mutations mutations = new Mutations(SEED);
    for (int i = 0; i < MUTATIONS / 2; i++) {
      byte[] file = mutations.of(files.get(i % files.size()));
      attempt(i, file, () -> readHdf5(file));
    }

    report("HDF5");
  }

  /** The zip's own checksums are right, so that what is altered is reached. */
  @Test
  void alteredMembersOfArchives() throws IOException {
    Mutations mutations = new Mutations(SEED + 1);
    List<String> names = List.of("config.json", "model.weights.h5", "model.weights.h5");
    for (int i = 0; i < MUTATIONS / 4; i++) {
      Map<String, byte[]> members = members(i % 2 == 0 ? "adam.keras" : "images.keras");
      members.compute(names.get(i % names.size()), (name, bytes) -> mutations.of(bytes));
      byte[] file = zip(members);
      attempt(i, file, () -> readArchive(file));
    }

    report("members of archives");
  }

  @Test
  void alteredArchives() throws IOException {
    byte[] whole = bytes("keras/adam.keras");
    Mutations mutations = new Mutations(SEED + 2);
    for (int i = 0; i < MUTATIONS / 4; i++) {
      byte[] file = i % 2 == 0 ? mutations.of(whole) : ofDirectory(whole, mutations);
      attempt(i, file, () -> readArchive(file));
    }

    report("archives");
  }

  /** The zip's directory at the end of the file. */
  private static byte[] ofDirectory(byte[] whole, Mutations mutations) {
    byte[] end = Arrays.copyOfRange(whole, whole.length - 300, whole.length);
    byte[] copy = whole.clone();
    System.arraycopy(mutations.ofOneByte(end), 0, copy, whole.length - 300, 300);
    return copy;
  }

  private void attempt(int number, byte[] file, Reading reading) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = threads.getThreadAllocatedBytes(thread);
    long start = System.nanoTime();
    try {
      reading.run();
      read++;
    } catch (CheckpointException | Hdf5Exception e) {
      refused++;
    } catch (IOException | RuntimeException | Error e) {
      fail("Mutation %d of %d bytes ended in %s".formatted(number, file.length, e), e);
    }

    longest = Math.max(longest, System.nanoTime() - start);
    mostBytes = Math.max(mostBytes, threads.getThreadAllocatedBytes(thread) - bytes);
    assertTrue(longest < LONGEST.toNanos(), () -> "Mutation " + number + " took " + longest);
    assertTrue(mostBytes < MOST_BYTES, () -> "Mutation " + number + " allocated " + mostBytes);
  }

  private void report(String what) {
    System.out.printf(
        "%d altered %s: %d refused, %d read, at most %.1f ms and %.1f MB%n",
        read + refused, what, refused, read, longest / 1e6, mostBytes / 1048576.0);
    assertTrue(refused > 0);
  }

  private void readHdf5(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("file.h5"), bytes);
    try (Hdf5Reader reader = new Hdf5Reader(file, "file")) {
      readAll(reader.root());
    }
  }

  private static void readAll(Hdf5Reader.Group group) {
    for (String name : group.names()) {
      Hdf5Reader.Group child = group.group(name);
      if (name.equals("vars")) {
        child.variables(child.name("x"));
      } else {
        readAll(child);
      }
    }
  }

  private static void readArchive(byte[] bytes) throws IOException {
    KerasArchive.readFrom(new ByteArrayInputStream(bytes), "file").weightsSha256();
  }

  private static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(Path.of("src/test/resources", name));
  }

  private static byte[] member(String archive, String name) throws IOException {
    return members(archive).get(name);
  }

  private static Map<String, byte[]> members(String archive) throws IOException {
    Map<String, byte[]> members = new TreeMap<>();
    try (ZipFile zip = new ZipFile("src/test/resources/keras/" + archive)) {
      for (ZipEntry entry : zip.stream().toList()) {
        members.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }

    return members;
  }

  private static byte[] zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(member.getValue());
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(member.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(member.getValue());
      }
    }

    return out.toByteArray();
  }

  @FunctionalInterface
  private interface Reading {
    void run() throws IOException;
  }
}
