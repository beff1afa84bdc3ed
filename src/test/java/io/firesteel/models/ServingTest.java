package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.testing.LayerGoldens;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the page on serving, in a JVM with the jars that the page names and no others. */
class ServingTest {

  private static final Pattern JAR = Pattern.compile("`([a-z0-9-]+)`");

  @TempDir private Path folder;

  @Test
  void thePagesProgramRunsWithThePagesJars() throws Exception {
    String page = Files.readString(Path.of("src/site/markdown/serving.md"));
    Sequential model =
        new Sequential("digits")
            .add(Dense.of(256).activation("relu").inputShape(64))
            .add(Dropout.of(0.4))
            .add(Dense.of(64).activation("relu"))
            .add(Dense.of(10).activation("softmax"));
    Files.createDirectory(folder.resolve("work"));
    model.compile("adam", "sparse_categorical_crossentropy");
    model.save(folder.resolve("work/digits.keras").toString());
    Files.writeString(folder.resolve("Serve.java"), program(page));

    List<String> jars = jars(page);
    assertEquals(5, jars.size(), jars.toString());
    jars.add(Path.of("target/classes").toAbsolutePath().toString());
    String classPath = String.join(File.pathSeparator, jars);
    assertFalse(classPath.contains("spark") || classPath.contains("hadoop"), classPath);

    float[] printed = run(classPath);
    float[] expected = model.predict(new float[1][64])[0];
    LayerGoldens.assertClose(expected, printed, 1e-6, "probabilities");
  }

  private static String program(String page) {
    int begin = page.indexOf("```java") + "```java".length();
    return page.substring(begin, page.indexOf("```", begin));
  }

  /** Returns the files of the jars in the page's table that are not optional. */
  private static List<String> jars(String page) {
    List<String> jars = new ArrayList<>();
    for (String line : page.substring(page.indexOf("| jar |")).split("\n")) {
      if (line.startsWith("|") && !line.contains("optional")) {
        Matcher names = JAR.matcher(line);
        names.results().forEach(name -> jars.add(onClassPath(name.group(1))));
      }
    }

    return jars;
  }

  private static String onClassPath(String jar) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(path -> path.replace('\\', '/').matches(".*/" + jar + "-[0-9][0-9.]*\\.jar"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No jar " + jar));
  }

  private float[] run(String classPath) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classPath,
                "Serve.java")
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    String errors = Files.readString(folder.resolve("errors"));
    assertEquals(0, process.exitValue(), errors);
    String[] numbers = output.strip().replaceAll("[\\[\\]]", "").split(", ");
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(numbers[i]);
    }

    return values;
  }
}
