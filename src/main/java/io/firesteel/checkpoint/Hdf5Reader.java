package io.firesteel.checkpoint;

import io.firesteel.internal.archive.FloatBytes;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.exceptions.HdfException;
import io.jhdf.object.datatype.OrderedDataType;
import io.jhdf.object.message.DataLayout;
import io.jhdf.storage.HdfBackingStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the variables of a weights file, as Keras or {@link Hdf5Writer} wrote it. Links, data sets
 * that are stored elsewhere, and types other than float32 and integer scalars are refused.
 */
final class Hdf5Reader implements AutoCloseable {

  private final String source;
  private final HdfFile file;

  /**
   * Opens a file.
   *
   * @param source what to call it in errors
   * @throws CheckpointException if it is no HDF5 file, or not whole
   */
  Hdf5Reader(Path path, String source) {
    this.source = source;
    this.file = guarded("the file", () -> new HdfFile(path));
    long end = file.getHdfBackingStorage().getSuperblock().getEndOfFileAddress();
    if (file.size() < end) {
      long size = file.size();
      close();
      throw new CheckpointException(
          "%s is not whole: it has %d of %d bytes".formatted(source, size, end), null);
    }
  }

  /** Returns the root group. */
  Group root() {
    return file;
  }

  /** Returns the groups in a group, by name. */
  Map<String, Node> children(Group group) {
    return guarded(group.getPath(), group::getChildren);
  }

  /** Returns a group in a group, or null if there is none of that name. */
  @Nullable Group group(Group parent, String name) {
    Node node = children(parent).get(name);
    if (node == null) {
      return null;
    }

    refuseLink(parent, node);
    if (!(node instanceof Group group)) {
      throw invalid(pathOf(parent, name), "is no group");
    }

    return group;
  }

  /** Returns a group in a group, which is there. */
  Group requireGroup(Group parent, String name) {
    Group group = group(parent, name);
    if (group == null) {
      throw invalid(pathOf(parent, name), "is no group");
    }

    return group;
  }

  /** Returns the attribute {@code name} of a group, or the default if it has none. */
  String name(Group group, String absent) {
    return guarded(
        group.getPath(),
        () -> {
          Attribute attribute = group.getAttributes().get("name");
          return attribute != null && attribute.getData() instanceof String name ? name : absent;
        });
  }

  /**
   * Returns the variables {@code 0}, {@code 1}, ... of a group.
   *
   * @param owner the first part of their paths
   */
  List<Variable> variables(Group group, String owner) {
    Map<String, Node> children = children(group);
    List<Variable> variables = new ArrayList<>();
    for (int i = 0; i < children.size(); i++) {
      String name = Integer.toString(i);
      Node node = children.get(name);
      if (node == null) {
        throw invalid(
            group.getPath(),
            "must hold the data sets 0 to %d. It has: %s"
                .formatted(children.size() - 1, String.join(", ", children.keySet())));
      }

      refuseLink(group, node);
      if (!(node instanceof Dataset dataset)) {
        throw invalid(pathOf(group, name), "is no data set");
      }

      variables.add(guarded(pathOf(group, name), () -> variable(dataset, name, owner)));
    }

    return variables;
  }

  /**
   * Ends the reading.
   *
   * @param isKnown tells of the path of a group of variables whether it was read
   * @throws CheckpointException if there is a data set outside the known groups
   */
  void requireNothingElse(Predicate<String> isKnown) {
    requireNothingElse(file, "", isKnown);
  }

  private void requireNothingElse(Group group, String path, Predicate<String> isKnown) {
    for (Map.Entry<String, Node> child : children(group).entrySet()) {
      String childPath = path + "/" + child.getKey();
      if (isKnown.test(childPath)) {
        continue;
      }

      refuseLink(group, child.getValue());
      if (!(child.getValue() instanceof Group nested)) {
        throw invalid(
            childPath,
            "belongs to no layer of the model. Nested models, and layers that keep state in parts"
                + " of their own, cannot be read");
      }

      requireNothingElse(nested, childPath, isKnown);
    }
  }

  private Variable variable(Dataset dataset, String name, String owner) throws IOException {
    String path = owner + "/" + name;
    if (dataset.getDataLayout() != DataLayout.CONTIGUOUS) {
      throw invalid(dataset.getPath(), "must be stored contiguously, as Keras does");
    }

    Shape shape = Shape.of(dataset.getDimensions());
    Class<?> type = dataset.getJavaType();
    boolean isFloat = type == float.class || type == Float.class;
    if (isFloat && dataset.getDataType().getSize() == Float.BYTES) {
      return Variable.builder(name, path, shape).build(floats(dataset, shape));
    }

    if (shape.rank() == 0 && (type == Integer.class || type == Long.class)) {
      return Variable.integer(name, path, integer(dataset));
    }

    throw invalid(
        dataset.getPath(),
        "must be of float32, or an integer scalar. It has the shape %s and values of %d bytes that become %s"
            .formatted(shape, dataset.getDataType().getSize(), type.getSimpleName()));
  }

  /** Reads the file itself: jHDF maps a data set in one piece, which 2 GB do not allow. */
  private float[] floats(Dataset dataset, Shape shape) throws IOException {
    float[] values = new float[shape.size()];
    if (values.length == 0) {
      return values;
    }

    HdfBackingStorage storage = file.getHdfBackingStorage();
    long size = (long) Float.BYTES * values.length;
    if (dataset.isEmpty()
        || dataset.getStorageInBytes() != size
        || !(dataset instanceof ContiguousDataset contiguous)
        || !(dataset.getDataType() instanceof OrderedDataType type)
        || contiguous.getDataAddress() > storage.size() - size) {
      throw invalid(dataset.getPath(), "has no data for its shape " + shape);
    }

    long address = storage.getSuperblock().getBaseAddressByte() + contiguous.getDataAddress();
    FloatBytes.read(storage.getFileChannel(), address, type.getByteOrder(), values);
    return values;
  }

  private long integer(Dataset dataset) {
    if (dataset.isEmpty() || !(dataset.getData() instanceof Number number)) {
      throw invalid(dataset.getPath(), "has no data");
    }

    return number.longValue();
  }

  private void refuseLink(Group parent, Node node) {
    if (node.isLink()) {
      throw invalid(
          pathOf(parent, node.getName()),
          "is a soft or external link. Allowed: data in the file itself");
    }
  }

  private <T> T guarded(String path, Reading<T> reading) {
    try {
      return reading.get();
    } catch (IOException | HdfException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new CheckpointException(
          "Cannot read %s of %s: %s".formatted(path, source, e.getMessage()), e);
    }
  }

  private CheckpointException invalid(String path, String problem) {
    return new CheckpointException("%s of %s %s".formatted(path, source, problem), null);
  }

  private static String pathOf(Group parent, String name) {
    return parent.getPath() + name;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T get() throws IOException;
  }

  @Override
  public void close() {
    file.close();
  }
}
