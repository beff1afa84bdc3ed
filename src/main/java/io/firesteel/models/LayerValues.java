package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.layers.Layer;
import io.firesteel.variables.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The values that a file has for the variables of one layer.
 *
 * @param layer the layer
 * @param targets its variables by the group within the layer's
 * @param saved what the file has, likewise
 */
record LayerValues(
    Layer layer, Map<String, List<Variable>> targets, Map<String, List<Variable>> saved) {

  static LayerValues of(Layer layer, Map<String, List<Variable>> targets, Weights saved) {
    Map<String, List<Variable>> groups = new HashMap<>();
    groups.put("", saved.variables());
    for (Part part : saved.parts()) {
      groups.put(part.path(), part.variables());
    }

    return new LayerValues(layer, targets, groups);
  }

  /**
   * Adds the value of each variable.
   *
   * @throws IllegalArgumentException if there are more or fewer, or one has another shape
   */
  void addTo(Map<Variable, float[]> values) {
    requireKnown();
    targets.forEach(
        (group, variables) -> {
          List<Variable> given = saved.getOrDefault(group, List.of());
          if (given.size() != variables.size()) {
            throw new IllegalArgumentException(
                "The layer '%s' has %d variables%s, the file has %d"
                    .formatted(layer.name(), variables.size(), in(group), given.size()));
          }

          for (int i = 0; i < variables.size(); i++) {
            if (!variables.get(i).isInteger()) {
              requireSameShape(variables.get(i), given.get(i));
              values.put(variables.get(i), given.get(i).values());
            }
          }
        });
  }

  /** Refuses state that the layer does not have here, apart from that of random numbers. */
  private void requireKnown() {
    TreeSet<String> unknown = new TreeSet<>();
    saved.forEach(
        (group, variables) -> {
          if (!variables.isEmpty()
              && !targets.containsKey(group)
              && !group.endsWith("seed_generator")) {
            unknown.add(group);
          }
        });
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The layer '%s' has state in the file that it does not have here, in its parts %s"
              .formatted(layer.name(), unknown));
    }
  }

  private static String in(String group) {
    return group.isEmpty() ? "" : " in its part '" + group + "'";
  }

  private static void requireSameShape(Variable target, Variable saved) {
    if (saved.isInteger() || !target.shape().equals(saved.shape())) {
      throw new IllegalArgumentException(
          "The variable %s has the shape %s, in the file it has %s"
              .formatted(target.path(), target.shape(), saved.shape()));
    }
  }
}
