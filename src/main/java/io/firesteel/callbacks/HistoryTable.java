package io.firesteel.callbacks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one or several runs as a table: a row an epoch of a run, a column for each name
 * that was logged. Columns are {@code run}, if the runs have names, {@code epoch}, from 0, and the
 * names in the order in which they came.
 *
 * <pre>{@code
 * HistoryTable.of(history)
 * HistoryTable.empty().add("sgd", first).add("adam", second)
 * }</pre>
 *
 * <p>As text it is what notebooks draw: Zeppelin's {@code %table}.
 */
public final class HistoryTable {

  /** The column of a run's name. */
  public static final String RUN = "run";

  /** The column of the epoch. */
  public static final String EPOCH = "epoch";

  private record Run(@Nullable String name, History history) {}

  private final List<Run> runs;

  private HistoryTable(List<Run> runs) {
    this.runs = runs;
  }

  /** Returns the table of one run without a name. */
  public static HistoryTable of(History history) {
    return new HistoryTable(List.of(new Run(null, history)));
  }

  /** Returns a table without rows, to {@link #add} runs to. */
  public static HistoryTable empty() {
    return new HistoryTable(List.of());
  }

  /**
   * Returns a table with one more run.
   *
   * @throws IllegalArgumentException if the name is taken, or this is the table of a run without
   *     one
   */
  public HistoryTable add(String run, History history) {
    if (runs.stream().anyMatch(other -> other.name() == null || other.name().equals(run))) {
      throw new IllegalArgumentException(
          "The runs of a table need different names. Received: '%s' beside %s"
              .formatted(run, runs.stream().map(Run::name).toList()));
    }

    List<Run> more = new ArrayList<>(runs);
    more.add(new Run(run, history));
    return new HistoryTable(more);
  }

  /** Tells whether there is a column of the runs' names. */
  public boolean hasRuns() {
    return runs.stream().anyMatch(run -> run.name() != null);
  }

  /** Returns the names that were logged, in order: the columns behind run and epoch. */
  public List<String> names() {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(run -> names.addAll(run.history().history().keySet()));
    return List.copyOf(names);
  }

  /** Returns the columns in order. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    if (hasRuns()) {
      columns.add(RUN);
    }

    columns.add(EPOCH);
    columns.addAll(names());
    return columns;
  }

  /** Returns the rows in order: a String, if runs have names, an Integer, and Doubles or nulls. */
  public List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<String> names = names();
    for (Run run : runs) {
      for (int epoch : run.history().epoch()) {
        List<@Nullable Object> row = new ArrayList<>();
        if (run.name() != null) {
          row.add(run.name());
        }

        row.add(epoch);
        names.forEach(name -> row.add(run.history().value(name, epoch)));
        rows.add(row);
      }
    }

    return rows;
  }

  /** Returns the table as Zeppelin draws it; a value that is not there is empty. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("%table ").append(line(columns()));
    rows().forEach(row -> text.append(line(row)));
    return text.toString();
  }

  /** A tab or a line break in a name would be another cell. */
  private static String line(List<? extends @Nullable Object> cells) {
    return cells.stream()
        .map(cell -> Objects.toString(cell, "").replaceAll("[\\t\\r\\n]", " "))
        .collect(Collectors.joining("\t", "", "\n"));
  }
}
