package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.saving.Argument;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model's variables as a file of Keras's {@code save_weights}, both ways.
 *
 * <p>Source: Keras 3.15, keras/src/saving/saving_lib.py.
 */
final class WeightsFile {

  /** What stands for the optimizer in the list of what was skipped. */
  static final String OPTIMIZER = "optimizer";

  private static final Logger LOG = LoggerFactory.getLogger(WeightsFile.class);
  private static final String END = ".weights.h5";

  private WeightsFile() {}

  static void save(Model model, String path) throws IOException {
    Argument.require("saveWeights", "path", path, path.endsWith(END), "one that ends in " + END);
    model.variables();
    ModelArchive.of(model).saveWeights(path);
  }

  static List<String> load(Model model, String path, boolean skipMismatch) throws IOException {
    boolean known = path.endsWith(END) || path.endsWith(".keras");
    Argument.require("loadWeights", "path", path, known, "one that ends in " + END + " or .keras");
    List<Variable> variables = model.variables();
    KerasArchive archive = KerasArchive.loadWeights(path, ModelConfig.of(model), !skipMismatch);
    List<String> skipped =
        new ArrayList<>(
            new SavedLayers(model.name(), model.graph(), variables)
                .restore(archive.layers(), skipMismatch));
    KerasArchive.Weights state = archive.optimizer();
    if (model.compiled() != null && state != null) {
      try {
        List<Variable> trainable = variables.stream().filter(Variable::trainable).toList();
        model.optimizer().restore(trainable, state.variables());
      } catch (IllegalArgumentException e) {
        if (!skipMismatch) {
          throw e;
        }

        LOG.warn("Not loaded: {}", e.getMessage());
        skipped.add(OPTIMIZER);
      }
    }

    return skipped;
  }
}
