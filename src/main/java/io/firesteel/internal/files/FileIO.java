package io.firesteel.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ServiceLoader;

/**
 * Reads and atomically writes single files that a path names: a saved model, a result.
 *
 * <p>{@link #of} chooses by the path alone. A path without a scheme and one of the scheme {@code
 * file} belong to the local file system; every other scheme ({@code hdfs}, {@code s3a}, ...) to the
 * one provider that the jar declares under {@code META-INF/services}, which is Hadoop's. The
 * provider is looked up by the class loader of this interface, so it is found wherever the jar is.
 */
public interface FileIO {

  /** Writes the content of a file into a stream, which the caller closes. */
  @FunctionalInterface
  interface Content {
    /** Writes everything. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Opens a file for reading.
   *
   * @throws java.io.FileNotFoundException if there is none
   */
  InputStream open(String path) throws IOException;

  /**
   * Writes a file whole or not at all: into a temporary sibling, which takes the place of an
   * existing file once it is closed. Missing parent folders are made. If the content fails, the
   * sibling is removed and an existing file is as it was.
   */
  void write(String path, Content content) throws IOException;

  /**
   * Opens a new file that readers may follow while it grows: {@code flush} shows them what was
   * written, where the file system can do that. Missing parent folders are made.
   *
   * @throws IOException if the file is there already, or can't be made
   */
  OutputStream create(String path) throws IOException;

  /** Tells whether there is a file or a folder. */
  boolean exists(String path) throws IOException;

  /**
   * Makes sure that a file can be written: makes its missing parent folders, and a file beside it
   * that it removes at once.
   *
   * @throws IOException if it can't, or if there is a folder of that name
   */
  void requireWritable(String path) throws IOException;

  /**
   * Returns what reads and writes a path.
   *
   * @throws IllegalArgumentException if the path has a scheme that nothing here knows
   */
  static FileIO of(String path) {
    String scheme = LocalFileIO.schemeOf(path);
    if (scheme.isEmpty() || scheme.equals("file")) {
      return new LocalFileIO();
    }

    return ServiceLoader.load(FileIO.class, FileIO.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The path '%s' has the scheme '%s', which needs Firesteel's Hadoop support on the class path. Allowed without it: a local path"
                        .formatted(path, scheme)));
  }
}
