package io.firesteel.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A script of {@code spark-jobs} as a process of its own, as a user starts it. */
public final class JobProcess implements AutoCloseable {

  /** The project's folder, in which Maven runs the tests. */
  public static final Path ROOT = Path.of("").toAbsolutePath();

  private static final long TIMEOUT_SECONDS = 300;

  private final Process process;
  private final Path errors;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private JobProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.reader = new Thread(this::read, "job-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a script in a working directory, with the Spark that the build assembles. */
  public static JobProcess start(Path directory, String script, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("spark-jobs").resolve(script).toString());
    command.addAll(arguments);
    Path errors = Files.createTempFile("firesteel-job", ".err");
    errors.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SPARK_"));
    environment.put("FIRESTEEL_LINE", System.getProperty("firesteel.line", ""));
    return new JobProcess(builder.start(), errors);
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(output ended: " + e.getMessage() + ")");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits until the output has a line that begins so, or has ended. */
  public synchronized boolean awaitLine(String prefix)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (lines.stream().noneMatch(line -> line.startsWith(prefix))) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended) {
        return false;
      }

      if (left <= 0) {
        throw new TimeoutException("No line with " + prefix + " in " + lines + errors());
      }

      wait(left);
    }

    return true;
  }

  /** Waits some time; tells whether the process is still alive then. */
  public boolean isAliveAfter(long millis) throws InterruptedException {
    return !process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Kills the process as {@code kill -9} does, and returns its exit code. */
  public int kill() throws InterruptedException {
    process.destroyForcibly();
    return process.waitFor();
  }

  /** Does what Ctrl-C in a terminal does: all processes of the job are asked to end. */
  public void interrupt() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-INT", Long.toString(process.pid())));
    process.children().map(child -> Long.toString(child.pid())).forEach(command::add);
    new ProcessBuilder(command).start().waitFor();
  }

  /** Waits for the end and returns the exit code. */
  public int exitCode() throws InterruptedException, TimeoutException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      close();
      throw new TimeoutException("The job has not ended: " + lines() + errors());
    }

    reader.join();
    return process.exitValue();
  }

  /** Returns the command lines of the processes that this one has started. */
  public List<String> children() {
    return process
        .descendants()
        .map(child -> child.info().commandLine().orElse(""))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Returns the standard output so far. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Returns the error output so far. */
  public String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
