package io.firesteel.internal.files;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of the local file system, by {@code java.nio}. The rename is atomic. */
public final class LocalFileIO implements FileIO {

  /** Two letters at least, so that a drive letter is no scheme. */
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

  private static final int BUFFER = 1 << 16;

  /** Returns the scheme of a path in lower case, empty if it has none. */
  static String schemeOf(String path) {
    Matcher matcher = SCHEME.matcher(path);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }

  @Override
  public InputStream open(String path) throws IOException {
    try {
      return Files.newInputStream(local(path));
    } catch (NoSuchFileException e) {
      throw (IOException) new FileNotFoundException("There is no file " + path).initCause(e);
    }
  }

  @Override
  public void write(String path, Content content) throws IOException {
    Path target = local(path).toAbsolutePath();
    Path parent = target.getParent();
    if (parent == null || Files.isDirectory(target)) {
      throw new IOException("Cannot write the file %s: it is a folder".formatted(path));
    }

    Files.createDirectories(parent);
    Path temporary = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeDurably(temporary, content);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public OutputStream create(String path) throws IOException {
    Path target = local(path).toAbsolutePath();
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }

    return new BufferedOutputStream(
        Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
  }

  @Override
  public void requireWritable(String path) throws IOException {
    Path target = local(path).toAbsolutePath();
    Path parent = target.getParent();
    if (parent == null || Files.isDirectory(target)) {
      throw new IOException("%s is a folder".formatted(path));
    }

    Files.createDirectories(parent);
    Files.delete(Files.createTempFile(parent, ".firesteel", ".tmp"));
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(local(path));
  }

  private static void writeDurably(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** A path with the scheme is taken as Hadoop takes it: as it stands, without escapes. */
  private static Path local(String path) {
    if (schemeOf(path).isEmpty()) {
      return Path.of(path);
    }

    String rest = path.substring("file:".length());
    if (!rest.startsWith("/") || (rest.startsWith("//") && !rest.startsWith("///"))) {
      throw new IllegalArgumentException(
          "The path '%s' is no local file. Allowed: a path, or file:///path".formatted(path));
    }

    return Path.of(rest);
  }
}
