package io.firesteel.jobs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.security.AccessControlException;
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
    Path whole = files.makeQualified(new Path(path));
    return files instanceof LocalFileSystem ? whole.toUri().getPath() : whole.toString();
  }

  /** Returns the path of a file in a folder. */
  String file(String field, String folder, String name) throws IOException {
    return file(field, new Path(new Path(folder), name).toString());
  }

  /** Opens a file for reading. */
  InputStream open(String field, String path) throws IOException {
    FileSystem files = fileSystem(field, path);
    try {
      return files.open(new Path(path));
    } catch (FileNotFoundException e) {
      throw new IOException(
          "%s: there is no file %s".formatted(field, files.makeQualified(new Path(path))));
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
    return fileSystem(field, path).exists(new Path(path));
  }

  /** Tells whether a path that exists is a folder. */
  boolean isFolder(String field, String path) throws IOException {
    return fileSystem(field, path).getFileStatus(new Path(path)).isDirectory();
  }

  /** Returns when a file was last written, in milliseconds since 1970. */
  long modified(String field, String path) throws IOException {
    return fileSystem(field, path).getFileStatus(new Path(path)).getModificationTime();
  }

  /**
   * Checks, without writing anything, that a folder can be made or written to.
   *
   * @throws IOException if it can't, naming the field and what stands in the way
   */
  void requireWritableFolder(String field, String path) throws IOException {
    FileSystem files = fileSystem(field, path);
    Path folder = files.makeQualified(new Path(path));
    Path existing = folder;
    FileStatus status = status(files, existing);
    while (status == null && existing.getParent() != null) {
      existing = existing.getParent();
      status = status(files, existing);
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
      return new Path(path).getFileSystem(hadoopConf);
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(
          "%s: %s is no usable path: %s".formatted(field, path, e.getMessage()), e);
    }
  }
}
