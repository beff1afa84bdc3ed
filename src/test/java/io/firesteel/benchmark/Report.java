package io.firesteel.benchmark;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown. */
final class Report {

  private final List<String> lines = new ArrayList<>();

  Report(String... columns) {
    add(columns);
    lines.add("|" + "---|".repeat(columns.length));
  }

  void add(String... cells) {
    lines.add("| " + String.join(" | ", cells) + " |");
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
