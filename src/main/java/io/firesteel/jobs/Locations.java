package io.firesteel.jobs;

import io.firesteel.internal.monitoring.Causes;
import io.firesteel.spark.internal.hadoop.HadoopPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/**
 * The paths of a job, as Hadoop resolves them: one without a scheme belongs to the default file
 * system, a relative one to its working directory.
 */
final class Locations {

  private final Configuration hadoopConf;

  Locations(Configuration hadoopConf) {
    this.hadoopConf = hadoopConf;
  }

  Configuration hadoopConf() {
    return hadoopConf;
  }

  /**
   * Returns the whole path of a file, for {@link io.firesteel.internal.files.FileIO}.
   *
   * @param field the field of the job that names it, for errors
   * @throws IOException if it is on no known file system
   */
  String file(String field, String path) throws IOException {
    FileSystem files = fileSystem(field, path);
    Path whole = files.makeQualified(HadoopPath.of(path));
    return files instanceof LocalFileSystem ? whole.toUri().getPath() : whole.toString();
  }

  /** Returns the path of a file in a folder. */
  String file(String field, String folder, String name) throws IOException {
    fileSystem(field, folder);
    return file(field, new Path(HadoopPath.of(folder), name).toString());
  }

  /** Opens a file for reading. */
  InputStream open(String field, String path) throws IOException {
    FileSystem files = fileSystem(field, path);
    Path file = files.makeQualified(HadoopPath.of(path));
    try {
      return files.open(HadoopPath.of(path));
    } catch (FileNotFoundException e) {
      String problem = exists(field, path) ? "%s is a folder" : "there is no file %s";
      throw new IOException(field + ": " + problem.formatted(file));
    } catch (IOException e) {
      throw named(field, path, e);
    }
  }

