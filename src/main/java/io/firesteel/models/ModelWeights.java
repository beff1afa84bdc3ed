package io.firesteel.models;

import io.firesteel.variables.Variable;
import java.util.List;

/** The values of a model's or a layer's variables. */
final class ModelWeights {

  private ModelWeights() {}

  /** Returns the variables of a layer or nested model. */
  static List<Variable> of(ModelLayers model, String layer) {
    model.getLayer(layer);
    String prefix = model.name() + "/" + layer + "/";
    return model.variables().stream()
        .filter(variable -> variable.path().startsWith(prefix))
        .toList();
  }

  static void set(String owner, List<Variable> variables, float[][] weights) {
    if (weights.length != variables.size()) {
      throw new IllegalArgumentException(
          "setWeights: '%s' has %d variables. Received: %d arrays"
              .formatted(owner, variables.size(), weights.length));
    }

    for (int i = 0; i < weights.length; i++) {
      Variable variable = variables.get(i);
      if (weights[i].length != variable.shape().size()) {
        throw new IllegalArgumentException(
            "setWeights: the variable %s of shape %s holds %d values. Received: %d"
                .formatted(
                    variable.path(), variable.shape(), variable.shape().size(), weights[i].length));
      }
    }

    for (int i = 0; i < weights.length; i++) {
      variables.get(i).assign(weights[i]);
    }
  }
}
