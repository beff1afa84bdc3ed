package io.firesteel.testing;

import io.firesteel.checkpoint.Checkpoint;
import io.firesteel.checkpoint.CheckpointLocation;
import io.firesteel.checkpoint.CheckpointStore;
import io.firesteel.checkpoint.CheckpointSummary;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.saving.Config;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checkpoints in memory, which still pass through the files' formats. */
public final class MemoryCheckpoints implements CheckpointLocation, CheckpointStore {

  private final List<Checkpoint> committed = new ArrayList<>();

  /** Returns the steps of all commits, in order. */
  public synchronized List<Long> steps() {
    return committed.stream().map(Checkpoint::step).toList();
  }

  @Override
  public MemoryCheckpoints read() {
    return this;
  }

  @Override
  public MemoryCheckpoints open(String runId) {
    return this;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public synchronized Optional<Checkpoint> latest() {
    return committed.isEmpty()
        ? Optional.empty()
        : Optional.of(committed.get(committed.size() - 1));
  }

  @Override
  public List<CheckpointSummary> list() {
    return List.of();
  }

  @Override
  public synchronized void commit(Checkpoint checkpoint) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      checkpoint.model().writeTo(bytes);
      committed.add(
          new Checkpoint(
              checkpoint.step(),
              KerasArchive.readFrom(new ByteArrayInputStream(bytes.toByteArray()), "memory"),
              Config.parse(checkpoint.trainingState().toJson()),
              checkpoint.callbackTensors()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}
}
