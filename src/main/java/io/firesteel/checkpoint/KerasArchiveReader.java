package io.firesteel.checkpoint;

import io.firesteel.checkpoint.KerasArchive.Part;
import io.firesteel.checkpoint.KerasArchive.Weights;
import io.firesteel.internal.archive.Hdf5Exception;
import io.firesteel.internal.archive.Hdf5Reader;
import io.firesteel.internal.archive.TemporaryFile;
import io.firesteel.internal.saving.KerasNames;
import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a {@link KerasArchive} from a local file. */
final class KerasArchiveReader {

  /** What no Sequential needs, and no file is to keep anybody waiting with. */
  private static final int MOST_LAYERS = 10_000;

  private static final String FOREIGN = "belongs to no layer of the model";

  private static final Logger LOG = LoggerFactory.getLogger(KerasArchiveReader.class);

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
    try (ArchiveMembers members = new ArchiveMembers(file, source);
        TemporaryFile weights = TemporaryFile.create(".h5")) {
      boolean isOfTfKeras = isOfTfKeras(members);
      Config config = json(members, KerasArchiveWriter.CONFIG);
      config = isOfTfKeras ? TfKerasConfig.modern(config) : withVocabularies(members, config);
      members.copy(KerasArchiveWriter.WEIGHTS, weights);
      try (Hdf5Reader reader =
          new Hdf5Reader(weights.path(), KerasArchiveWriter.WEIGHTS + " in " + source)) {
        KerasArchive archive = read(config, reader, true);
        return isOfTfKeras ? withoutOptimizerState(archive) : archive;
      } catch (Hdf5Exception e) {
        throw new CheckpointException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** Puts the vocabularies that Keras keeps beside the config into it. */
  private Config withVocabularies(ArchiveMembers members, Config config) throws IOException {
    List<Config> layers = new ArrayList<>();
    KerasNames.Groups names = new KerasNames.Groups();
    boolean any = false;
    for (Config layer : layerConfigs(config)) {
      String member = ArchiveMembers.vocabularyOf(names.next(string(layer, "class_name")));
      if (members.has(member) && layer.get("config") instanceof Config arguments) {
        any = true;
        layer = layer.with("config", arguments.with("vocabulary", integers(members, member)));
      }

      layers.add(layer);
    }

    return any && config.get("config") instanceof Config inner
        ? config.with("config", inner.with("layers", layers))
        : config;
  }

  private static List<Long> integers(ArchiveMembers members, String member) throws IOException {
    try {
      return members.text(member).lines().map(Long::valueOf).toList();
    } catch (NumberFormatException e) {
      throw members.invalid(
          "has the member '%s' with something else than integers: %s"
              .formatted(member, e.getMessage()));
    }
  }

  /** Reads the variables for a model from a weights file, or from that of an archive. */
  KerasArchive readWeights(Config config, boolean exact) throws IOException {
    if (!source.endsWith(".keras")) {
      return readWeights(file, source, config, exact);
    }

    try (ArchiveMembers members = new ArchiveMembers(file, source);
        TemporaryFile weights = TemporaryFile.create(".h5")) {
      members.copy(KerasArchiveWriter.WEIGHTS, weights);
      String name = KerasArchiveWriter.WEIGHTS + " in " + source;
      return readWeights(weights.path(), name, config, exact);
    }
  }

  private KerasArchive readWeights(Path weights, String name, Config config, boolean exact)
      throws IOException {
    try (Hdf5Reader reader = new Hdf5Reader(weights, name)) {
      return read(config, reader, exact);
    } catch (Hdf5Exception e) {
      throw new CheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The metadata tell which Keras wrote the file; without them it counts as one of ours. */
  private boolean isOfTfKeras(ArchiveMembers members) throws IOException {
    return members.has(KerasArchiveWriter.METADATA)
        && json(members, KerasArchiveWriter.METADATA).get("keras_version") instanceof String version
        && version.startsWith("2.");
  }

  private Config json(ArchiveMembers members, String name) throws IOException {
    try {
      return Config.parse(members.text(name));
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "The %s in %s is broken: %s".formatted(name, source, e.getMessage()), e);
    }
  }

  private KerasArchive read(Config config, Hdf5Reader reader, boolean exact) {
    LayerGroups groups = new LayerGroups(reader);
    List<Weights> layers = new ArrayList<>();
    for (Config layer : layerConfigs(config)) {
      String className = string(layer, "class_name");
      Hdf5Reader.Group own = groups.next(className);
      Weights found = weights(own, className, layerName(layer, groups.lastName()));
      List<Part> parts = own == null ? List.of() : new NestedGroups().of(own);
      layers.add(new Weights(className, found.name(), found.variables(), parts));
    }

    Weights optimizer = optimizer(config, reader);
    if (exact) {
      try {
        reader.requireNothingElse(groups::wasRead, FOREIGN);
      } catch (Hdf5Exception e) {
        requireKnownLayers(config);
        throw e;
      }
    }

    return new KerasArchive(config, layers, optimizer);
  }

  /** Names a layer of Keras that is none here, whose variables then seem to be nobody's. */
  private void requireKnownLayers(Config config) {
    for (Config layer : layerConfigs(config)) {
      if ("keras.layers".equals(layer.get("module"))) {
        Layers.get(layer);
      }
    }
  }

  /** As Keras 3 does it: the optimizers of tf.keras keep other variables. */
  private KerasArchive withoutOptimizerState(KerasArchive archive) {
    Weights optimizer = archive.optimizer();
    if (optimizer == null) {
      return archive;
    }

    LOG.warn(
        "The optimizer {} of {} begins anew: tf.keras saved {} variables of it, which are not those"
            + " of Keras 3",
        optimizer.className(),
        source,
        optimizer.variables().size());
    return new KerasArchive(archive.config(), archive.layers(), null);
  }

  /**
   * Returns the optimizer's variables. Wrappers repeat the state of the optimizers that they hold
   * in groups of those; it is in their own list too.
   */
  private static @Nullable Weights optimizer(Config config, Hdf5Reader reader) {
    Hdf5Reader.Group group = reader.root().group("optimizer");
    if (group == null) {
      return null;
    }

    String className = "Optimizer";
    if (config.get("compile_config") instanceof Config compiled
        && compiled.get("optimizer") instanceof Config optimizer
        && optimizer.get("class_name") instanceof String name) {
      className = name;
    }

    return weights(group, className, KerasNames.snakeCase(className));
  }

  private static Weights weights(
      Hdf5Reader.@Nullable Group group, String className, String absentName) {
    Hdf5Reader.Group vars = group == null ? null : group.group("vars");
    if (vars == null) {
      return new Weights(className, absentName, List.of());
    }

    String name = vars.name(absentName);
    return new Weights(className, name, vars.variables(name));
  }

  /** A Sequential's input layer is no layer in Keras's eyes, and has no group. */
  private List<Config> layerConfigs(Config config) {
    if (!(config.get("config") instanceof Config model)
        || !(model.get("layers") instanceof List<?> items)) {
      throw invalid(
          "holds no Sequential or Functional model: its config has no 'layers'. Its class: "
              + config.get("class_name"));
    }

    if (items.size() > MOST_LAYERS) {
      throw invalid("has %d layers. Allowed: %d".formatted(items.size(), MOST_LAYERS));
    }

    boolean isSequential = "Sequential".equals(config.get("class_name"));
    List<Config> layers = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Config layer)) {
        throw invalid("has a layer that is no object in its config: " + item);
      }

      boolean isNone =
          isSequential
              ? "InputLayer".equals(layer.get("class_name"))
              : Layers.isMaskOperation(layer);
      if (!isNone) {
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

  /** The groups of variables within the group of a layer, such as those of a nested model. */
  private static final class NestedGroups {

    private static final String VARIABLES = "vars";

    private final List<Part> parts = new ArrayList<>();

    /** Returns all parts of a layer that hold variables. */
    List<Part> of(Hdf5Reader.Group layer) {
      visit(layer, "");
      return parts;
    }

    private void visit(Hdf5Reader.Group group, String path) {
      for (String name : group.names()) {
        if (path.isEmpty() && name.equals(VARIABLES)) {
          continue;
        }

        Hdf5Reader.Group child = Objects.requireNonNull(group.group(name));
        if (name.equals(VARIABLES)) {
          add(child, path);
        } else {
          visit(child, path.isEmpty() ? name : path + "/" + name);
        }
      }
    }

    private void add(Hdf5Reader.Group variables, String path) {
      Part part = new Part(path, variables.variables(path));
      if (!part.variables().isEmpty()) {
        parts.add(part);
      }
    }
  }
}
