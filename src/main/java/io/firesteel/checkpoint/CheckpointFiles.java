package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.archive.Hdf5Exception;
import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Reader;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.internal.archive.TemporaryFile;
import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.files.LibraryVersion;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of one checkpoint: {@code model.keras}, {@code training_state.json}, {@code
 * callback_state.h5} if a callback keeps tensors, and {@code manifest.json}, written last. Where
 * they are is up to the store.
 */
public final class CheckpointFiles {

  private static final String MODEL = "model.keras";
  private static final String TRAINING_STATE = "training_state.json";
  private static final String CALLBACK_STATE = "callback_state.h5";
  private static final String WEIGHTS = "weights of the model";
  private static final String CONFIG = "config of the model";

  /** Where the files of a checkpoint go. */
  @FunctionalInterface
  public interface Sink {
    /** Writes a new file and closes it. */
    void write(String name, FileIO.Content content) throws IOException;
  }

  /** Where the files of a checkpoint come from. */
  @FunctionalInterface
  public interface Source {
    /** Opens a file. */
    InputStream open(String name) throws IOException;
  }

  private CheckpointFiles() {}

  /**
   * Writes a checkpoint and returns its manifest.
   *
   * @throws IllegalArgumentException if the training state can't be represented
   */
  public static Manifest write(Checkpoint checkpoint, String runId, Sink sink) throws IOException {
    String state = TrainingStateJson.write(checkpoint.trainingState());
    Map<String, Manifest.Entry> files = new LinkedHashMap<>();
    write(sink, MODEL, checkpoint.model()::writeTo, files);
    write(sink, TRAINING_STATE, out -> out.write(utf8(state)), files);
    Map<String, List<Variable>> tensors = new LinkedHashMap<>(checkpoint.callbackTensors());
    tensors.values().removeIf(List::isEmpty);
    if (!tensors.isEmpty()) {
      write(sink, CALLBACK_STATE, CallbackTensors.writer(tensors)::writeTo, files);
    }

    Manifest manifest =
        new Manifest(
            checkpoint.step(),
            runId,
            LibraryVersion.current(),
            checkpoint.model().weightsSha256(),
            Sha256.of(checkpoint.model().config().toJson()),
            files);
    sink.write(Manifest.FILE, out -> out.write(utf8(manifest.toJson())));
    return manifest;
  }

  /**
   * Reads the manifest.
   *
   * @param step the step that the checkpoint's name says
   * @throws CheckpointException if it is no manifest of that step
   * @throws IOException if it can't be read
   */
  public static Manifest readManifest(Source source, long step) throws IOException {
    Manifest manifest;
    try (InputStream in = source.open(Manifest.FILE)) {
      manifest = Manifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "The %s is broken: %s".formatted(Manifest.FILE, e.getMessage()), e);
    }

    if (manifest.step() != step) {
      throw new CheckpointException(
          "The %s is about step %d, not %d".formatted(Manifest.FILE, manifest.step(), step), null);
    }

