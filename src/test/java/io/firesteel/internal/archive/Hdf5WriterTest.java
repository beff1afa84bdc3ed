package io.firesteel.internal.archive;

import static io.firesteel.testing.Checkpointed.assertSame;
import static io.firesteel.testing.Checkpointed.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hdf5WriterTest {

  @TempDir Path folder;

  private Path write(Hdf5Group root) throws IOException {
    Path file = folder.resolve("file.h5");
    Hdf5Writer writer = Hdf5Writer.of(root);
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out);
    }

    assertEquals(Files.size(file), writer.length());
    return file;
  }

  /** Around the sizes of a node of links (8) and of a tree with the least rank (256). */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 255, 256, 257, 3000})
  void groupsHoldAnyNumberOfDataSets(int count) throws IOException {
    Hdf5Group root = Hdf5Group.root();
    Hdf5Group group = root.group("vars", "x".repeat(count * 25));
    List<Variable> variables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      variables.add(tensor("", Shape.of(i % 3), new float[i % 3]));
      group.put(Integer.toString(i), variables.get(i));
    }

    try (Hdf5Reader reader = new Hdf5Reader(write(root), "file")) {
      Hdf5Reader.Group vars = reader.root().group("vars");
      assertSame(variables, vars.variables("x"));
      assertEquals("x".repeat(count * 25), vars.name("absent"));
    }
  }

  @Test
  void aGroupWithoutANameHasTheDefault() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    root.group("vars");

    try (Hdf5Reader reader = new Hdf5Reader(write(root), "file")) {
      assertEquals("absent", reader.root().group("vars").name("absent"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", ".", "\0"})
  void namesThatHdf5ReadsAsPathsAreRefused(String name) {
    assertEquals(
        "The name of an HDF5 object must not be empty or contain '/'. Received: '" + name + "'",
        assertThrows(IllegalArgumentException.class, () -> Hdf5Group.root().group(name))
            .getMessage());
  }

  @Test
  void twoObjectsOfOneNameAreRefused() {
    Hdf5Group root = Hdf5Group.root();
    root.group("a");

    assertEquals(
        "Two objects of one HDF5 group are named 'a'",
        assertThrows(IllegalArgumentException.class, () -> root.group("a")).getMessage());
  }

  @Test
  void moreNamesThanOneHeapHoldsAreRefused() {
    Hdf5Group root = Hdf5Group.root();
    for (int i = 0; i < 1 << 16; i++) {
      root.group("g" + i, "name");
    }

    assertEquals(
        "An HDF5 file holds at most 65535 named groups. Received: 65536",
        assertThrows(IllegalArgumentException.class, () -> Hdf5Writer.of(root)).getMessage());
  }
}
