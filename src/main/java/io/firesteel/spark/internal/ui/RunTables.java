package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tables of a run: workers, checkpoints, events, jobs, configuration. */
final class RunTables {

  private static final int SHOWN_JOBS = 20;
  private static final double SLOW = 1.5;

  private final RunView run;
  private final String jobs;

  RunTables(RunView run, String jobs) {
    this.run = run;
    this.jobs = jobs;
  }

  void write(Markup html) {
    workers(html);
    html.html("<div class=\"fs-columns\"><div>");
    checkpoints(html);
    html.html("</div><div>");
    events(html);
    html.html("</div></div>");
    jobs(html);
    configuration(html);
  }

  private void workers(Markup html) {
    List<StepClock.WorkerTime> workers = run.workers();
    if (workers.isEmpty()) {
      return;
    }

    double most = workers.stream().mapToDouble(StepClock.WorkerTime::meanMillis).max().orElse(0);
    double[] means =
        workers.stream().mapToDouble(StepClock.WorkerTime::meanMillis).sorted().toArray();
    double median = means[means.length / 2];
    html.heading("Workers (%d)".formatted(workers.size()));
    html.table(
        "Worker",
        "Executor",
        "Host",
        "Shards",
        "#Steps",
        "Milliseconds a step",
        "#Mean",
        "#Recent",
        "#Last",
        "#Max");
    for (StepClock.WorkerTime worker : workers) {
      boolean slow = worker.meanMillis() > SLOW * median && workers.size() > 1;
      html.html("<tr>").cell("" + worker.worker()).cell(worker.executor()).cell(worker.host());
      int last = worker.endShard() - 1;
      html.cell(
          last == worker.firstShard()
              ? Integer.toString(last)
              : "%d–%d".formatted(worker.firstShard(), last));
      html.number(NumberFormats.count(worker.steps()));
      double share = most > 0 ? 100 * worker.meanMillis() / most : 0;
      html.html(
          "<td class=\"fs-wide\"><div class=\"fs-work%s\" style=\"width:%s%%\"></div></td>"
              .formatted(slow ? " fs-slow" : "", String.format(Locale.ROOT, "%.1f", share)));
      html.number(NumberFormats.number(worker.meanMillis()))
          .number(NumberFormats.number(worker.recentMillis()));
      html.number(NumberFormats.number(worker.lastMillis()))
          .number(NumberFormats.number(worker.maxMillis()));
      html.html("</tr>");
    }

    html.endTable();
  }

  private void checkpoints(Markup html) {
    html.heading("Checkpoints");
    if (run.checkpoints().isEmpty()) {
      html.element(
          "p", "fs-none", run.start().checkpoints() == null ? "Not asked for." : "None yet.");
      return;
    }

    html.element("p", "fs-note", run.checkpoints().get(0).location());
    html.table("#Step", "#Size", "#Written in", "Committed");
    run.checkpoints().stream()
        .limit(10)
        .forEach(
            checkpoint -> {
              html.html("<tr>").number(NumberFormats.count(checkpoint.step()));
              html.number(NumberFormats.bytes(checkpoint.bytes()));
              html.number(NumberFormats.duration(checkpoint.seconds()));
              html.cell(ago(checkpoint.time())).html("</tr>");
            });
    html.endTable();
  }

  private String ago(long time) {
    return run.head().isRunning() ? NumberFormats.ago(time) : RunTable.time(time);
  }

  private void events(Markup html) {
    html.heading("Events");
    if (run.events().isEmpty()) {
      html.element("p", "fs-none", "Nothing unusual.");
      return;
    }

    html.table("Time", "What", "");
    run.events().stream()
        .limit(25)
        .forEach(
            event -> {
              html.html("<tr>").cell(RunTable.time(event.time()).substring(11));
              html.cell(event.kind()).cell(event.text()).html("</tr>");
            });
    html.endTable();
  }

