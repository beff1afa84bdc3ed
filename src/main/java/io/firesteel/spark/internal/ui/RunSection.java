package io.firesteel.spark.internal.ui;

import io.firesteel.internal.monitoring.Phase;
import io.firesteel.spark.internal.ui.RunTables.RunTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Everything of one run: how it stands, curves, time, workers, checkpoints, configuration. */
final class RunSection {

  private static final String TRAIN = "#2f7fd1";
  private static final String VALIDATION = "#e8743b";

  /** Of the phases, in their order: idle ones are grey. */
  private static final String[] COLOURS = {
    "#8f6fc9", "#7cc0e8", "#2f7fd1", "#d3d8de", "#e6b32e", "#3aa76d", "#d98cb3", "#e8743b",
    "#9aa5b1"
  };

  /** Of the runs that are laid over the first one. */
  private static final String[] OTHERS = {"#8f6fc9", "#3aa76d", "#d9486e", "#b08900", "#2a9d8f"};

  private final RunView run;
  private final List<RunView> others;
  private final String jobs;

  /**
   * Creates the section of a run.
   *
   * @param others runs whose losses and metrics are laid over its own
   * @param jobs the link behind which its jobs are found
   */
  RunSection(RunView run, List<RunView> others, String jobs) {
    this.run = run;
    this.others = others;
    this.jobs = jobs;
  }

  void write(Markup html) {
    title(html);
    tiles(html);
    charts(html);
    time(html);
    new RunTables(run, jobs).write(html);
  }

  private void title(Markup html) {
    RunView.Head head = run.head();
    html.html("<div class=\"fs-title\"><h4>").text(head.title()).html("</h4>");
    RunTable.badge(html, head.status());
    html.element(
        "span",
        "fs-sub",
        "%s%s parameters · %s rows · batches of %s · %d shards · %s"
            .formatted(
                head.job() == null ? "" : "model %s · ".formatted(head.model()),
                NumberFormats.count(run.start().parameters()),
                NumberFormats.count(run.start().rows()),
                NumberFormats.count(run.start().batchSize()),
                run.start().shards(),
                run.start().source()));
    html.html("</div>");
    double done = head.steps() == 0 ? 0 : 100.0 * head.step() / head.steps();
    html.html(
        "<div class=\"fs-bar\"><div class=\"fs-bar-%s\" style=\"width:%s%%\"></div></div>"
            .formatted(head.status().text(), String.format(Locale.ROOT, "%.1f", done)));
    if (head.failure() != null) {
      html.element("pre", "fs-failure", head.failure());
    }
  }

  private void tiles(Markup html) {
    RunView.Head head = run.head();
    html.html("<div class=\"fs-tiles\">");
    tile(html, "Epoch", "%d / %d".formatted(head.epoch(), head.epochs()));
    tile(
        html, "Step", NumberFormats.count(head.step()) + " / " + NumberFormats.count(head.steps()));
    tile(html, "Loss", NumberFormats.number(head.loss()));
    if (run.logs().containsKey("val_loss")) {
      tile(html, "Validation loss", NumberFormats.number(run.logs().get("val_loss")));
    }

    tile(html, "Samples/s", NumberFormats.compact(head.samplesPerSecond()));
    tile(html, "Duration", NumberFormats.duration(RunTable.seconds(head)));
    if (head.isRunning()) {
      tile(html, "Time left", remaining());
    }

    if (!run.checkpoints().isEmpty()) {
      long last = run.checkpoints().get(0).time();
      if (head.isRunning()) {
        tile(html, "Last checkpoint", NumberFormats.ago(last));
      } else {
        double age = Math.rint((head.updated() - last) / 1e3);
        tile(
            html,
            "Checkpoint",
            age < 1 ? "at the end" : NumberFormats.duration(age) + " before end");
      }
    }

    html.html("</div>");
  }

  private static void tile(Markup html, String name, String value) {
    html.html("<div class=\"fs-tile\">").element("span", "", name).element("b", "", value);
    html.html("</div>");
  }

