package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tests of the Python package, with the jar as users have it; skipped without Python. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PythonIT {

  private static final String PYTHON = System.getProperty("firesteel.python", "python3");

  private record Result(int status, String output) {}

  private static Result python(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(PYTHON));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String jar = System.getProperty("firesteel.jar");
    builder.environment().put("FIRESTEEL_JAR", jar);
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

  private static void run(String module) throws Exception {
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
