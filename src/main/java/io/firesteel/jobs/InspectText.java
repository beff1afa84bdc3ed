package io.firesteel.jobs;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The report of {@link Inspect} for people. */
final class InspectText {

  private static final int SHORT_DIGEST = 12;

  private final StringBuilder text = new StringBuilder();

  private InspectText() {}

  static String of(Config report) {
    InspectText writer = new InspectText();
    if (report.has("checkpoints")) {
      writer.folder(report);
    } else if (report.has("file")) {
      writer.line("File %s", report.get("file"));
      writer.model(config(report, "model"));
    } else {
      writer.checkpoint(report);
    }

    return writer.text.toString().stripTrailing();
  }

  private void folder(Config report) {
    line("Checkpoints in %s", report.get("folder"));
    for (Object each : list(report, "checkpoints")) {
      Config summary = (Config) Objects.requireNonNull(each);
      if (Boolean.TRUE.equals(summary.get("valid"))) {
        line(
            "  step-%s  valid, %s, %s bytes, weights %s",
            summary.get("step"),
            summary.get("committed"),
            grouped(summary.get("bytes")),
            String.valueOf(summary.get("weights_sha256")).substring(0, SHORT_DIGEST));
      } else {
        line("  step-%s  SKIPPED: %s", summary.get("step"), summary.get("problem"));
      }
    }

    line("");
    if (report.get("newest_valid") instanceof Config newest) {
      checkpoint(newest);
    } else {
      line("None of them is valid.");
    }
  }

  private void checkpoint(Config report) {
    Config progress = config(report, "progress");
    line("Checkpoint %s", report.get("path"));
    line(
        "  committed: %s, by Firesteel %s, run %s",
        report.get("committed"), report.get("firesteel"), report.get("run_id"));
    line(
        "  progress:  %s steps; %s epochs completed, %s batches of the next one; %s s of training%s",
        progress.get("step"),
        progress.get("epoch"),
        progress.get("batch"),
        String.format(Locale.ROOT, "%.1f", progress.reader("progress").number("seconds")),
        Boolean.TRUE.equals(progress.get("stopped")) ? "; stopped by a callback" : "");
    files(config(report, "files"));
    model(config(report, "model"));
    contract(config(report, "contract"));
    callbacks(list(report, "callbacks"));
    for (Object environment : list(report, "environments")) {
      line("  computed with: %s", environment);
    }
  }

  private void files(Config files) {
    for (String name : files.keys()) {
      Config file = config(files, name);
      line(
          "  file:      %s, %s bytes, SHA-256 %s, verified",
          name, grouped(file.get("bytes")), file.get("sha256"));
    }
  }

  private void model(Config model) {
    line("  weights:   SHA-256 %s", model.get("weights_sha256"));
    List<?> others = list(model, "layers_not_of_keras");
    if (!others.isEmpty()) {
      line(
          "  keras:     opens it only with classes registered for layers that it does not have: %s",
          others);
    }

    if (model.get("compile") instanceof Config compile && !compile.keys().isEmpty()) {
      line(
          "  optimizer: %s, iteration %s, %s variables",
          compile.get("optimizer"), model.get("iteration"), model.get("optimizer_variables"));
      line("  loss:      %s", compile.get("loss"));
      line("  metrics:   %s", compile.get("metrics"));
    }

    String.valueOf(model.get("summary")).lines().forEach(each -> line("  %s", each));
  }

  private void contract(Config contract) {
    line("  fit:       %s", contract.get("fit"));
    line("  data:      %s", contract.get("data"));
    if (contract.get("validation_data") != null) {
      line("  validation: %s", contract.get("validation_data"));
    }
  }

  private void callbacks(List<?> callbacks) {
    for (Object each : callbacks) {
      Config callback = (Config) Objects.requireNonNull(each);
      Object state = callback.get("state");
      line(
          "  callback:  %s %s",
          callback.get("class_name"), state instanceof Config values ? lastOnly(values) : state);
    }
  }

  /** A history has a value an epoch; the last ones say enough. */
  private static Config lastOnly(Config state) {
    if (!(state.get("history") instanceof Config history)) {
      return state;
    }

    Config.Builder last = Config.builder();
    for (String name : history.keys()) {
      List<?> values = list(history, name);
      last.put(name, values.isEmpty() ? null : values.get(values.size() - 1));
    }

    return Config.builder()
        .put("epochs", list(state, "epoch").size())
        .put("last", last.build())
        .build();
  }

  private void line(String format, @Nullable Object... values) {
    text.append(format.formatted(values)).append(System.lineSeparator());
  }

  private static String grouped(@Nullable Object number) {
    return number instanceof Long value ? String.format(Locale.ROOT, "%,d", value) : "?";
  }

  private static Config config(Config config, String key) {
    return config.get(key) instanceof Config value ? value : Config.empty();
  }

  private static List<?> list(Config config, String key) {
    return config.get(key) instanceof List<?> value ? value : new ArrayList<>();
  }
}
