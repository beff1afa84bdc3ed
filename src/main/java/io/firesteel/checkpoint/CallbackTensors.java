package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.archive.Hdf5Exception;
import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Reader;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.variables.Variable;
import java.io.IOException;
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
   * Reads the file.
   *
   * @param source what to call it in errors
   * @throws CheckpointException if it is broken
   */
  static Map<String, List<Variable>> read(Path file, String source) throws IOException {
    Map<String, List<Variable>> tensors = new LinkedHashMap<>();
    try (Hdf5Reader reader = new Hdf5Reader(file, source)) {
      List<String> groups = reader.root().names();
      for (int i = 0; i < groups.size(); i++) {
        String index = Integer.toString(i);
        Hdf5Reader.Group callback = reader.root().group(index);
        Hdf5Reader.Group vars = callback == null ? null : callback.group("vars");
        if (vars == null) {
          throw new CheckpointException(
              "%s must hold the groups 0 to %d with 'vars'. It has: %s"
                  .formatted(source, groups.size() - 1, String.join(", ", groups)),
              null);
        }

        String name = vars.name(index);
        tensors.put(name, vars.variables(name));
      }
    } catch (Hdf5Exception e) {
      throw new CheckpointException(e.getMessage(), e);
    }

    return tensors;
  }
}
