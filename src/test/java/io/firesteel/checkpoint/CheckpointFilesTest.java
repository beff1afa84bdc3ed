package io.firesteel.checkpoint;

import static io.firesteel.testing.Checkpointed.assertSame;
import static io.firesteel.testing.Checkpointed.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.internal.files.FileIO;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.Checkpointed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointFilesTest {

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private Manifest manifest;

  @BeforeEach
  void write() throws IOException {
    manifest = CheckpointFiles.write(Checkpointed.at(4), "run", this::put);
  }

  private void put(String name, FileIO.Content content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    files.put(name, out.toByteArray());
  }

  private InputStream open(String name) throws IOException {
    if (!files.containsKey(name)) {
      throw new FileNotFoundException(name);
    }

    return new ByteArrayInputStream(files.get(name));
  }

  private void refuses(String reason) {
    CheckpointException error =
        assertThrows(
            CheckpointException.class,
            () -> CheckpointFiles.read(CheckpointFiles.readManifest(this::open, 4), this::open));

    assertTrue(error.getMessage().contains(reason), error::getMessage);
  }

  /** Replaces a file and lets the manifest know. */
  private void replace(String name, byte[] content) {
    files.put(name, content);
    MessageDigest digest = Sha256.digest();
    digest.update(content);
    Map<String, Manifest.Entry> entries = new LinkedHashMap<>(manifest.files());
    entries.put(name, new Manifest.Entry(content.length, Sha256.hex(digest)));
    put(new Manifest(4, "run", "v", "w", "c", entries));
  }

  private void put(Manifest other) {
    files.put(Manifest.FILE, other.toJson().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theManifestComesLastAndDescribesTheFiles() throws IOException {
    assertEquals(
        List.of("model.keras", "training_state.json", "callback_state.h5", "manifest.json"),
        new ArrayList<>(files.keySet()));
    assertEquals(manifest, CheckpointFiles.readManifest(this::open, 4));
    assertEquals(Checkpointed.at(4).model().weightsSha256(), manifest.weightsSha256());
    files.forEach((name, bytes) -> assertEquals(bytes.length, manifest.lengths().get(name)));
    assertEquals("development", manifest.libraryVersion());
    CheckpointFiles.verify(manifest, this::open);
    assertSame(Checkpointed.at(4), CheckpointFiles.read(manifest, this::open));
  }

  @Test
  void theSameModelIsRecognised() throws IOException {
    Manifest again = CheckpointFiles.write(Checkpointed.at(4), "other run", this::put);
    assertTrue(manifest.isSameModel(again));

    for (Manifest other :
        List.of(
            new Manifest(5, "", "", manifest.weightsSha256(), manifest.configSha256(), Map.of()),
            new Manifest(4, "", "", "w", manifest.configSha256(), Map.of()),
            new Manifest(4, "", "", manifest.weightsSha256(), "c", Map.of()))) {
      assertFalse(manifest.isSameModel(other));
    }
  }

  @Test
  void brokenManifestsAreRefused() {
    files.put(Manifest.FILE, "[]".getBytes(StandardCharsets.UTF_8));
    refuses("The manifest.json is broken: Expected a JSON object. Received: []");
    put(new Manifest(5, "run", "v", "w", "c", Map.of()));
    refuses("The manifest.json is about step 5, not 4");
    put(new Manifest(4, "run", "v", "w", "c", Map.of()));
    refuses("The manifest.json does not list training_state.json");
  }

  @Test
  void changedFilesAreRefused() {
    files.put("training_state.json", new byte[3]);
    refuses("training_state.json has 3 bytes. The manifest.json says: ");
    assertTrue(
        assertThrows(CheckpointException.class, () -> CheckpointFiles.verify(manifest, this::open))
            .getMessage()
            .startsWith("training_state.json has 3 bytes"));
  }

  @Test
  void changedBytesAreRefused() {
    files.get("model.keras")[100] ^= 4;
    refuses("model.keras has the SHA-256 ");
  }

  @Test
  void filesThatVerifyButMakeNoSenseAreRefused() {
    replace("training_state.json", "{".getBytes(StandardCharsets.UTF_8));
    refuses("The training_state.json is broken: Not valid JSON");
  }

  @Test
  void tensorsOfCallbacksInOtherGroupsAreRefused() throws IOException {
    Hdf5Group root = Hdf5Group.root();
    root.group("early").group("vars").put("0", tensor("", Shape.of(1), 1));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Hdf5Writer.of(root).writeTo(out);
    replace("callback_state.h5", out.toByteArray());

    refuses("callback_state.h5 must hold the groups 0 to 0 with 'vars'. It has: early");
  }

  /** What 0.1.0 wrote: without a digest of its own. */
  @Test
  void manifestsOfTheFormatBeforeAreRead() throws IOException {
    Manifest manifest = new Manifest(4, "run", "0.1.0", "w", "c", Map.of());
    String old =
        manifest
            .toJson()
            .replace("\"format_version\" : 2", "\"format_version\" : 1")
            .replaceAll(",\\s*\"manifest_sha256\" : \"[0-9a-f]{64}\"", "");

    assertEquals(manifest, Manifest.parse(old));
    assertEquals(manifest, Manifest.parse(manifest.toJson()));
  }

  @Test
  void aSinkThatFailsFailsTheCheckpoint() {
    IOException error =
        assertThrows(
            IOException.class,
            () ->
                CheckpointFiles.write(
                    Checkpointed.at(4),
                    "run",
                    (name, content) -> content.writeTo(new FullStream())));

    assertEquals("full", error.getMessage());
  }

  private static final class FullStream extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      throw new IOException("full");
    }
  }
}
