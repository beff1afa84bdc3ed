package io.firesteel.jobs;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import org.jspecify.annotations.Nullable;

/** What a {@code .keras} file holds. */
final class ArchiveReport {

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
      return Sequential.of(archive).summary();
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
