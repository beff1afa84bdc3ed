package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.firesteel.internal.archive.Hdf5Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The groups of variables within the group of a layer, such as those of a nested model. */
final class NestedGroups {

  private static final String VARIABLES = "vars";

  private final List<Part> parts = new ArrayList<>();

  /** Returns all parts of a layer that hold variables. */
  List<Part> of(Hdf5Reader.Group layer) {
    visit(layer, "");
    return parts;
  }

  private void visit(Hdf5Reader.Group group, String path) {
    for (String name : group.names()) {
      if (path.isEmpty() && name.equals(VARIABLES)) {
        continue;
      }

      Hdf5Reader.Group child = Objects.requireNonNull(group.group(name));
      if (name.equals(VARIABLES)) {
        add(child, path);
      } else {
        visit(child, path.isEmpty() ? name : path + "/" + name);
      }
    }
  }

  private void add(Hdf5Reader.Group variables, String path) {
    Part part = new Part(path, variables.variables(path));
    if (!part.variables().isEmpty()) {
      parts.add(part);
    }
  }
}
