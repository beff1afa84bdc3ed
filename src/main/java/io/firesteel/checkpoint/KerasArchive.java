package io.firesteel.checkpoint;

import io.firesteel.internal.archive.TemporaryFile;
import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.files.LocalFileIO;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code .keras} file: a zip archive with {@code metadata.json}, {@code
 * config.json} and {@code model.weights.h5}, all stored without compression.
 *
 * <p>Source: Keras 3.15, keras/src/saving/saving_lib.py. Differs from Keras: nothing else may be in
 * the file.
 *
 * @param config the model in Keras's serialized form ({@code config.json})
 * @param layers the weights of every layer, in the model's order; layers without weights too
 * @param optimizer the optimizer's state, or null if the model was not compiled
 */
public record KerasArchive(Config config, List<Weights> layers, @Nullable Weights optimizer) {

  /**
   * The variables of one layer or optimizer.
   *
   * @param className the Keras class name, which names the layer's group in the file
   * @param name the name of the object
   * @param variables its variables in Keras's order; those read from a file are named by position
   * @param parts the variables of layers within a nested model, and of parts of a layer
   */
  public record Weights(String className, String name, List<Variable> variables, List<Part> parts) {

    /** Copies the lists. */
    public Weights {
      variables = List.copyOf(variables);
      parts = List.copyOf(parts);
    }

    /** Creates the variables of an object without parts. */
    public Weights(String className, String name, List<Variable> variables) {
      this(className, name, variables, List.of());
    }
  }

  /**
   * The variables of a part of a layer.
   *
   * @param path the group within the layer's, e.g. {@code cell} or {@code layers/dense_1}
   * @param variables its variables in Keras's order
   */
  public record Part(String path, List<Variable> variables) {

    /** Copies the list. */
    public Part {
      variables = List.copyOf(variables);
    }
  }

  /** Copies the list. */
  public KerasArchive {
    layers = List.copyOf(layers);
  }

  /**
   * Reads an archive from a path of any file system that {@link FileIO#of} knows.
   *
   * @throws CheckpointException if it is no archive of a flat Keras model, with the reason
   * @throws IOException if it can't be read
   */
  public static KerasArchive load(String path) throws IOException {
    try (InputStream in = FileIO.of(path).open(path)) {
      return readFrom(in, path);
    }
  }

  /** Reads an archive from a local file; throws as {@link #load}. */
  public static KerasArchive read(Path file) throws IOException {
    return new KerasArchiveReader(file, file.toString()).read();
  }

  /**
   * Reads an archive from a stream, to its end, by way of a temporary file; throws as {@link
   * #load}.
   *
   * @param source where the stream comes from, for errors
   */
  public static KerasArchive readFrom(InputStream in, String source) throws IOException {
    try (TemporaryFile copy = TemporaryFile.create(".keras")) {
      try (OutputStream out = Files.newOutputStream(copy.path())) {
        in.transferTo(out);
      }

      return new KerasArchiveReader(copy.path(), source).read();
    }
  }

  /**
   * Reads the variables of a model from a file of Keras's {@code save_weights}, {@code
   * *.weights.h5}, or from a {@code .keras} file, whose config is not read.
   *
   * @param config the model that the variables are for; where the file has them follows from it
   * @param exact whether variables of no layer of that model are refused, not left out
   * @throws CheckpointException if the file is broken, with the reason
   * @throws IOException if it can't be read
   */
  public static KerasArchive loadWeights(String path, Config config, boolean exact)
      throws IOException {
    try (InputStream in = FileIO.of(path).open(path);
        TemporaryFile copy = TemporaryFile.create(".h5")) {
      try (OutputStream out = Files.newOutputStream(copy.path())) {
        in.transferTo(out);
      }

      return new KerasArchiveReader(copy.path(), path).readWeights(config, exact);
    }
  }

  /**
   * Writes the variables alone, as Keras's {@code save_weights} does, to a path of any file system
   * that {@link FileIO#of} knows, whole or not at all.
   */
  public void saveWeights(String path) throws IOException {
    FileIO.of(path).write(path, new KerasArchiveWriter(this)::writeWeightsTo);
  }

  /**
   * Writes the archive to a path of any file system that {@link FileIO#of} knows, whole or not at
   * all.
   */
  public void save(String path) throws IOException {
    FileIO.of(path).write(path, this::writeTo);
  }

  /** Writes the archive to a local file, whole or not at all. */
  public void write(Path file) throws IOException {
    new LocalFileIO().write(file.toString(), this::writeTo);
  }

  /** Writes the archive to a stream, which stays open. */
  public void writeTo(OutputStream out) throws IOException {
    new KerasArchiveWriter(this).writeTo(out);
  }

  /**
   * Returns the layers of classes that Keras does not have, each as {@code name
   * (package>ClassName)}: it opens the file only where classes are registered under these names.
   */
  public List<String> layersNotOfKeras() {
    List<String> names = new ArrayList<>();
    if (config.get("config") instanceof Config model
        && model.get("layers") instanceof List<?> all) {
      for (Object each : all) {
        if (each instanceof Config layer && layer.get("registered_name") instanceof String name) {
          Object given = layer.get("config") instanceof Config fields ? fields.get("name") : null;
          names.add("%s (%s)".formatted(given, name));
        }
      }
    }

    return names;
  }

  /**
   * Returns the SHA-256 over the values of all variables, the layers' first and then the
   * optimizer's, in order: floats as four and integers as eight bytes, little-endian. Lower-case
   * hexadecimal.
   */
  public String weightsSha256() {
    return Sha256.of(this);
  }
}
