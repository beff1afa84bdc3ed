package io.firesteel.jobs;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.jobs.Job.OutputSection;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Which model a job works with.
 *
 * @param path a saved model, or null
 * @param architecture Keras's serialized {@code Sequential}, or null
 */
record ModelSection(@Nullable String path, @Nullable Config architecture) {

  /** The model that {@link Train} writes into the output folder. */
  static final String FILE = "model.keras";

  /**
   * Reads the section.
   *
   * @throws IllegalArgumentException if it is neither a path nor a serialized model
   */
  static ModelSection parse(Config config) {
    if (config.has("path") && config.has("class_name")) {
      throw new IllegalArgumentException(
          "model: only one of 'path' and a serialized model can be given. To replace the model of a job file use --set 'model={\"path\": \"%s\"}'"
              .formatted(config.get("path")));
    }

    if (config.has("path")) {
      return new ModelSection(Fields.read("model", config, "path").string("path"), null);
    }

    Fields.read(
        "model",
        config,
        "path",
        "module",
        "class_name",
        "config",
        "registered_name",
        "build_config",
        "compile_config",
        "firesteel_columns");
    return new ModelSection(null, config);
  }

  /**
   * Returns the saved model, or a new one with start values of a seed.
   *
   * @param compiled whether a saved one is compiled as it was
   */
  Model open(long seed, Locations locations, boolean compiled) throws IOException {
    if (path != null) {
      return load("model.path", path, locations, compiled);
    }

    return Model.fromJson((architecture == null ? Config.empty() : architecture).toJson(), seed);
  }

  /** Returns the file that is evaluated: the saved model, or the one that the job has trained. */
  String trainedFile(OutputSection output, Locations locations) throws IOException {
    return path == null
        ? locations.file("output.path", output.path(), FILE)
        : locations.file("model.path", path);
  }

  /**
   * Returns the model in a file.
   *
   * @param compiled whether it is compiled as it was
   */
  static Model load(String field, String file, Locations locations, boolean compiled)
      throws IOException {
    try (InputStream in = locations.open(field, file)) {
      return Model.of(KerasArchive.readFrom(in, file), compiled);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s: %s".formatted(field, file, e.getMessage()), e);
    }
  }
}
