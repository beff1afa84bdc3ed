package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The BLAS that a JVM chooses, in JVMs of their own. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class BlasProcessTest {

  /** With the CPU family that the environment may force upon it. */
  private static final String OPENBLAS =
      "OpenBLAS 0.3.31 by netlib 3.0.4"
          + Optional.ofNullable(System.getenv("OPENBLAS_CORETYPE")).map(" for "::concat).orElse("");

  private static final String SYSTEM = "libopenblas_nolapack.so.0 of the system by netlib 3.0.4";
  private static final String VECTOR = "netlib VectorBLAS 3.0.4";
  private static final String JAVA = "netlib Java11BLAS 3.0.4";
  private static final String NO_LIBRARY = "-Ddev.ludovic.netlib.blas.nativeLib=nosuch.so";

  @TempDir private static Path cache;

  private String classPath = System.getProperty("java.class.path");
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void openBlasComesFirstAndHasOneThread() throws Exception {
    Map<String, String> answers = run("name", "threads", "concurrent", "libraries");
    assertEquals(OPENBLAS, answers.get("name"));
    assertEquals("1", answers.get("threads"));
    assertEquals("same bits", answers.get("concurrent"));
    assertEquals("[libopenblas_nolapack.so.0]", answers.get("libraries"));
  }

  @Test
  void mllibsBlasIsNotTouched() throws Exception {
    environment.put("OMP_NUM_THREADS", "2");
    options.add(NO_LIBRARY);
    Map<String, String> before = run("netlib", "name", "property", "netlib");
    options.add("-Dfiresteel.blas=openblas");
    Map<String, String> after = run("name", "property", "netlib");
    assertEquals(OPENBLAS, after.get("name"));
    assertEquals("Java11BLAS", before.get("netlib"));
    assertEquals("Java11BLAS", after.get("netlib"));
    assertEquals("null", after.get("property"));
  }

  @Test
  void aMissingOpenBlasIsPassedOver() throws Exception {
    withoutOpenBlas();
    options.add("--add-modules=jdk.incubator.vector");
    assertEquals(VECTOR, run("name").get("name"));
  }

  @Test
  void aBrokenOpenBlasIsPassedOver() throws Exception {
    options.add("-Dorg.bytedeco.javacpp.cachedir=/proc/nosuch");
    options.add("-Djava.io.tmpdir=/proc/nosuch");
    options.add("-Duser.home=/proc/nosuch");
    assertEquals(JAVA, run("name").get("name"));
  }

  @Test
  void everyImplementationGivesItsOwnBitsWhateverOtherThreadsDo() throws Exception {
    options.add("-Dfiresteel.blas=java");
    Map<String, String> java = run("name", "products", "concurrent");
    assertEquals(JAVA, java.get("name"));
    assertEquals("same bits", java.get("concurrent"));
    options.clear();
    options.add("-Dfiresteel.blas=vector");
    options.add("--add-modules=jdk.incubator.vector");
    Map<String, String> vector = run("name", "products", "concurrent");
    assertEquals(VECTOR, vector.get("name"));
    assertEquals("same bits", vector.get("concurrent"));
    assertNotEquals(java.get("products"), vector.get("products"));
  }

  @Test
  void aLibraryThatNetlibsPropertiesNameComesFirst() throws Exception {
    options.add("-Ddev.ludovic.netlib.blas.nativeLibPath=" + unpackedLibrary());
    Map<String, String> answers = run("name", "property", "native");
    assertEquals(SYSTEM, answers.get("name"));
    assertTrue(answers.get("property").endsWith("libopenblas_nolapack.so.0"));
    assertEquals("JNIBLAS", answers.get("native"));
  }

  @Test
  void theSystemsIsTakenWithoutBeingNamedOnlyWithOneThread() throws Exception {
    Path library = unpackedLibrary();
    Path folder = Files.createTempDirectory(cache, "system");
    Files.createSymbolicLink(folder.resolve("libblas.so.3"), library);
    environment.put("LD_LIBRARY_PATH", folder + ":" + library.getParent());
    withoutOpenBlas();
    assertEquals(JAVA, run("name").get("name"));
    environment.put("OMP_NUM_THREADS", "1");
    assertEquals(SYSTEM, run("name").get("name"));
  }

  @Test
  void aSettingThatCannotBeHadIsAnErrorWithEveryProduct() throws Exception {
    options.add("-Dfiresteel.blas=vector");
    String message = run("name").get("name");
    assertTrue(message.startsWith("firesteel.blas=vector, but it can't be used: "), message);
  }

  /** The library that JavaCPP unpacks in a JVM that uses it. */
  private static Path unpackedLibrary() throws Exception {
    new BlasProcessTest().run("name");
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(file -> file.endsWith("libopenblas_nolapack.so.0"))
          .findFirst()
          .orElseThrow();
    }
  }

  private void withoutOpenBlas() {
    classPath =
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("bytedeco"))
            .collect(Collectors.joining(File.pathSeparator));
  }

  private Map<String, String> run(String... questions) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath));
    command.add(BlasProbe.class.getName());
    command.addAll(List.of(questions));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.endsWith("_NUM_THREADS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    Map<String, String> answers = new HashMap<>();
    for (String line : output.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        answers.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }

    return answers;
  }
}
