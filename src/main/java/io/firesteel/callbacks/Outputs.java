package io.firesteel.callbacks;

import io.firesteel.internal.files.FileIO;
import io.firesteel.saving.Argument;
import java.io.IOException;

/** The check of the files that callbacks write, before the first step. */
final class Outputs {

  private Outputs() {}

  /**
   * Makes sure that a file can be written.
   *
   * @param given the argument as it was given
   * @param file the file that is meant
   * @throws IllegalArgumentException if it can't
   */
  static void check(String owner, String argument, String given, String file) {
    try {
      FileIO.of(file).requireWritable(file);
    } catch (IOException | RuntimeException e) {
      IllegalArgumentException refused =
          Argument.invalid(owner, argument, given, "a path that can be written (%s)".formatted(e));
      refused.initCause(e);
      throw refused;
    }
  }
}
