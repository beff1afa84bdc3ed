package io.firesteel.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real Keras opens what this library wrote. Runs only where {@code -Dfiresteel.python=} names a
 * Python with Keras.
 */
@EnabledIfSystemProperty(named = "firesteel.python", matches = ".+")
class InterchangeTest {

  @ParameterizedTest
  @ValueSource(strings = {"adam", "schedule"})
  void kerasOpensWhatWasReadFromKerasAndWritten(String name, @TempDir Path folder)
      throws Exception {
    Path original = Path.of("src/test/resources/keras", name + ".keras").toAbsolutePath();
    Path rewritten = folder.resolve(name + ".keras");
    KerasArchive.read(original).write(rewritten);

    ProcessBuilder python =
        new ProcessBuilder(
                System.getProperty("firesteel.python"),
                "src/test/python/open_in_keras.py",
                original.toString(),
                rewritten.toString())
            .redirectErrorStream(true);
    python.environment().putIfAbsent("KERAS_BACKEND", "jax");
    Process process = python.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), output);
  }
}
