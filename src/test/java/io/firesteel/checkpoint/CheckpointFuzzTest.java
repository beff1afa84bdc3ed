package io.firesteel.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.firesteel.internal.files.FileIO;
import io.firesteel.testing.Checkpointed;
import io.firesteel.testing.Mutations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * An altered checkpoint is refused, or holds what was saved. {@code -Dfiresteel.fuzz=N} sets the
 * number of mutations.
 */
class CheckpointFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("firesteel.fuzz", 1000);
  private static final long STEP = 7;

  private final Map<String, byte[]> files = new HashMap<>();

  @Test
  void noAlteredByteGivesOtherTensors() throws IOException {
    Checkpoint saved = Checkpointed.at(STEP);
    CheckpointFiles.write(saved, "run", this::keep);
    Mutations mutations = new Mutations(20260902);
    List<String> names =
        List.of(
            "manifest.json",
            "manifest.json",
            "model.keras",
            "manifest.json",
            "training_state.json",
            "callback_state.h5");
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String name = names.get(i % names.size());
      Map<String, byte[]> altered = new HashMap<>(files);
      altered.compute(name, (any, bytes) -> mutations.ofOneByte(bytes));
      try {
        Checkpointed.assertSame(saved, read(altered));
      } catch (CheckpointException e) {
        refused++;
      } catch (IOException | RuntimeException e) {
        fail("Mutation %d of %s ended in %s".formatted(i, name, e), e);
      }
    }

    System.out.printf("%d altered checkpoints: %d refused%n", MUTATIONS, refused);
    assertTrue(refused == MUTATIONS, "Refused: " + refused);
  }

  private void keep(String name, FileIO.Content content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    files.put(name, out.toByteArray());
  }

  private static Checkpoint read(Map<String, byte[]> files) throws IOException {
    CheckpointFiles.Source source = name -> open(files, name);
    return CheckpointFiles.read(CheckpointFiles.readManifest(source, STEP), source);
  }

  private static InputStream open(Map<String, byte[]> files, String name) throws IOException {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new FileNotFoundException(name);
    }

    return new ByteArrayInputStream(bytes);
  }
}
