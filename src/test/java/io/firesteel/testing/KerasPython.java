package io.firesteel.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Python with Keras, by {@code -Dfiresteel.python}, or why there is none. */
public final class KerasPython implements ExecutionCondition {

  private static final String PROPERTY = "firesteel.python";
  private static final int LONGEST_SECONDS = 300;
  private static @Nullable String missing;
  private static boolean asked;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    String problem = missing();
    return problem == null
        ? ConditionEvaluationResult.enabled("Keras is there")
        : ConditionEvaluationResult.disabled(problem);
  }

  private static synchronized @Nullable String missing() {
    if (!asked) {
      missing = problem();
      asked = true;
    }

    return missing;
  }

  private static @Nullable String problem() {
    String python = System.getProperty(PROPERTY, "");
    if (python.isBlank()) {
      return "Skipped: -Dfiresteel.python=PYTHON must name a Python that has Keras 3 on JAX";
    }

    try {
      Process process = start(List.of(python, "-c", "import jax, keras"));
      boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
      process.destroy();
      return ended && process.exitValue() == 0
          ? null
          : "Skipped: the Python '%s' has no Keras on JAX (pip install keras jax)"
              .formatted(python);
    } catch (IOException e) {
      return "Skipped: there is no Python '%s' (%s)".formatted(python, e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putIfAbsent("KERAS_BACKEND", "jax");
    return builder.start();
  }

  /** Runs a script, whose output is the failure if it fails, and else returned. */
  public static String run(String script, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(System.getProperty(PROPERTY), script));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }

    Process process = start(command);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
