package io.firesteel.jobs;

import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a job's main class.
 *
 * @param file the job file
 * @param settings the fields to set, each as {@code a.b.c=VALUE}
 */
record Arguments(String file, List<String> settings) {

  private static final String SET = "--set";

  Arguments {
    settings = List.copyOf(settings);
  }

  /** Returns how to call a main class. */
  static String usage(String command) {
    return "Usage: %s JOB.json [--set FIELD=VALUE ...]".formatted(command);
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it has not exactly one job file, or an unknown option
   */
  static Arguments parse(String command, String... arguments) {
    List<String> files = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals(SET) && i + 1 < arguments.length) {
        i++;
        settings.add(arguments[i]);
      } else if (arguments[i].startsWith("-")) {
        throw new IllegalArgumentException(
            "%s %s. %s"
                .formatted(
                    arguments[i],
                    arguments[i].equals(SET) ? "needs FIELD=VALUE" : "is no option",
                    usage(command)));
      } else {
        files.add(arguments[i]);
      }
    }

    if (files.size() != 1) {
      throw new IllegalArgumentException(
          "One job file is needed. Received: %s. %s".formatted(files, usage(command)));
    }

    return new Arguments(files.get(0), settings);
  }
}
