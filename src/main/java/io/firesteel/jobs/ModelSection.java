package io.firesteel.jobs;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
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

  private static final String BUILD_SHAPE = "build_input_shape";

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
        "compile_config");
    return new ModelSection(null, config);
  }

  /** Returns the saved model, or a new one with start values of a seed. */
  Model open(long seed, Locations locations) throws IOException {
    return path == null ? create(seed) : load("model.path", path, locations);
  }

  /** Returns the file that is evaluated: the saved model, or the one that the job has trained. */
  String trainedFile(OutputSection output, Locations locations) throws IOException {
    return path == null
        ? locations.file("output.path", output.path(), FILE)
        : locations.file("model.path", path);
  }

  /** Returns the model in a file. */
  static Model load(String field, String file, Locations locations) throws IOException {
    try (InputStream in = locations.open(field, file)) {
      return Model.of(KerasArchive.readFrom(in, file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s: %s".formatted(field, file, e.getMessage()), e);
    }
  }

  /** Keras builds a model whose input shape is in its config; the seed must be set before that. */
  private Model create(long seed) {
    Config whole = architecture == null ? Config.empty() : architecture;
    Config inner = whole.reader("model").config("config");
    ConfigReader reader = inner.reader("model.config");
    List<?> inputShape = reader.optionalList(BUILD_SHAPE);
    Config unbuilt = whole.with("config", inner.without(BUILD_SHAPE));
    Model model = Model.fromJson(unbuilt.toJson()).seed(seed);
    if (!model.isBuilt() && inputShape.size() > 1) {
      model.build(Shape.of(inputShape.subList(1, inputShape.size())).dims());
    }

    return model;
  }
}
