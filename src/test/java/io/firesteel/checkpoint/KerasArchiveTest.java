package io.firesteel.checkpoint;

import static io.firesteel.testing.Checkpointed.assertSame;
import static io.firesteel.testing.Checkpointed.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.Checkpointed;
import io.firesteel.variables.Variable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KerasArchiveTest {

  @TempDir Path folder;

  /** Archives that Keras wrote in the middle of training; keras_archives.py made them. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "schedule"})
  void whatKerasWroteIsRead(String name) throws IOException {
    Path resources = Path.of("src/test/resources/keras");
    ConfigReader expected =
        Config.parse(Files.readString(resources.resolve(name + ".json"))).reader(name);

    KerasArchive archive = KerasArchive.read(resources.resolve(name + ".keras"));

    List<?> layers = expected.list("layers");
    assertEquals(layers.size(), archive.layers().size());
    for (int i = 0; i < layers.size(); i++) {
      assertWeights((Config) layers.get(i), archive.layers().get(i));
    }

    assertWeights(expected.config("optimizer"), archive.optimizer());
    assertTrue(archive.config().get("compile_config") instanceof Config);
  }

  private static void assertWeights(Config expected, Weights actual) {
    assertEquals(expected.get("class_name"), actual.className());
    assertEquals(expected.get("name"), actual.name());
    List<Variable> variables = new ArrayList<>();
    for (Object item : expected.reader("weights").list("variables")) {
      variables.add(variable(((Config) item).reader("variable")));
    }

    assertSame(variables, actual.variables());
  }

  private static Variable variable(ConfigReader expected) {
    List<?> values = expected.list("values");
    if (expected.string("dtype").equals("int32")) {
      return Variable.integer("", "", (Long) values.get(0));
    }

    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) values.get(i)).floatValue();
    }

    return Variable.of("", "", Shape.of(expected.list("shape")), floats);
  }

  @Test
  void everyShapeAndBitComesBack() throws IOException {
    float[] large = new float[300_000];
    Random random = new Random(5);
    for (int i = 0; i < large.length; i++) {
      large[i] = Float.intBitsToFloat(random.nextInt());
    }

    KerasArchive archive =
        new KerasArchive(
            Checkpointed.sequential("Dense", "Dense", "Flatten", "Dense"),
            List.of(
                new Weights("Dense", "first", List.of(tensor("", Shape.of(1000, 300), large))),
                new Weights("Dense", "zweite Größe", List.of(tensor("", Shape.of(0, 3)))),
                new Weights("Flatten", "flat", List.of()),
                new Weights("Dense", "fourth", List.of(tensor("", Shape.of(1, 1, 2, 1), 1, 2)))),
            new Weights(
                "Optimizer",
                "nadam",
                List.of(
                    Variable.integer("", "", 1L + Integer.MAX_VALUE),
                    Variable.integer("", "", Integer.MIN_VALUE),
                    tensor("", Shape.scalar(), -0f))));

    assertSame(archive, rewritten(archive));
  }

  private static KerasArchive rewritten(KerasArchive archive) throws IOException {
    return KerasArchive.readFrom(new ByteArrayInputStream(bytes(archive)), "memory");
  }

  private static byte[] bytes(KerasArchive archive) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    archive.writeTo(out);
    return out.toByteArray();
  }

  @Test
  void aModelThatWasNotCompiledHasNoOptimizer() throws IOException {
    KerasArchive archive = new KerasArchive(Checkpointed.sequential(), List.of(), null);

    assertSame(archive, rewritten(archive));
  }

  @Test
  void theInputLayerOfASequentialHasNoGroup() throws IOException {
    KerasArchive model = Checkpointed.model(1);
    List<Weights> layers = new ArrayList<>(model.layers());
    layers.add(0, new Weights("InputLayer", "input", List.of()));

    assertSame(model, rewritten(new KerasArchive(model.config(), layers, model.optimizer())));
  }

  @Test
  void theMembersAreThoseOfKerasAndStored() throws IOException {
    Path file = folder.resolve("model.keras");
    Checkpointed.model(1).write(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertEquals(
          List.of("metadata.json", "config.json", "model.weights.h5"),
          zip.stream().map(ZipEntry::getName).toList());
      assertTrue(zip.stream().allMatch(entry -> entry.getMethod() == ZipEntry.STORED));
      Config metadata = Config.parse(text(zip, "metadata.json"));
      assertEquals("3.15.1", metadata.get("keras_version"));
      assertTrue(
          String.valueOf(metadata.get("date_saved")).matches("\\d{4}-\\d\\d-\\d\\d@[\\d:]{8}"));
      assertEquals(Checkpointed.model(1).config(), Config.parse(text(zip, "config.json")));
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theSameModelGivesTheSameBytesApartFromTheDate() throws IOException {
    byte[] one = bytes(Checkpointed.model(1));
    byte[] two = bytes(Checkpointed.model(1));
    int date = 150;

    assertEquals(one.length, two.length);
    assertArrayEquals(tail(one, date), tail(two, date));
  }

  private static byte[] tail(byte[] bytes, int from) {
    int directory = bytes.length - 300;
    return Arrays.copyOfRange(bytes, from, directory);
  }

  @Test
  void itIsSavedAndLoadedByPath() throws IOException {
    String path = folder.resolve("new/folder/model.keras").toString();

    Checkpointed.model(3).save(path);

    assertSame(Checkpointed.model(3), KerasArchive.load(path));
    assertSame(Checkpointed.model(3), KerasArchive.load("file://" + path));
  }

  @Test
  void theDigestIsOverAllValuesInOrder() throws Exception {
    KerasArchive archive =
        new KerasArchive(
            Config.empty(),
            List.of(new Weights("Dense", "d", List.of(tensor("", Shape.of(2), 1, -0f)))),
            new Weights("SGD", "sgd", List.of(Variable.integer("", "", 7))));
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(-0f).putLong(7);

    assertEquals(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())),
        archive.weightsSha256());
  }
}
