package io.firesteel.checkpoint;

import static io.firesteel.testing.Checkpointed.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.Checkpointed;
import io.firesteel.variables.Variable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KerasArchiveRefusalTest {

  private static final String CONFIG = Checkpointed.sequential("Dense").toJson();
  private static final Variable ONE = tensor("", Shape.of(1), 1);

  private static void refuses(byte[] archive, String reason) {
    CheckpointException error =
        assertThrows(
            CheckpointException.class,
            () -> KerasArchive.readFrom(new ByteArrayInputStream(archive), "the-file"));

    assertTrue(error.getMessage().contains("the-file"), error::getMessage);
    assertTrue(error.getMessage().contains(reason), error::getMessage);
  }

  private static byte[] zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
      }
    }

    return out.toByteArray();
  }

  private static byte[] archive(String config, byte[] weights) throws IOException {
    return zip(
        new TreeMap<>(
            Map.of(
                "config.json",
                config.getBytes(StandardCharsets.UTF_8),
                "model.weights.h5",
                weights)));
  }

  private static byte[] weights(Hdf5Group root) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Hdf5Writer.of(root).writeTo(out);
    return out.toByteArray();
  }

  private static byte[] empty() throws IOException {
    return weights(Hdf5Group.root());
  }

  @Test
  void somethingElseThanAnArchive() {
    refuses("no zip at all".getBytes(StandardCharsets.UTF_8), "the-file is no Keras archive: ");
  }

  @Test
  void missingMembers() throws IOException {
    refuses(zip(Map.of("config.json", new byte[0])), "broken");
    refuses(
        zip(Map.of("config.json", CONFIG.getBytes(StandardCharsets.UTF_8))),
        "the-file has no member 'model.weights.h5'");
    refuses(zip(Map.of("model.weights.h5", empty())), "the-file has no member 'config.json'");
  }

  @Test
  void unknownMembers() throws IOException {
    refuses(
        zip(Map.of("model.weights.npz", new byte[1])),
        "the-file has the member 'model.weights.npz', which cannot be read. Allowed: metadata.json,"
            + " config.json and model.weights.h5");
    refuses(zip(Map.of("assets/layers/x/vocabulary.txt", new byte[1])), "cannot be read");
  }

  @Test
  void membersThatUnfold() throws IOException {
    refuses(
        archive(CONFIG, new byte[10_000_000]),
        "the-file has the member 'model.weights.h5' that unfolds from ");
  }

  /** The directory at the end says 1000 bytes; 64 MB of zeros come out. */
  @Test
  void membersWhoseSizesLie() throws IOException {
    byte[] archive = archive(CONFIG, new byte[64 << 20]);
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < archive.length - 4; i++) {
      if (bytes.getInt(i) == 64 << 20) {
        bytes.putInt(i, 1000);
      }
    }

    refuses(archive, "the-file has the member 'model.weights.h5' that unfolds from ");
  }

  @Test
  void moreLayersThanAnybodyWrites() throws IOException {
    String layers = String.join(",", Collections.nCopies(20_000, "{\"class_name\":\"Dense\"}"));
    assertTimeout(
        Duration.ofSeconds(10),
        () ->
            refuses(
                archive("{\"config\": {\"layers\": [" + layers + "]}}", empty()),
                "the-file has 20000 layers. Allowed: 10000"));
  }

  @Test
  void brokenConfigs() throws IOException {
    refuses(archive("{\"a\": ", empty()), "The config.json in the-file is broken: Not valid JSON");
    refuses(
        archive("{\"class_name\": \"MyModel\", \"config\": {}}", empty()),
        "the-file holds no Sequential or Functional model: its config has no 'layers'. Its class:"
            + " MyModel");
    refuses(
        archive("{\"config\": {\"layers\": [3]}}", empty()),
        "the-file has a layer that is no object in its config: 3");
    refuses(
        archive("{\"config\": {\"layers\": [{\"name\": \"x\"}]}}", empty()),
        "the-file has a layer without 'class_name' in its config: {\"name\":\"x\"}");
  }

  @Test
  void brokenWeights() throws IOException {
    refuses(
        archive(CONFIG, "no HDF5".getBytes(StandardCharsets.UTF_8)),
        "Cannot read the file of model.weights.h5 in the-file: ");
    Hdf5Group root = Hdf5Group.root();
    root.group("layers")
        .group("dense")
        .group("vars")
        .put("0", tensor("", Shape.of(99), new float[99]));
    byte[] whole = weights(root);
    int length = whole.length;
    refuses(
        archive(CONFIG, Arrays.copyOf(whole, length - 200)),
        "model.weights.h5 in the-file is not whole: it has %d of %d bytes"
            .formatted(length - 200, length));
  }

  /** What parts a layer has only the layer knows, so it is the model that refuses them. */
  @Test
  void stateThatBelongsToNoLayer() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    Hdf5Group dense = root.group("layers").group("dense");
    Hdf5Group vars = dense.group("vars");
    vars.put("0", tensor("", Shape.of(1, 1), 1));
    vars.put("1", ONE);
    dense.group("cell").group("vars").put("0", ONE);
    String config = new Sequential().add(Dense.of(1).inputShape(1)).toJson();
    byte[] file = archive(config, weights(root));
    KerasArchive archive = KerasArchive.readFrom(new ByteArrayInputStream(file), "the-file");
    assertEquals(
        "The layer 'dense' has state in the file that it does not have here, in its parts [cell]",
        assertThrows(IllegalArgumentException.class, () -> Sequential.of(archive)).getMessage());
  }

  @Test
  void otherNumbersThanFromZero() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    Hdf5Group vars = root.group("layers").group("dense").group("vars");
    vars.put("0", ONE);
    vars.put("2", ONE);
    refuses(
        archive(CONFIG, weights(root)),
        "/layers/dense/vars/ of model.weights.h5 in the-file must hold the data sets 0 to 1. It"
            + " has: 0, 2");
  }

  @Test
  void groupsAndDataSetsInEachOthersPlace() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    root.group("layers").put("dense", ONE);
    refuses(
        archive(CONFIG, weights(root)),
        "/layers/dense of model.weights.h5 in the-file is no group");

    root = Hdf5Group.root();
    root.group("layers").group("dense").group("vars").group("0");
    refuses(
        archive(CONFIG, weights(root)),
        "/layers/dense/vars/0 of model.weights.h5 in the-file is no data set");
  }

  /** Files that h5py wrote; keras_archives.py made them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "soft-link|/layers/dense/vars/0 of model.weights.h5 in the-file is a soft or external link",
        "external-link|is a soft or external link. Allowed: data in the file itself",
        "external-data|/layers/dense/vars/0 of model.weights.h5 in the-file is stored in other"
            + " files",
        "virtual-data|/layers/dense/vars/0 of model.weights.h5 in the-file is stored in a way that",
        "chunked|/layers/dense/vars/0 of model.weights.h5 in the-file has no data for its shape",
        "float64|must be of float32 or float16, or an integer scalar. It has the shape (3,) and"
            + " values of 8",
        "integers|must be of float32 or float16, or an integer scalar. It has the shape (3,) and"
            + " values of 4",
        "no-data|has no data for its shape (3,)",
        "no-integer|/layers/dense/vars/0 of model.weights.h5 in the-file has no data"
      })
  void weightsThatKerasDoesNotWrite(String name, String reason) throws IOException {
    Path file = Path.of("src/test/resources/keras", name + ".h5");

    refuses(archive(CONFIG, Files.readAllBytes(file)), reason);
  }
}