    return manifest;
  }

  /**
   * Reads every file to its end and compares length and checksum.
   *
   * @throws CheckpointException if a file is not what the manifest says
   * @throws IOException if a file can't be read
   */
  public static void verify(Manifest manifest, Source source) throws IOException {
    for (String name : manifest.files().keySet()) {
      copy(manifest, name, source, OutputStream.nullOutputStream());
    }
  }

  /**
   * Reads a checkpoint; every file is verified before it is parsed, and what came of the model
   * after it.
   *
   * @throws CheckpointException if a file is not what the manifest says, or is broken
   * @throws IOException if a file can't be read
   */
  public static Checkpoint read(Manifest manifest, Source source) throws IOException {
    Config state;
    try (TemporaryFile file = verified(manifest, TRAINING_STATE, source)) {
      state = TrainingStateJson.read(Files.readString(file.path()));
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "The %s is broken: %s".formatted(TRAINING_STATE, e.getMessage()), e);
    }

    KerasArchive model;
    try (TemporaryFile file = verified(manifest, MODEL, source)) {
      model = new KerasArchiveReader(file.path(), MODEL).read();
    }

    Map<String, List<Variable>> tensors = callbackTensors(manifest, source);
    requireSame(WEIGHTS, manifest.weightsSha256(), model.weightsSha256());
    requireSame(CONFIG, manifest.configSha256(), Sha256.of(model.config().toJson()));
    return new Checkpoint(manifest.step(), model, state, tensors);
  }

  private static Map<String, List<Variable>> callbackTensors(Manifest manifest, Source source)
      throws IOException {
    if (!manifest.files().containsKey(CALLBACK_STATE)) {
      return Map.of();
    }

    try (TemporaryFile file = verified(manifest, CALLBACK_STATE, source)) {
      return CallbackTensors.read(file.path(), CALLBACK_STATE);
    }
  }

  private static void requireSame(String what, String expected, String found) {
    if (!found.equals(expected)) {
      throw new CheckpointException(
          "The %s that were read have the SHA-256 %s. The %s says: %s"
              .formatted(what, found, Manifest.FILE, expected),
          null);
    }
  }

  private static void write(
      Sink sink, String name, FileIO.Content content, Map<String, Manifest.Entry> files)
      throws IOException {
    sink.write(
        name,
        out -> {
          MessageDigest digest = Sha256.digest();
          CountingStream counted = new CountingStream(new DigestOutputStream(out, digest));
          content.writeTo(counted);
          files.put(name, new Manifest.Entry(counted.count(), Sha256.hex(digest)));
        });
  }

  private static TemporaryFile verified(Manifest manifest, String name, Source source)
      throws IOException {
    TemporaryFile file = TemporaryFile.create("-" + name);
    try (OutputStream out = Files.newOutputStream(file.path())) {
      copy(manifest, name, source, out);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void copy(Manifest manifest, String name, Source source, OutputStream out)
      throws IOException {
    Manifest.Entry entry = manifest.files().get(name);
    if (entry == null) {
      throw new CheckpointException("The %s does not list %s".formatted(Manifest.FILE, name), null);
    }

    MessageDigest digest = Sha256.digest();
    long length;
    try (InputStream in = new DigestInputStream(source.open(name), digest)) {
      length = in.transferTo(out);
    }

    String sha256 = Sha256.hex(digest);
    if (length != entry.length()) {
      throw new CheckpointException(
          "%s has %d bytes. The %s says: %d".formatted(name, length, Manifest.FILE, entry.length()),
          null);
    }

    if (!sha256.equals(entry.sha256())) {
      throw new CheckpointException(
          "%s has the SHA-256 %s. The %s says: %s"
              .formatted(name, sha256, Manifest.FILE, entry.sha256()),
          null);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Counts the bytes that go through it. */
  private static final class CountingStream extends FilterOutputStream {

    private long count;

    CountingStream(OutputStream out) {
      super(out);
    }

    /** Returns the number of bytes so far. */
    long count() {
      return count;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }
  }

  /**
   * The file {@code callback_state.h5}: one group per callback, numbered, with the callback's name
   * as the attribute {@code name} of its {@code vars}.
   */
  private static final class CallbackTensors {

    private CallbackTensors() {}

    /** Returns a writer of the file. */
    static Hdf5Writer writer(Map<String, List<Variable>> tensors) {
      Hdf5Group root = Hdf5Group.root();
      int index = 0;
      for (Map.Entry<String, List<Variable>> callback : tensors.entrySet()) {
        Weights weights = new Weights("Callback", callback.getKey(), callback.getValue());
        KerasArchiveWriter.put(root.group(Integer.toString(index++)), weights);
      }

      return Hdf5Writer.of(root);
    }

    /**
     * Reads the file.
     *
     * @param source what to call it in errors
     * @throws CheckpointException if it is broken
     */
    static Map<String, List<Variable>> read(Path file, String source) throws IOException {
      Map<String, List<Variable>> tensors = new LinkedHashMap<>();
      try (Hdf5Reader reader = new Hdf5Reader(file, source)) {
        List<String> groups = reader.root().names();
        for (int i = 0; i < groups.size(); i++) {
          String index = Integer.toString(i);
          Hdf5Reader.Group callback = reader.root().group(index);
          Hdf5Reader.Group vars = callback == null ? null : callback.group("vars");
          if (vars == null) {
            throw new CheckpointException(
                "%s must hold the groups 0 to %d with 'vars'. It has: %s"
                    .formatted(source, groups.size() - 1, String.join(", ", groups)),
                null);
          }

          String name = vars.name(index);
          tensors.put(name, vars.variables(name));
        }
      } catch (Hdf5Exception e) {
        throw new CheckpointException(String.valueOf(e.getMessage()), e);
      }

      return tensors;
    }
  }
}
