package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.testing.LocalSpark;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import py4j.GatewayServer;

/** The tests of the Python package, with the jar as users have it; skipped without Python. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PythonIT {

  private static final String PYTHON = System.getProperty("firesteel.python", "python3");

  private record Result(int status, String output) {}

  private int port;

  private Result python(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(PYTHON));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String jar = System.getProperty("firesteel.jar");
    builder.environment().put("FIRESTEEL_JAR", jar);
    builder.environment().put("FIRESTEEL_GATEWAY", Integer.toString(port));
    builder.environment().putIfAbsent("KERAS_BACKEND", "jax");
    builder.environment().put("PYTHONPATH", jar + File.pathSeparator + "src/test/python");
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      return new Result(-1, e.getMessage());
    }
  }

  /** The README's Python and that of the page on Spark ML, by PySpark or through a gateway. */
  @Test
  void theSnippetsOfTheDocumentation() throws Exception {
    assumeTrue(python("-c", "import keras").status() == 0, "Keras is not installed for " + PYTHON);
    GatewayServer server =
        new GatewayServer.GatewayServerBuilder(LocalSpark.session("local[2]")).javaPort(0).build();
    server.start();
    try {
      port = server.getListeningPort();
      run("firesteel_tests.test_snippets");
    } finally {
      server.shutdown();
      LocalSpark.stop();
    }
  }

  private void run(String module) throws Exception {
    Result result = python("-m", "unittest", "-v", module);
    assertEquals(0, result.status(), result.output());
  }

  @Test
  void theWrapperAlone() throws Exception {
    assumeTrue(python("--version").status() == 0, "There is no " + PYTHON);
    run("firesteel_tests.test_wrapper");
  }

  @Test
  void theWrapperWithPySpark() throws Exception {
    assumeTrue(
        python("-c", "import pyspark").status() == 0,
        "PySpark is not installed for " + PYTHON + ": pip install pyspark");
    run("firesteel_tests.test_spark");
  }
}
