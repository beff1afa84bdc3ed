package io.firesteel.jobs;

import io.firesteel.checkpoint.CheckpointFiles;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.checkpoint.Manifest;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what is in a folder of checkpoints, in one checkpoint, or in a {@code .keras} file: {@code
 * spark-submit --class io.firesteel.jobs.Inspect firesteel.jar PATH [--json]}.
 *
 * <p>Every file is read and its checksum compared. Nothing is written, and no Spark session is
 * needed.
 */
public final class Inspect {

  private static final String COMMAND = "Inspect";
  private static final String JSON = "--json";
  private static final Pattern STEP = Pattern.compile("(?:(.*)/)?step-(0|[1-9][0-9]{0,17})/?");

  private final Locations locations;

  private Inspect(Locations locations) {
    this.locations = locations;
  }

  /** Prints the report, and ends the JVM with 1 if there is nothing valid to report on. */
  public static void main(String[] args) {
    int exitCode = run(args, new Locations(JobMain.hadoopConf()), System.out, System.err);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  static int run(String[] args, Locations locations, PrintStream out, PrintStream err) {
    List<String> paths = new ArrayList<>(Arrays.asList(args));
    boolean json = paths.remove(JSON);
    try {
      if (paths.size() != 1 || paths.get(0).startsWith("-")) {
        throw new IllegalArgumentException(
            "One path is needed. Received: %s. Usage: %s PATH [%s]"
                .formatted(paths, COMMAND, JSON));
      }

      Config report = new Inspect(locations).report(paths.get(0));
      out.println(json ? report.toPrettyJson() : InspectText.of(report));
      return 0;
    } catch (IOException | RuntimeException e) {
      err.println(Failure.describe(COMMAND, e));
      return 1;
    }
  }

  private Config report(String path) throws IOException {
    if (!locations.exists(COMMAND, path)) {
      throw new IllegalArgumentException("There is nothing at " + locations.file(COMMAND, path));
    }

    if (!locations.isFolder(COMMAND, path)) {
      return file(path);
    }

    Matcher step = STEP.matcher(path);
    return step.matches()
        ? one(path, Objects.requireNonNullElse(step.group(1), "."), Long.parseLong(step.group(2)))
        : folder(path, checkpoints(path));
  }

  private List<CheckpointSummary> checkpoints(String folder) {
    return HadoopCheckpointStore.read(folder, locations.hadoopConf()).list();
  }

  private Config one(String path, String folder, long step) throws IOException {
    CheckpointSummary summary =
        checkpoints(folder).stream().filter(each -> each.step() == step).findFirst().orElseThrow();
    String problem = summary.problem();
    if (problem != null) {
      throw new IllegalArgumentException("%s is not valid: %s".formatted(path, problem));
    }

    return checkpoint(summary);
  }

  private Config file(String path) throws IOException {
    try (InputStream in = locations.open(COMMAND, path)) {
      return Config.builder()
          .put("file", locations.file(COMMAND, path))
          .put("model", ArchiveReport.of(KerasArchive.readFrom(in, path)))
          .build();
    }
  }

  private Config folder(String path, List<CheckpointSummary> all) throws IOException {
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          "%s holds no checkpoints (folders named step-<n>)"
              .formatted(locations.file(COMMAND, path)));
    }

    List<Config> summaries = new ArrayList<>();
    Config newest = null;
    for (CheckpointSummary summary : all) {
      summaries.add(summary(summary));
      if (newest == null && summary.problem() == null) {
        newest = checkpoint(summary);
      }
    }

    return Config.builder()
        .put("folder", locations.file(COMMAND, path))
        .put("checkpoints", summaries)
        .put("newest_valid", newest)
        .build();
  }

  private Config summary(CheckpointSummary summary) throws IOException {
    Manifest manifest = summary.manifest();
    Config.Builder config =
        Config.builder()
            .put("step", summary.step())
            .put("path", summary.path())
            .put("valid", summary.problem() == null)
            .put("problem", summary.problem());
    if (manifest != null) {
      long bytes = manifest.lengths().values().stream().mapToLong(Long::longValue).sum();
      config
          .put("committed", committed(summary))
          .put("bytes", bytes)
          .put("weights_sha256", manifest.weightsSha256())
          .put("run_id", manifest.runId())
          .put("firesteel", manifest.libraryVersion())
          .put("files", files(manifest));
    }

    return config.build();
  }

  private String committed(CheckpointSummary summary) throws IOException {
    long millis = locations.modified(COMMAND, summary.path() + "/" + Manifest.FILE);
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Config files(Manifest manifest) {
    Config.Builder files = Config.builder();
    manifest
        .files()
        .forEach(
            (name, entry) ->
                files.put(
                    name,
                    Config.builder()
                        .put("bytes", entry.length())
                        .put("sha256", entry.sha256())
                        .build()));
    return files.build();
  }

  private Config checkpoint(CheckpointSummary summary) throws IOException {
    Manifest manifest = Objects.requireNonNull(summary.manifest());
    var checkpoint =
        CheckpointFiles.read(
            manifest, name -> locations.open(COMMAND, summary.path() + "/" + name));
    Config state = checkpoint.trainingState();
    return summary(summary).toBuilder()
        .put("progress", state.get("progress"))
        .put("model", ArchiveReport.of(checkpoint.model()))
        .put("contract", state.get("contract"))
        .put("callbacks", state.get("callbacks"))
        .put("environments", state.get("environments"))
        .build();
  }

  /** What a {@code .keras} file holds. */
  static final class ArchiveReport {

    private ArchiveReport() {}

    static Config of(KerasArchive archive) {
      Object compile = archive.config().get("compile_config");
      KerasArchive.@Nullable Weights optimizer = archive.optimizer();
      return Config.builder()
          .put("summary", summary(archive))
          .put("compile", compile)
          .put("iteration", optimizer == null ? null : iteration(optimizer))
          .put("optimizer_variables", optimizer == null ? 0 : optimizer.variables().size())
          .put("layers_not_of_keras", archive.layersNotOfKeras())
          .put("weights_sha256", archive.weightsSha256())
          .build();
    }

    /** A model with classes that are not known here is still worth reporting on. */
    private static String summary(KerasArchive archive) {
      try {
        return Model.of(archive).summary();
      } catch (IllegalArgumentException e) {
        return "(no summary: %s)".formatted(e.getMessage());
      }
    }

    private static @Nullable Long iteration(KerasArchive.Weights optimizer) {
      return optimizer.variables().stream()
          .filter(Variable::isInteger)
          .findFirst()
          .map(Variable::integer)
          .orElse(null);
    }
  }
}