  private void jobs(Markup html) {
    html.heading("Spark jobs (%s)".formatted(NumberFormats.count(run.jobCount())));
    html.html("<p class=\"fs-jobs\">");
    run.jobs().stream()
        .limit(SHOWN_JOBS)
        .forEach(
            job ->
                html.html("<a href=\"" + Markup.escape(jobs + job) + "\">")
                    .text("Job " + job)
                    .html("</a> "));
    html.html(run.jobCount() > SHOWN_JOBS ? "…</p>" : "</p>");
  }

  private void configuration(Markup html) {
    html.heading("Configuration");
    JsonNode all = RunJson.read(json(run.start().configuration()), JsonNode.class);
    html.html("<div class=\"fs-configs\">");
    if (!run.start().summary().isEmpty()) {
      details(html, "summary", "model summary", run.start().summary());
    }

    StringBuilder settings = new StringBuilder();
    for (Map.Entry<String, JsonNode> part : all.properties()) {
      if (part.getValue().isContainerNode()) {
        details(html, part.getKey(), part.getKey(), part.getValue().toPrettyString());
      } else if (!part.getValue().isNull()) {
        settings.append(part.getKey()).append(' ').append(part.getValue()).append('\n');
      }
    }

    run.start()
        .settings()
        .forEach((key, value) -> settings.append(key).append(' ').append(value).append('\n'));
    details(html, "settings", "settings", settings.toString());
    html.html("</div>");
  }

  /** A configuration that was cut off is no JSON any more. */
  private static String json(String configuration) {
    return configuration.endsWith("}")
        ? configuration
        : "{\"cut\":" + RunJson.write(configuration) + "}";
  }

  private static void details(Markup html, String id, String name, String text) {
    boolean open = id.equals("optimizer") || id.equals("summary");
    html.html("<details id=\"fs-d-" + Markup.escape(id) + "\"" + (open ? " open=\"\">" : ">"));
    html.element("summary", "", name.replace('_', ' ')).element("pre", "", text);
    html.html("</details>");
  }

  /** The table of runs. */
  static final class RunTable {

    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final List<RunView.Head> heads;
    private final String chosen;
    private final Set<String> others;

    /** Creates a table in which the run of that id is marked, and others are ticked. */
    RunTable(List<RunView.Head> heads, String chosen, Set<String> others) {
      this.heads = heads;
      this.chosen = chosen;
      this.others = others;
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
      html.table(
          "",
          "Status",
          "Run",
          "Model",
          "Started",
          "#Duration",
          "#Epoch",
          "#Step",
          "#Loss",
          "#Samples/s");
      for (RunView.Head head : heads) {
        row(html, head);
      }

      html.endTable().html("</div>");
    }

    private void row(Markup html, RunView.Head head) {
      boolean shown = head.run().equals(chosen) || others.contains(head.run());
      html.html(head.run().equals(chosen) ? "<tr class=\"fs-chosen\"><td>" : "<tr><td>");
      html.html(
          "<input type=\"checkbox\" class=\"fs-with\" value=\"%s\" aria-label=\"Lay over the others\"%s%s/></td><td>"
              .formatted(
                  Markup.escape(head.run()),
                  shown ? " checked=\"\"" : "",
                  head.run().equals(chosen) ? " disabled=\"\"" : ""));
      badge(html, head.status());
      html.html("</td><td><a href=\"?run=" + Markup.escape(head.run()) + "\">");
      html.text(head.title()).html("</a></td>").cell(head.model());
      html.cell(time(head.started())).number(NumberFormats.duration(seconds(head)));
      html.number("%d / %d".formatted(head.epoch(), head.epochs()));
      html.number(NumberFormats.count(head.step()) + " / " + NumberFormats.count(head.steps()));
      html.number(NumberFormats.number(head.loss()));
      html.number(NumberFormats.compact(head.samplesPerSecond())).html("</tr>");
    }
  }
}
