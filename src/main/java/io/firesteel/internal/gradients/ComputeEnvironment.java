package io.firesteel.internal.gradients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a JVM computes with, as far as it may change the last bits of a result: JDK, matrix library,
 * architecture, CPU.
 */
public final class ComputeEnvironment {

  private static final String DESCRIPTION =
      "JDK %s (%s), %s, %s %s"
          .formatted(
              Runtime.version(),
              System.getProperty("java.vm.vendor"),
              io.firesteel.tensor.MatMul.name(),
              System.getProperty("os.arch"),
              cpu());

  private ComputeEnvironment() {}

  /** Returns the description of this JVM. */
  public static String describe() {
    return DESCRIPTION;
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
