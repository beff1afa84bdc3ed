package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.saving.Config;
import io.firesteel.testing.KerasPython;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.NeedsKeras;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of Keras with volumes, adaptive poolings and grouped attention (spaces_in_keras.py). */
class SavedSpacesTest {

  private static final Path FILES = Path.of("src/test/resources/keras");
  private static final String NAME = "spaces-volumes.keras";

  @TempDir private Path folder;

  private static void assertPredicts(String key, Model model) throws IOException {
    Config golden = golden();
    float[][] expected = LayerGoldens.matrix(golden, key);
    float[][] predicted = model.predict(LayerGoldens.matrix(golden, "x"));
    for (int row = 0; row < expected.length; row++) {
      assertArrayEquals(expected[row], predicted[row], 1e-5f, key + " " + row);
    }
  }

  private static Config golden() throws IOException {
    Config all = Config.parse(Files.readString(FILES.resolve("spaces.json")));
    return (Config) all.get("volumes");
  }

  @Test
  void predictsTrainsAndIsSavedAsInKeras() throws IOException {
    Model model = Model.load(FILES.resolve(NAME).toString());
    assertPredicts("before", model);
    String file = folder.resolve(NAME).toString();
    model.save(file);
    Model again = Model.load(file);
    assertEquals(model.toJson(), again.toJson());
    assertEquals(model.weightsSha256(), again.weightsSha256());
    LocalData data =
        LocalData.of(LayerGoldens.matrix(golden(), "x"), LayerGoldens.matrix(golden(), "y"));
    again.fit(
        data,
        FitOptions.builder().epochs(3).batchSize(4).shards(1).shuffle(false).verbose(0).build());
    assertPredicts("after", again);
  }

  @Test
  @NeedsKeras
  void kerasOpensWhatWasWritten() throws Exception {
    Model.load(FILES.resolve(NAME).toString()).save(folder.resolve(NAME).toString());
    KerasPython.run("src/test/python/spaces_in_keras.py", FILES, folder);
  }
}