  /** By the time of the steps that this run has made, validation and checkpoints included. */
  private String remaining() {
    RunView.Head head = run.head();
    Long resumed = run.start().resumedFromStep();
    long made = head.step() - (resumed == null ? 0 : resumed);
    double perStep = RunTable.seconds(head) / made;
    return made < 1 ? "-" : NumberFormats.duration(perStep * (head.steps() - head.step()));
  }

  private void charts(Markup html) {
    long steps = Math.max(1, run.head().steps());
    for (RunView other : others) {
      steps = Math.max(steps, other.head().steps());
    }

    html.html("<div class=\"fs-charts\">");
    html.html(curves("loss", "Loss").toHtml(steps));
    for (String name : metrics()) {
      html.html(curves(name, name).toHtml(steps));
    }

    html.html(single("Learning rate", "", "learning_rate", "#8f6fc9", steps));
    html.html(single("Gradient norm", "before clipping", "gradient_norm", "#2a9d8f", steps));
    html.html(single("Throughput", "samples/s", "samples_per_second", "#3aa76d", steps));
    Chart phases = Chart.ofAreas("Time per step", "ms, without validation");
    for (Phase phase : Phase.values()) {
      if (phase != Phase.VALIDATION) {
        String name = RunState.name(phase);
        phases.line(name, COLOURS[phase.ordinal()], run.curve(name));
      }
    }

    html.html(phases.toHtml(steps)).html("</div>");
  }

  private List<String> metrics() {
    List<String> names = new ArrayList<>();
    for (String name : run.logs().keySet()) {
      if (!name.equals("loss") && !name.startsWith("val_")) {
        names.add(name);
      }
    }

    return names;
  }

  private Chart curves(String name, String title) {
    Chart chart = Chart.ofLines(title, "");
    if (others.isEmpty()) {
      return both(chart, run, name, "", TRAIN, VALIDATION);
    }

    both(chart, run, name, run.head().title() + " ", TRAIN, TRAIN);
    for (int i = 0; i < others.size(); i++) {
      RunView other = others.get(i);
      String colour = OTHERS[i % OTHERS.length];
      both(chart, other, name, other.head().title() + " ", colour, colour);
    }

    return chart;
  }

  private static Chart both(
      Chart chart, RunView of, String name, String prefix, String colour, String marked) {
    chart.line(prefix + "training", colour, of.curve(name));
    Series.Points validation = of.curve("val_" + name);
    return validation.size() == 0 ? chart : chart.marked(prefix + "validation", marked, validation);
  }

  private String single(String title, String unit, String name, String colour, long steps) {
    return Chart.ofLines(title, unit).line("", colour, run.curve(name)).toHtml(steps);
  }

  /** One bar of all the time, cut by phases. */
  private void time(Markup html) {
    double total = run.phaseMillis().values().stream().mapToDouble(Double::doubleValue).sum();
    if (total <= 0) {
      return;
    }

    html.heading("Where the time goes");
    StringBuilder bar = new StringBuilder("<div class=\"fs-share\">");
    Markup legend = new Markup().html("<div class=\"fs-legend\">");
    for (Phase phase : Phase.values()) {
      double millis = run.phaseMillis().getOrDefault(RunState.name(phase), 0.0);
      double share = 100 * millis / total;
      if (millis > 0) {
        bar.append(
            "<i style=\"width:%s%%;background:%s\"></i>"
                .formatted(String.format(Locale.ROOT, "%.3f", share), COLOURS[phase.ordinal()]));
        legend.html(
            "<span class=\"fs-key\"><i style=\"background:" + COLOURS[phase.ordinal()] + "\"></i>");
        legend.text(RunState.name(phase) + " ");
        legend.element("b", "", share < 0.95 ? "<1 %" : Math.round(share) + " %");
        legend.text(" " + NumberFormats.duration(millis / 1e3)).html("</span>");
      }
    }

    html.html(bar.append("</div>").toString()).html(legend.html("</div>").toString());
    html.element(
        "p",
        "fs-note",
        "read and compute are the slowest worker's; wait is the rest of the time until the sums are"
            + " there. Data read and dealt before the first step: "
            + NumberFormats.duration(run.start().openSeconds())
            + ".");
  }
}
