package io.firesteel.checkpoint;

import io.firesteel.internal.archive.TemporaryFile;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The members of the zip archive that a {@code .keras} file is. Their sizes are taken from no
 * claim: a member that unfolds to more than it may is refused while it is read.
 */
final class ArchiveMembers implements Closeable {

  private static final Set<String> KNOWN =
      Set.of(KerasArchiveWriter.METADATA, KerasArchiveWriter.CONFIG, KerasArchiveWriter.WEIGHTS);

  /** What a layer of integers has learned; Keras writes it for layers of texts, too. */
  private static final Pattern VOCABULARY =
      Pattern.compile("assets/layers/integer_lookup(_[0-9]{1,9})?/vocabulary\\.txt");

  /** Deflate cannot exceed this much; Keras stores its members. */
  private static final long MAX_EXPANSION = 100;

  private static final long EXPANSION_FLOOR = 1 << 20;
  private static final int BUFFER = 1 << 16;

  private final ZipFile zip;
  private final String source;

  /**
   * Opens an archive.
   *
   * @param source what to call the file in errors
   * @throws CheckpointException if it is no zip archive, or has members that are not read
   */
  ArchiveMembers(Path file, String source) throws IOException {
    this.source = source;
    try {
      this.zip = new ZipFile(file.toFile());
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw noArchive(e);
    }

    try {
      requireKnown();
    } catch (IllegalArgumentException e) {
      zip.close();
      throw noArchive(e);
    } catch (RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** The zip library says so of names that are not in UTF-8, too. */
  private CheckpointException noArchive(Exception cause) {
    return new CheckpointException(
        "%s is no Keras archive: %s".formatted(source, cause.getMessage()), cause);
  }

  private void requireKnown() {
    zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> !KNOWN.contains(name) && !name.endsWith("/"))
        .filter(name -> !VOCABULARY.matcher(name).matches())
        .findFirst()
        .ifPresent(
            name -> {
              throw invalid(
                  "has the member '%s', which cannot be read. Allowed: %s, %s and %s"
                      .formatted(
                          name,
                          KerasArchiveWriter.METADATA,
                          KerasArchiveWriter.CONFIG,
                          KerasArchiveWriter.WEIGHTS));
            });
  }

  boolean has(String name) {
    return zip.getEntry(name) != null;
  }

  /** Returns the member with the vocabulary of a layer. */
  static String vocabularyOf(String layer) {
    return "assets/layers/" + layer + "/vocabulary.txt";
  }

  /** Returns the text of a member. */
  String text(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy(name, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Copies a member into a file. */
  void copy(String name, TemporaryFile target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target.path())) {
      copy(name, out);
    }
  }

  private void copy(String name, OutputStream out) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw invalid("has no member '%s'".formatted(name));
    }

    long packed = entry.getCompressedSize();
    long most = Math.max(EXPANSION_FLOOR, MAX_EXPANSION * packed);
    requireAtMost(name, packed, entry.getSize(), most);
    byte[] buffer = new byte[BUFFER];
    long copied = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      int read;
      while ((read = in.read(buffer)) > 0) {
        copied += read;
        requireAtMost(name, packed, copied, most);
        out.write(buffer, 0, read);
      }
    } catch (ZipException | EOFException e) {
      throw new CheckpointException(
          "The member '%s' of %s is broken: %s".formatted(name, source, e), e);
    }

    if (copied != entry.getSize()) {
      throw invalid(
          "has the member '%s' of %d bytes that claims to have %d"
              .formatted(name, copied, entry.getSize()));
    }
  }

  private void requireAtMost(String name, long packed, long size, long most) {
    if (size > most) {
      throw invalid(
          "has the member '%s' that unfolds from %d to %d bytes or more"
              .formatted(name, packed, size));
    }
  }

  CheckpointException invalid(String problem) {
    return new CheckpointException("%s %s".formatted(source, problem), null);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
