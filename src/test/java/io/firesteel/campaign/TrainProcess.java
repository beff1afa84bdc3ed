package io.firesteel.campaign;

import io.firesteel.jobs.Train;
import io.firesteel.testing.LocalSpark;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A driver that runs {@link Train} on executors that are processes of their own. */
final class TrainProcess implements AutoCloseable {

  /** How many executors it has. */
  static final int EXECUTORS = 2;

  private static final Pattern EPOCH = Pattern.compile("Epoch (\\d+)/");
  private static final Pattern RESUMED = Pattern.compile("Resuming from step (\\d+)");
  private static final Pattern SHA = Pattern.compile("weights_sha256=([0-9a-f]{64})");

  private final Process process;
  private final Path out;
  private final Path err;

  private TrainProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a job.
   *
   * @param folder where the outputs go
   * @param number tells one start of a job from the next
   * @param settings {@code FIELD=VALUE}
   */
  static TrainProcess start(Path folder, int number, Path job, List<String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx600m", "-XX:+UseSerialGC", "-Xss2m"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    setting(command, "spark.master", "local-cluster[%d,2,512]".formatted(EXECUTORS));
    setting(command, "spark.executor.memory", "512m");
    setting(command, "spark.executor.extraClassPath", LocalSpark.classPath());
    setting(command, "spark.executor.extraJavaOptions", "-XX:+UseSerialGC -Xss2m");
    setting(command, "spark.executorEnv.SPARK_SCALA_VERSION", "2.13");
    setting(command, "spark.executorEnv.SPARK_TESTING", "1");
    setting(command, "spark.driver.host", "127.0.0.1");
    setting(command, "spark.driver.bindAddress", "127.0.0.1");
    setting(command, "spark.ui.enabled", "false");
    setting(
        command,
        "log4j2.configurationFile",
        Path.of("conf/spark/log4j2.properties").toAbsolutePath().toString());
    command.addAll(List.of("-cp", LocalSpark.classPath(), Train.class.getName(), job.toString()));
    for (String each : settings) {
      command.add("--set");
      command.add(each);
    }

    Path out = folder.resolve("driver-%d.out".formatted(number));
    Path err = folder.resolve("driver-%d.err".formatted(number));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SPARK_"));
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    return new TrainProcess(builder.start(), out, err);
  }

  private static void setting(List<String> command, String key, String value) {
    command.add("-D" + key + "=" + value);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the driver as {@code kill -9} does, and waits until its executors are gone too. */
  void kill() throws InterruptedException {
    List<ProcessHandle> children = process.children().toList();
    process.destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      child.onExit().orTimeout(30, TimeUnit.SECONDS).exceptionally(e -> child).join();
      child.destroyForcibly();
    }
  }

  /** Returns the executors. */
  List<ProcessHandle> executors() {
    return process.children().filter(ProcessHandle::isAlive).toList();
  }

  /** Returns the last epoch that its progress tells of, 0 before the first. */
  int epoch() throws IOException {
    int last = 0;
    Matcher matcher = EPOCH.matcher(Files.readString(out));
    while (matcher.find()) {
      last = Integer.parseInt(matcher.group(1));
    }

    return last;
  }

  /** Returns the step from which it went on, if it says so. */
  OptionalLong resumedFrom() throws IOException {
    Matcher matcher = RESUMED.matcher(Files.readString(err));
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  /** Waits for the end; returns the digest of the weights if it was a good one. */
  Optional<String> sha() throws IOException, InterruptedException {
    if (process.waitFor() != 0) {
      return Optional.empty();
    }

    Matcher matcher = SHA.matcher(Files.readString(out));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Returns the last lines that it wrote to its error output. */
  String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(err);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
