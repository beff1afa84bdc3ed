package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.DigitsJob;
import io.firesteel.testing.JobProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar alone, which executors get from the driver as {@code spark.jars}. */
class PackagedJarIT {

  private static final String PYTHON_PACKAGE = "firesteel";

  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  @TempDir Path folder;

  @Test
  void executorsWithoutTheJarOnTheirClassPathGiveTheBitsOfLocalMode() throws Exception {
    DigitsJob local = new DigitsJob(folder.resolve("local"));
    try (JobProcess process = local.start("--set", "fit.epochs=3", "--", "--master", "local[2]")) {
      assertEquals(0, process.exitCode(), process::errors);
    }

    DigitsJob cluster = new DigitsJob(folder.resolve("cluster"));
    Set<String> executors = new HashSet<>();
    try (JobProcess process =
        cluster.start(
            "--set",
            "fit.epochs=3",
            "--",
            "--master",
            "local-cluster[2,1,1024]",
            "--conf",
            "spark.kryo.registrationRequired=true")) {
      while (process.isAliveAfter(100)) {
        process.children().stream().filter(line -> line.contains(EXECUTOR)).forEach(executors::add);
      }

      assertEquals(0, process.exitCode(), process::errors);
    }

    assertTrue(executors.size() >= 2, "executors seen: " + executors);
    executors.forEach(PackagedJarIT::checkClassPath);
    Config expected = local.result();
    Config result = cluster.result();
    assertEquals(expected.get("weights_sha256"), result.get("weights_sha256"));
    assertEquals(expected.get("history"), result.get("history"));
    try (JarFile jar = new JarFile(System.getProperty("firesteel.jar"))) {
      assertEquals(
          jar.getManifest().getMainAttributes().getValue("Implementation-Version"),
          result.reader("result").config("versions").reader("versions").string("firesteel"));
    }
  }

  /** Executors have Spark's own jars only. */
  private static void checkClassPath(String commandLine) {
    List<String> words = Arrays.asList(commandLine.split(" "));
    String classPath = words.get(words.indexOf("-cp") + 1);
    Path home = Path.of(System.getProperty("firesteel.spark.home"));
    assertTrue(classPath.endsWith(home.resolve("jars/*").toString()), classPath);
    assertFalse(classPath.contains("/classes"), classPath);
    assertFalse(classPath.contains("firesteel-"), classPath);
  }

  @Test
  void theJarHoldsNothingButFiresteel() throws Exception {
    Set<String> folders = new HashSet<>();
    List<String> files = new ArrayList<>();
    try (JarFile jar = new JarFile(System.getProperty("firesteel.jar"))) {
      jar.stream()
          .filter(entry -> !entry.isDirectory())
          .forEach(
              entry -> {
                String name = entry.getName();
                int slash = name.lastIndexOf('/');
                folders.add(slash < 0 ? "" : name.substring(0, slash));
                files.add(name);
              });
    }

    assertTrue(files.contains("io/firesteel/jobs/Train.class"));
    assertTrue(files.contains("META-INF/LICENSE"));
    assertTrue(files.contains(PYTHON_PACKAGE + "/ml.py"));
    for (String each : folders) {
      assertTrue(
          each.startsWith("io/firesteel")
              || each.startsWith("META-INF")
              || each.equals(PYTHON_PACKAGE),
          each);
    }
  }

  @Test
  void thePomThatIsInstalledHasWhatRepositoriesAskFor() throws Exception {
    Path jar = Path.of(System.getProperty("firesteel.jar"));
    String pom = Files.readString(jar.resolveSibling(".flattened-pom.xml"));
    for (String path :
        List.of("name", "description", "url", "licenses", "developers", "scm", "dependencies")) {
      assertTrue(pom.contains("<" + path + ">"), path);
    }

    assertTrue(
        Pattern.compile(
                "<scm>\\s*<connection>scm:git:(https://\\S+)</connection>\\s*<url>\\1</url>")
            .matcher(pom)
            .find(),
        pom);
    assertFalse(pom.contains("${"), pom);
    assertFalse(pom.contains("<scope>test</scope>"), pom);
    assertFalse(pom.contains("<profile"), pom);
  }
}
