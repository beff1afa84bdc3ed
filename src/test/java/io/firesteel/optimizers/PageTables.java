package io.firesteel.optimizers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The tables of the page about optimizers: under each heading its rows, by their first cells. */
final class PageTables {

  private static final Path PAGE = Path.of("src/site/markdown/optimizers.md");
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern ADDED = Pattern.compile("`([^`]*)`: (\\d+)");

  /** A row's cells by the names of their columns. */
  record Row(Map<String, String> cells) {

    String cell(String column) {
      String cell = cells.get(column);
      if (cell == null) {
        throw new IllegalArgumentException(column + " is none of " + cells.keySet());
      }

      return cell;
    }

    /** What stands in backticks. */
    List<String> codes(String column) {
      return CODE.matcher(cell(column)).results().map(r -> r.group(1)).toList();
    }

    /** Numbers after what stands in backticks, as in {@code `a`: 4}. */
    Map<String, Long> numbers(String column) {
      Map<String, Long> numbers = new LinkedHashMap<>();
      for (MatchResult match : ADDED.matcher(cell(column)).results().toList()) {
        numbers.put(match.group(1), Long.valueOf(match.group(2)));
      }

      return numbers;
    }
  }

  private PageTables() {}

  static Map<String, Row> under(String heading) {
    List<List<String>> lines = lines(heading);
    Map<String, Row> rows = new LinkedHashMap<>();
    for (List<String> line : lines.subList(2, lines.size())) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int i = 0; i < lines.get(0).size(); i++) {
        cells.put(lines.get(0).get(i), line.get(i));
      }

      rows.put(line.get(0).replace("`", ""), new Row(cells));
    }

    return rows;
  }

  private static List<List<String>> lines(String heading) {
    List<List<String>> lines = new ArrayList<>();
    boolean under = false;
    for (String line : read().lines().toList()) {
      under = line.startsWith("#") ? line.equals("## " + heading) : under;
      if (under && line.startsWith("|")) {
        String[] cells = line.substring(1).split("\\|", -1);
        lines.add(Arrays.stream(cells, 0, cells.length - 1).map(String::strip).toList());
      }
    }

    return lines;
  }

  private static String read() {
    try {
      return Files.readString(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
