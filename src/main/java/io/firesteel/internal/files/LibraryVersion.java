package io.firesteel.internal.files;

import org.jspecify.annotations.Nullable;

/** The version of this library, as the jar's manifest has it. */
public final class LibraryVersion {

  private static final @Nullable String IN_MANIFEST =
      LibraryVersion.class.getPackage().getImplementationVersion();

  private LibraryVersion() {}

  /** Returns the version, or {@code development} outside a jar. */
  public static String current() {
    return IN_MANIFEST == null ? "development" : IN_MANIFEST;
  }
}
