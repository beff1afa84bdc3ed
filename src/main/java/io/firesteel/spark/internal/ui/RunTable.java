package io.firesteel.spark.internal.ui;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The table of runs. */
final class RunTable {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final List<RunView.Head> heads;
  private final String chosen;

  /** Creates a table in which the run of that id is marked. */
  RunTable(List<RunView.Head> heads, String chosen) {
    this.heads = heads;
    this.chosen = chosen;
  }

  /** Returns a time as the page writes it. */
  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
  }

  /** Returns how long a run has lasted, in seconds. */
  static double seconds(RunView.Head head) {
    long end = head.isRunning() ? System.currentTimeMillis() : head.updated();
    return Math.max(0, end - head.started()) / 1e3;
  }

  /** Writes what says how a run stands. */
  static void badge(Markup html, RunStatus status) {
    html.element("span", "fs-badge fs-" + status.text(), status.text());
  }

  void write(Markup html) {
    html.heading("Runs (%d)".formatted(heads.size()));
    html.html("<div class=\"fs-runs\">");
    html.table("Status", "Model", "Started", "#Duration", "#Epoch", "#Step", "#Loss", "#Samples/s");
    for (RunView.Head head : heads) {
      row(html, head);
    }

    html.endTable().html("</div>");
  }

  private void row(Markup html, RunView.Head head) {
    html.html(head.run().equals(chosen) ? "<tr class=\"fs-chosen\"><td>" : "<tr><td>");
    badge(html, head.status());
    html.html("</td><td><a href=\"?run=" + Markup.escape(head.run()) + "\">");
    html.text(head.model()).html("</a></td>");
    html.cell(time(head.started())).number(Numbers.duration(seconds(head)));
    html.number("%d / %d".formatted(head.epoch(), head.epochs()));
    html.number(Numbers.count(head.step()) + " / " + Numbers.count(head.steps()));
    html.number(Numbers.number(head.loss()));
    html.number(Numbers.compact(head.samplesPerSecond())).html("</tr>");
  }
}
