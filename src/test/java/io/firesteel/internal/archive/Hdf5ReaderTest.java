package io.firesteel.internal.archive;

import static io.firesteel.testing.Checkpointed.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import io.jhdf.HdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files are h5py's; src/test/python/hdf5_files.py made them. */
class Hdf5ReaderTest {

  private static final Path FILES = Path.of("src/test/resources/hdf5");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "plain,-7",
    "half,-7",
    "big-endian,-7",
    "big-endian-half,7",
    "unsigned,7",
    "version-2,-7",
    "latest,-7",
    "chunked,-7",
    "deflated,-7",
    "deflated-half,-7",
    "fixed-text,-7",
    "compact,-7"
  })
  void everyFormThatH5pyWritesIsRead(String name, long integer) throws IOException {
    try (Hdf5Reader reader = new Hdf5Reader(FILES.resolve(name + ".h5"), "file")) {
      Hdf5Reader.Group vars = reader.root().group("vars");
      List<Variable> variables = vars.variables("dense");

      assertEquals("dense", vars.name("absent"));
      assertEquals(Shape.of(5, 3), variables.get(0).shape());
      assertArrayEquals(
          new float[] {0, .5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 4.5f, 5, 5.5f, 6, 6.5f, 7},
          variables.get(0).values());
      assertEquals(integer, variables.get(1).integer());
      assertArrayEquals(new float[] {.25f, .25f, .25f, .25f}, variables.get(2).values());
      assertEquals("dense/2", variables.get(2).path());
    }
  }

  /** The checksum of the newer structures. */
  @Test
  void anAlteredByteOfANewerStructureIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve("latest.h5"));
    int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("OHDR");
    bytes[header + 12]++;

    Hdf5Exception error = assertThrows(Hdf5Exception.class, () -> read(bytes));

    assertTrue(error.getMessage().contains("checksum"), error::getMessage);
  }

  @Test
  void aLinkToTheRootIsRefused() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    root.group("a").group("b");
    byte[] bytes = bytes(root);
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long rootHeader = file.getLong(64);
    int node = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("SNOD");
    file.putLong(node + 16, rootHeader);

    assertEquals(
        "/a of file is the same object as the root group. Allowed: one link",
        assertThrows(Hdf5Exception.class, () -> read(bytes)).getMessage());
  }

  @Test
  void aShapeThatIsLargerThanTheFileIsRefusedBeforeItIsAllocated() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    root.group("vars").put("0", tensor("", Shape.of(5), new float[5]));
    byte[] bytes = bytes(root);
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int dims = indexOf(bytes, new byte[] {1, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0}) + 8;
    file.putLong(dims, 500_000_000);

    assertEquals(
        "/vars/0 of file has no data for its shape (500000000,)",
        assertThrows(Hdf5Exception.class, () -> variables(bytes)).getMessage());
  }

  /** A second opinion on what is written: another reader. */
  @Test
  void anotherReaderReadsWhatIsWritten() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    Hdf5Group vars = root.group("vars", "näme");
    for (int i = 0; i < 300; i++) {
      vars.put(Integer.toString(i), tensor("", Shape.of(2, 2), i, -0f, Float.NaN, 1));
    }

    vars.put("scalar", Variable.integer("i", "i", -5));
    Path file = Files.write(folder.resolve("file.h5"), bytes(root));

    try (HdfFile read = new HdfFile(file)) {
      assertArrayEquals(
          new float[][] {{299, -0f}, {Float.NaN, 1}},
          (float[][]) read.getDatasetByPath("/vars/299").getData());
      assertEquals(-5, read.getDatasetByPath("/vars/scalar").getData());
      assertEquals("näme", read.getByPath("/vars").getAttribute("name").getData());
    }
  }

  private void read(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("read.h5"), bytes);
    try (Hdf5Reader reader = new Hdf5Reader(file, "file")) {
      reader.requireNothingElse(path -> path.contains("vars"), "is too much");
      reader.root().group("vars").variables("x");
    }
  }

  private void variables(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("read.h5"), bytes);
    try (Hdf5Reader reader = new Hdf5Reader(file, "file")) {
      reader.root().group("vars").variables("x");
    }
  }

  private static byte[] bytes(Hdf5Group root) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Hdf5Writer.of(root).writeTo(out);
    return out.toByteArray();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
  }
}
