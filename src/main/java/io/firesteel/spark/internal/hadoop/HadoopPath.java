package io.firesteel.spark.internal.hadoop;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** Paths as users write them. */
public final class HadoopPath {

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");

  private HadoopPath() {}

  /**
   * Returns the path that a text names. What stands before a colon is a scheme only if a slash
   * follows, so {@code 2026-01-02T10:11:12} names a file or a folder.
   *
   * @throws IllegalArgumentException if the text is empty or no URI
   */
  public static Path of(String text) {
    int colon = text.indexOf(':');
    int slash = text.indexOf('/');
    boolean isInFirstName = colon >= 0 && (slash < 0 || colon < slash);
    return new Path(isInFirstName && !SCHEME.matcher(text).matches() ? "./" + text : text);
  }

  /**
   * Returns the path of a file to be written.
   *
   * @throws IOException if its name holds a colon, which Hadoop's file systems do not take
   */
  static Path ofFile(String text) throws IOException {
    Path path = of(text);
    if (path.getName().contains(":")) {
      throw new IOException(
          "%s: Hadoop's file systems take no file whose name holds ':'. Allowed: any other name"
              .formatted(text));
    }

    return path;
  }
}
