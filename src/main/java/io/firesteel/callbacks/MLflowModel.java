package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model as MLflow keeps models: a folder with a file {@code MLmodel}, the {@code .keras} file for
 * the flavor keras, and, where the model can be exported, the ONNX file for the flavors onnx and
 * python_function.
 *
 * <p>Source: MLflow, "MLflow Model format". MLmodel is YAML; JSON, which this writes, is YAML too.
 */
final class MLflowModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MLflowModel.class);

  private static final String REQUIREMENTS =
      """
      mlflow
      onnx
      onnxruntime
      """;

  private static final String PYTHON =
      """
      python: "3"
      build_dependencies:
      - pip
      dependencies:
      - -r requirements.txt
      """;

  private static final String CONDA =
      """
      name: mlflow-env
      channels:
      - conda-forge
      dependencies:
      - python
      - pip
      - pip:
        - mlflow
        - onnx
        - onnxruntime
      """;

  /** The folder among the run's artifacts. */
  static final String FOLDER = "model";

  private final Path folder;
  private final Config description;

  private MLflowModel(Path folder, Config description) {
    this.folder = folder;
    this.description = description;
  }

  /** Writes a model into a folder of its own, which goes away with {@link #close}. */
  static MLflowModel of(CallbackModel model, String runId) throws IOException {
    Path folder = Files.createTempDirectory("firesteel-mlflow");
    try {
      Files.createDirectory(folder.resolve("data"));
      model.save(folder.resolve("data/model.keras").toString());
      Config description = description(runId, exported(model, folder));
      Files.writeString(folder.resolve("MLmodel"), description.toJson() + "\n");
      return new MLflowModel(folder, description);
    } catch (IOException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static boolean exported(CallbackModel model, Path folder) throws IOException {
    try {
      model.export(folder.resolve("model.onnx").toString());
    } catch (IllegalArgumentException e) {
      LOG.warn("MLflowLogger logs the model without the flavor onnx: {}", e.getMessage());
      return false;
    }

    Files.writeString(folder.resolve("requirements.txt"), REQUIREMENTS);
    Files.writeString(folder.resolve("python_env.yaml"), PYTHON);
    Files.writeString(folder.resolve("conda.yaml"), CONDA);
    return true;
  }

  private static Config description(String runId, boolean withOnnx) {
    Config.Builder flavors =
        Config.builder().put("keras", Config.builder().put("data", "data").build());
    if (withOnnx) {
      Config environment =
          Config.builder().put("conda", "conda.yaml").put("virtualenv", "python_env.yaml").build();
      flavors
          .put(
              "onnx",
              Config.builder()
                  .put("data", "model.onnx")
                  .put("providers", List.of("CPUExecutionProvider"))
                  .build())
          .put(
              "python_function",
              Config.builder()
                  .put("loader_module", "mlflow.onnx")
                  .put("data", "model.onnx")
                  .put("env", environment)
                  .build());
    }

    return Config.builder()
        .put("artifact_path", FOLDER)
        .put("flavors", flavors.build())
        .put("model_uuid", UUID.randomUUID().toString().replace("-", ""))
        .put("run_id", runId)
        .put("utc_time_created", Instant.now().toString().replace('T', ' ').replace("Z", ""))
        .build();
  }

  /** Returns the content of MLmodel. */
  Config description() {
    return description;
  }

  /** Returns the names of the files, MLmodel last, so that it is there only with the others. */
  List<String> files() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(names::add);
    }

    names.remove("MLmodel");
    names.add("MLmodel");
    return names;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
