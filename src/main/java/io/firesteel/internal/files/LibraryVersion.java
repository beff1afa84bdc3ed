package io.firesteel.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library, as Maven wrote it into the jar. */
public final class LibraryVersion {

  private static final String POM = "/META-INF/maven/io.firesteel/firesteel/pom.properties";

  private LibraryVersion() {}

  /** Returns the version, or {@code development} outside a jar. */
  public static String current() {
    try (InputStream in = LibraryVersion.class.getResourceAsStream(POM)) {
      if (in == null) {
        return "development";
      }

      Properties pom = new Properties();
      pom.load(in);
      return pom.getProperty("version", "development");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
