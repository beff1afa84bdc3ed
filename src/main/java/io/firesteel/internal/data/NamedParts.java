package io.firesteel.internal.data;

import io.firesteel.saving.Argument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was given for the inputs or outputs of a model by their names. */
public final class NamedParts {

  private NamedParts() {}

  /**
   * Returns what was given in the order of the model.
   *
   * @param kind {@code input} or {@code output}
   * @param names the names of the model's inputs or outputs
   * @throws IllegalArgumentException if one has nothing, or there is something for another name
   */
  public static <T> Map<String, T> inOrder(
      String kind, String model, List<String> names, Map<String, T> given) {
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "The model %s has no %s '%s'%s. Its %ss: %s.%s"
                .formatted(
                    model,
                    kind,
                    name,
                    kind.equals("output") ? " that is measured" : "",
                    kind,
                    String.join(", ", names),
                    Argument.didYouMean(name, names)));
      }
    }

    Map<String, T> ordered = new LinkedHashMap<>();
    for (String name : names) {
      T own = given.get(name);
      if (own == null) {
        throw new IllegalArgumentException(
            "The %s '%s' of the model %s is missing. Received: %s"
                .formatted(kind, name, model, String.join(", ", given.keySet())));
      }

      ordered.put(name, own);
    }

    return ordered;
  }

  /** Checks the number of values of a row of one input, or of the labels of one output. */
  public static void requireSize(String kind, String name, int size, int given, Object from) {
    if (size != given) {
      throw new IllegalArgumentException(
          "The %s '%s' takes %d %s a row. Received: %d in %s"
              .formatted(
                  kind, name, size, kind.equals("output") ? "labels" : "values", given, from));
    }
  }
}
