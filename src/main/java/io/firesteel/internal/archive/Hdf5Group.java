package io.firesteel.internal.archive;

import io.firesteel.variables.Variable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A group of an HDF5 file that is to be written: groups and variables by name. */
public final class Hdf5Group {

  /** HDF5 searches groups by binary search over the bytes of the names. */
  private final TreeMap<String, Object> children =
      new TreeMap<>(
          (a, b) ->
              Arrays.compareUnsigned(
                  a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));

  private final @Nullable String nameAttribute;

  private Hdf5Group(@Nullable String nameAttribute) {
    this.nameAttribute = nameAttribute;
  }

  /** Returns an empty group, to become the root of a file. */
  public static Hdf5Group root() {
    return new Hdf5Group(null);
  }

  /** Adds an empty group. */
  public Hdf5Group group(String name) {
    return add(name, new Hdf5Group(null));
  }

  /** Adds an empty group with the attribute {@code name}. */
  public Hdf5Group group(String name, String attribute) {
    return add(name, new Hdf5Group(attribute));
  }

  /** Adds a data set, which shares the variable's values. */
  public void put(String name, Variable variable) {
    add(name, variable);
  }

  /** Returns the groups and variables in HDF5's order. */
  Map<String, Object> children() {
    return children;
  }

  /** Returns the value of the attribute {@code name}, if there is one. */
  @Nullable String nameAttribute() {
    return nameAttribute;
  }

  private <T> T add(String name, T child) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0 || name.equals(".")) {
      throw new IllegalArgumentException(
          "The name of an HDF5 object must not be empty or contain '/'. Received: '%s'"
              .formatted(name));
    }

    if (children.putIfAbsent(name, child) != null) {
      throw new IllegalArgumentException(
          "Two objects of one HDF5 group are named '%s'".formatted(name));
    }

    return child;
  }
}
