package io.firesteel.internal.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A local file that goes when it is closed. */
public record TemporaryFile(Path path) implements AutoCloseable {

  /** Creates an empty file in the JVM's temporary folder. */
  public static TemporaryFile create(String suffix) throws IOException {
    return new TemporaryFile(Files.createTempFile("firesteel-", suffix));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }
}
