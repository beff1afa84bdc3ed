package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.List;

/** The groups of variables within the group of a layer, such as those of a nested model. */
final class GroupParts {

  private static final String VARIABLES = "vars";

  private final Hdf5Reader reader;
  private final List<Part> parts = new ArrayList<>();

  GroupParts(Hdf5Reader reader) {
    this.reader = reader;
  }

  /** Returns all parts of a layer that hold variables. */
  List<Part> of(Group layer) {
    visit(layer, "");
    return parts;
  }

  private void visit(Group group, String path) {
    for (String name : reader.children(group).keySet()) {
      if (path.isEmpty() && name.equals(VARIABLES)) {
        continue;
      }

      Group child = reader.requireGroup(group, name);
      String childPath = path.isEmpty() ? name : path + "/" + name;
      if (name.equals(VARIABLES)) {
        add(child, path);
      } else {
        visit(child, childPath);
      }
    }
  }

  private void add(Group variables, String path) {
    Part part = new Part(path, reader.variables(variables, path));
    if (!part.variables().isEmpty()) {
      parts.add(part);
    }
  }
}
