package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.variables.Variable;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file {@code callback_state.h5}: one group per callback, numbered, with the callback's name as
 * the attribute {@code name} of its {@code vars}.
 */
final class CallbackTensors {

  private CallbackTensors() {}

  /** Returns a writer of the file. */
  static Hdf5Writer writer(Map<String, List<Variable>> tensors) {
    Hdf5Group root = Hdf5Group.root();
    int index = 0;
    for (Map.Entry<String, List<Variable>> callback : tensors.entrySet()) {
      Weights weights = new Weights("Callback", callback.getKey(), callback.getValue());
      KerasArchiveWriter.put(root.group(Integer.toString(index++)), weights);
    }

    return Hdf5Writer.of(root);
  }

  /**
   * Reads the file; throws as {@link Hdf5Reader}.
   *
   * @param source what to call it in errors
   */
  static Map<String, List<Variable>> read(Path file, String source) {
    Map<String, List<Variable>> tensors = new LinkedHashMap<>();
    try (Hdf5Reader reader = new Hdf5Reader(file, source)) {
      Map<String, Node> groups = reader.children(reader.root());
      for (int i = 0; i < groups.size(); i++) {
        String index = Integer.toString(i);
        Group callback = reader.group(reader.root(), index);
        Group vars = callback == null ? null : reader.group(callback, "vars");
        if (vars == null) {
          throw new CheckpointException(
              "%s must hold the groups 0 to %d with 'vars'. It has: %s"
                  .formatted(source, groups.size() - 1, String.join(", ", groups.keySet())),
              null);
        }

        String name = reader.name(vars, index);
        tensors.put(name, reader.variables(vars, name));
      }
    }

    return tensors;
  }
}
