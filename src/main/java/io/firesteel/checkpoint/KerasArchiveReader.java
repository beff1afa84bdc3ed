package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.archive.TemporaryFile;
import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Config;
import io.jhdf.api.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads a {@link KerasArchive} from a local file. */
final class KerasArchiveReader {

  private static final Set<String> MEMBERS =
      Set.of(KerasArchiveWriter.METADATA, KerasArchiveWriter.CONFIG, KerasArchiveWriter.WEIGHTS);

  /** Deflate cannot exceed this much; Keras stores its members. */
  private static final long MAX_EXPANSION = 100;

  private static final long EXPANSION_FLOOR = 1 << 20;

  private final Path file;
  private final String source;

  /**
   * Creates a reader.
   *
   * @param source what to call the file in errors
   */
  KerasArchiveReader(Path file, String source) {
    this.file = file;
    this.source = source;
  }

  KerasArchive read() throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile());
        TemporaryFile weights = TemporaryFile.create(".h5")) {
      requireKnownMembers(zip);
      Config config = config(zip);
      try (InputStream in = zip.getInputStream(member(zip, KerasArchiveWriter.WEIGHTS))) {
        Files.copy(in, weights.path(), StandardCopyOption.REPLACE_EXISTING);
      }

      try (Hdf5Reader reader =
          new Hdf5Reader(weights.path(), KerasArchiveWriter.WEIGHTS + " in " + source)) {
        return read(config, reader);
      }
    } catch (ZipException e) {
      throw new CheckpointException(
          "%s is no Keras archive: %s".formatted(source, e.getMessage()), e);
    }
  }

  private void requireKnownMembers(ZipFile zip) {
    zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> !MEMBERS.contains(name) && !name.endsWith("/"))
        .findFirst()
        .ifPresent(
            name -> {
              throw invalid(
                  "has the member '%s', which cannot be read. Allowed: %s, %s and %s"
                      .formatted(
                          name,
                          KerasArchiveWriter.METADATA,
                          KerasArchiveWriter.CONFIG,
                          KerasArchiveWriter.WEIGHTS));
            });
  }

  private ZipEntry member(ZipFile zip, String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw invalid("has no member '%s'".formatted(name));
    }

    if (entry.getSize() > EXPANSION_FLOOR
        && entry.getSize() > MAX_EXPANSION * entry.getCompressedSize()) {
      throw invalid(
          "has the member '%s' that unfolds from %d to %d bytes"
              .formatted(name, entry.getCompressedSize(), entry.getSize()));
    }

    return entry;
  }

  private Config config(ZipFile zip) throws IOException {
    try (InputStream in = zip.getInputStream(member(zip, KerasArchiveWriter.CONFIG))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "The %s in %s is broken: %s".formatted(KerasArchiveWriter.CONFIG, source, e.getMessage()),
          e);
    }
  }

  private KerasArchive read(Config config, Hdf5Reader reader) {
    Set<String> read = new HashSet<>();
    List<Weights> layers = new ArrayList<>();
    KerasGroups names = new KerasGroups();
    Group group = reader.group(reader.root(), "layers");
    for (Config layer : layerConfigs(config)) {
      String className = string(layer, "class_name");
      String name = names.next(className);
      read.add("/layers/" + name);
      Group own = group == null ? null : reader.group(group, name);
      Weights found = weights(reader, own, className, layerName(layer, name));
      List<Part> parts = own == null ? List.of() : new GroupParts(reader).of(own);
      layers.add(new Weights(className, found.name(), found.variables(), parts));
    }

    Weights optimizer = optimizer(config, reader);
    reader.requireNothingElse(path -> read.contains(path) || path.equals("/optimizer"));
    return new KerasArchive(config, layers, optimizer);
  }

  /**
   * Returns the optimizer's variables. Wrappers repeat the state of the optimizers that they hold
   * in groups of those; it is in their own list too.
   */
  private static @Nullable Weights optimizer(Config config, Hdf5Reader reader) {
    Group group = reader.group(reader.root(), "optimizer");
    if (group == null) {
      return null;
    }

    String className = "Optimizer";
    if (config.get("compile_config") instanceof Config compiled
        && compiled.get("optimizer") instanceof Config optimizer
        && optimizer.get("class_name") instanceof String name) {
      className = name;
    }

    return weights(reader, group, className, KerasNames.snakeCase(className));
  }

  private static Weights weights(
      Hdf5Reader reader, @Nullable Group group, String className, String absentName) {
    Group vars = group == null ? null : reader.group(group, "vars");
    if (vars == null) {
      return new Weights(className, absentName, List.of());
    }

    String name = reader.name(vars, absentName);
    return new Weights(className, name, reader.variables(vars, name));
  }

  /** A Sequential's input layer is no layer in Keras's eyes, and has no group. */
  private List<Config> layerConfigs(Config config) {
    if (!(config.get("config") instanceof Config model)
        || !(model.get("layers") instanceof List<?> items)) {
      throw invalid(
          "holds no Sequential or Functional model: its config has no 'layers'. Its class: "
              + config.get("class_name"));
    }

    boolean isSequential = "Sequential".equals(config.get("class_name"));
    List<Config> layers = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Config layer)) {
        throw invalid("has a layer that is no object in its config: " + item);
      }

      if (!isSequential || !"InputLayer".equals(layer.get("class_name"))) {
        layers.add(layer);
      }
    }

    return layers;
  }

  private static String layerName(Config layer, String absent) {
    return layer.get("config") instanceof Config own && own.get("name") instanceof String name
        ? name
        : absent;
  }

  private String string(Config config, String key) {
    if (config.get(key) instanceof String text) {
      return text;
    }

    throw invalid("has a layer without '%s' in its config: %s".formatted(key, config));
  }

  private CheckpointException invalid(String problem) {
    return new CheckpointException("%s %s".formatted(source, problem), null);
  }
}
