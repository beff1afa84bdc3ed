package io.firesteel.testing;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The default job, {@code conf/digits.json}, with its results in a folder of its own. */
public final class DigitsJob {

  private final Path folder;

  /** Creates the job; the folder need not exist. */
  public DigitsJob(Path folder) {
    this.folder = folder;
  }

  /** Starts {@code train.sh} without a job file. */
  public JobProcess start(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--set", "output.path=" + output(), "--set", "checkpoint.path=" + checkpoints()));
    arguments.addAll(List.of(more));
    return JobProcess.start(JobProcess.ROOT, "train.sh", arguments);
  }

  /** Returns the output folder. */
  public Path output() {
    return folder.resolve("output");
  }

  /** Returns the folder of checkpoints. */
  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Returns the content of {@code result.json}. */
  public Config result() throws IOException {
    return Config.parse(Files.readString(output().resolve("result.json")));
  }
}