  /** Returns the text of a file. */
  String read(String field, String path) throws IOException {
    try (InputStream in = open(field, path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Tells whether there is a file or a folder. */
  boolean exists(String field, String path) throws IOException {
    try {
      return fileSystem(field, path).exists(HadoopPath.of(path));
    } catch (IOException e) {
      throw named(field, path, e);
    }
  }

  /** Tells whether a path that exists is a folder. */
  boolean isFolder(String field, String path) throws IOException {
    return fileSystem(field, path).getFileStatus(HadoopPath.of(path)).isDirectory();
  }

  /** Returns when a file was last written, in milliseconds since 1970. */
  long modified(String field, String path) throws IOException {
    return fileSystem(field, path).getFileStatus(HadoopPath.of(path)).getModificationTime();
  }

  /** Tells whether a folder has an entry whose name begins so. */
  boolean hasEntry(String field, String folder, String prefix) throws IOException {
    FileSystem files = fileSystem(field, folder);
    try {
      return Arrays.stream(files.listStatus(HadoopPath.of(folder)))
          .anyMatch(entry -> entry.getPath().getName().startsWith(prefix));
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw named(field, folder, e);
    }
  }

  /**
   * Puts a folder in the place of another one, which goes once the new one is there: it is set
   * aside, and put back if the new one can't take its place.
   *
   * @throws IOException if that fails, naming where the old and the new one are
   */
  void replace(String field, String from, String to) throws IOException {
    FileSystem files = fileSystem(field, to);
    Path target = HadoopPath.of(to);
    Path aside = HadoopPath.of(to + ".old-" + UUID.randomUUID());
    try {
      boolean hasOld = files.exists(target);
      if (hasOld) {
        rename(files, target, aside);
      }

      try {
        rename(files, HadoopPath.of(from), target);
      } catch (IOException e) {
        if (hasOld) {
          putBack(files, aside, target, e);
        }

        throw e;
      }

      if (hasOld) {
        files.delete(aside, true);
      }
    } catch (IOException e) {
      throw named(field, to, e);
    }
  }

  private static void rename(FileSystem files, Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("%s can't be renamed to %s".formatted(from, to));
    }
  }

  private static void putBack(FileSystem files, Path aside, Path target, IOException failure)
      throws IOException {
    try {
      rename(files, aside, target);
    } catch (IOException e) {
      failure.addSuppressed(e);
      throw new IOException(
          "%s. What was there before is in %s".formatted(Failure.text(failure), aside), failure);
    }
  }

  /**
   * Checks that a file system has room for something, as far as it knows.
   *
   * @throws IOException if it has not, naming the field, what is needed and what is there
   */
  void requireRoom(String field, String path, long bytes) throws IOException {
    FileSystem files = fileSystem(field, path);
    FsStatus status;
    try {
      Path existing = files.makeQualified(HadoopPath.of(path));
      while (!files.exists(existing) && existing.getParent() != null) {
        existing = existing.getParent();
      }

      status = files.getStatus(existing);
    } catch (IOException e) {
      throw named(field, path, e);
    }

    // An HDFS whose data nodes are all away has no capacity at all.
    long room = status.getRemaining();
    if (room < bytes && status.getCapacity() > 0) {
      throw new IOException(
          "%s: %s has no room for the model, whose weights alone take %,d bytes. Free: %,d bytes"
              .formatted(field, path, bytes, room));
    }
  }

  /** Removes a folder because of a failure, which keeps what goes wrong with that. */
  void deleteAfter(Exception failure, String folder) {
    try {
      HadoopPath.of(folder).getFileSystem(hadoopConf).delete(HadoopPath.of(folder), true);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static IOException named(String field, String path, IOException e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new IOException("%s: %s can't be reached: %s".formatted(field, path, text), e);
  }

  /**
   * Checks, without writing anything, that a folder can be made or written to.
   *
   * @throws IOException if it can't, naming the field and what stands in the way
   */
  void requireWritableFolder(String field, String path) throws IOException {
    FileSystem files = fileSystem(field, path);
    Path folder = files.makeQualified(HadoopPath.of(path));
    Path existing = folder;
    FileStatus status;
    try {
      status = status(files, existing);
      while (status == null && existing.getParent() != null) {
        existing = existing.getParent();
        status = status(files, existing);
      }
    } catch (IOException e) {
      throw named(field, path, e);
    }

    if (status == null) {
      throw new IOException("%s: %s can't be reached".formatted(field, folder));
    }

    if (!status.isDirectory()) {
      throw new IOException(
          "%s: %s can't be a folder, for %s is a file".formatted(field, folder, existing));
    }

    if (!isWritable(files, existing)) {
      throw new IOException(
          "%s: %s can't be written, for %s is not writable".formatted(field, folder, existing));
    }
  }

  private static @Nullable FileStatus status(FileSystem files, Path path) throws IOException {
    try {
      return files.getFileStatus(path);
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return null;
    }
  }

  private static boolean isWritable(FileSystem files, Path folder) throws IOException {
    if (files instanceof LocalFileSystem) {
      return Files.isWritable(java.nio.file.Path.of(folder.toUri().getPath()));
    }

    try {
      files.access(folder, FsAction.WRITE_EXECUTE);
      return true;
    } catch (AccessControlException e) {
      return false;
    }
  }

  private FileSystem fileSystem(String field, String path) throws IOException {
    try {
      return HadoopPath.of(path).getFileSystem(hadoopConf);
    } catch (RuntimeException | IOException e) {
      requireKnownJava(e);
      String text = Failure.text(Causes.first(e));
      throw new IOException(
          "%s: %s is no usable path: %s%s".formatted(field, shown(path), text, missingJar(text)),
          e);
    }
  }

  /** Hadoop asks for the user in a way that Java no longer has, since 24. */
  private static void requireKnownJava(Exception e) throws IOException {
    Throwable first = Causes.first(e);
    if (first instanceof UnsupportedOperationException
        && String.valueOf(first.getMessage()).contains("getSubject")) {
      throw new IOException(
          "Hadoop %s, which this Spark brings, does not run with Java %s (%s). Use Java 17"
              .formatted(
                  VersionInfo.getVersion(), System.getProperty("java.version"), first.getMessage()),
          e);
    }
  }

  private static String shown(String path) {
    return path.isBlank() ? "'" + path + "'" : path;
  }

  /** Hadoop knows classes by name whose jars Spark does not bring. */
  private static String missingJar(String text) {
    return text.contains("S3AFileSystem")
        ? ". Its jar is missing: spark-submit --packages org.apache.hadoop:hadoop-aws:"
            + VersionInfo.getVersion()
        : "";
  }
}
