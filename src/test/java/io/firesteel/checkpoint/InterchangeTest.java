package io.firesteel.checkpoint;

import io.firesteel.testing.KerasPython;
import io.firesteel.testing.NeedsKeras;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real Keras opens what this library wrote. Runs where {@code -Dfiresteel.python=} names a Python
 * with Keras.
 */
@NeedsKeras
class InterchangeTest {

  @ParameterizedTest
  @ValueSource(strings = {"adam", "schedule"})
  void kerasOpensWhatWasReadFromKerasAndWritten(String name, @TempDir Path folder)
      throws Exception {
    Path original = Path.of("src/test/resources/keras", name + ".keras").toAbsolutePath();
    Path rewritten = folder.resolve(name + ".keras");
    KerasArchive.read(original).write(rewritten);

    KerasPython.run("src/test/python/open_in_keras.py", original, rewritten);
  }
}
