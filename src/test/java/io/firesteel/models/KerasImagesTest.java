package io.firesteel.models;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.NeedsKeras;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of many layers that Keras has trained and saved (src/test/python/keras_archives.py). */
class KerasImagesTest {

  private static final Path ORIGINAL = Path.of("src/test/resources/keras/images.keras");

  @TempDir private Path folder;

  @Test
  void predictsWhatKerasPredicts() throws IOException {
    Config golden = Config.parse(Files.readString(ORIGINAL.resolveSibling("images.json")));
    Sequential model = Sequential.load(ORIGINAL.toString());
    float[][] expected = LayerGoldens.matrix(golden, "predictions");
    float[][] actual = model.predict(LayerGoldens.matrix(golden, "x"));
    assertEquals(expected.length, actual.length);
    for (int row = 0; row < expected.length; row++) {
      assertClose(expected[row], actual[row], 1e-5, "row " + row);
    }
  }

  @Test
  void layersAndValuesAreWrittenAsKerasWroteThem() throws IOException {
    KerasArchive original = KerasArchive.read(ORIGINAL);
    KerasArchive rewritten = KerasArchive.read(rewritten());
    assertSameJson(layers(original), layers(rewritten));
    assertEquals(original.weightsSha256(), rewritten.weightsSha256());
  }

  /** The config of each layer, apart from the ids by which Keras shares equal policies. */
  private static List<Config> layers(KerasArchive archive) {
    return LayerGoldens.configs((Config) archive.config().get("config"), "layers").stream()
        .map(layer -> (Config) layer.get("config"))
        .map(config -> config.with("dtype", null))
        .toList();
  }

  @Test
  @NeedsKeras
  void kerasOpensWhatWasWritten() throws Exception {
    ProcessBuilder python =
        new ProcessBuilder(
                System.getProperty("firesteel.python"),
                "src/test/python/open_in_keras.py",
                ORIGINAL.toString(),
                rewritten().toString(),
                "--values")
            .redirectErrorStream(true);
    python.environment().putIfAbsent("KERAS_BACKEND", "jax");
    Process process = python.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private Path rewritten() throws IOException {
    Path path = folder.resolve("images.keras");
    Sequential.load(ORIGINAL.toString()).save(path.toString());
    return path;
  }
}
