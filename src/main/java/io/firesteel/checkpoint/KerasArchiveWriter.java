package io.firesteel.checkpoint;

import io.firesteel.internal.archive.Hdf5Group;
import io.firesteel.internal.archive.Hdf5Writer;
import io.firesteel.internal.files.FileIO;
import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a {@link KerasArchive}. Apart from the date in it, the same archive, the same bytes. */
final class KerasArchiveWriter {

  static final String METADATA = "metadata.json";
  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.weights.h5";

  /** The Keras whose files these are. */
  private static final String KERAS_VERSION = "3.15.1";

  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd@HH:mm:ss");

  /** A zip entry without a time would get the current one. */
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final KerasArchive archive;

  KerasArchiveWriter(KerasArchive archive) {
    this.archive = archive;
  }

  void writeTo(OutputStream out) throws IOException {
    Hdf5Writer weights = Hdf5Writer.of(tree());
    ZipOutputStream zip = new ZipOutputStream(out);
    add(zip, METADATA, metadata().toJson());
    add(zip, CONFIG, archive.config().toJson());
    add(zip, WEIGHTS, weights.length(), weights::writeTo);
    zip.finish();
  }

  /** Writes the file of the variables alone. */
  void writeWeightsTo(OutputStream out) throws IOException {
    Hdf5Writer.of(tree()).writeTo(out);
  }

  private static Config metadata() {
    return Config.builder()
        .put("keras_version", KERAS_VERSION)
        .put("date_saved", DATE.format(LocalDateTime.now(ZoneId.systemDefault())))
        .build();
  }

  private Hdf5Group tree() {
    Hdf5Group root = Hdf5Group.root();
    root.group("vars", modelName());
    KerasNames.Groups names = new KerasNames.Groups();
    List<KerasArchive.Weights> layers =
        archive.layers().stream().filter(layer -> hasGroup(layer.className())).toList();
    if (!layers.isEmpty()) {
      Hdf5Group group = root.group("layers");
      layers.forEach(layer -> put(group.group(names.next(layer.className())), layer));
    }

    KerasArchive.Weights optimizer = archive.optimizer();
    if (optimizer != null) {
      put(root.group("optimizer"), optimizer);
    }

    return root;
  }

  /** A Sequential's input layer is no layer in Keras's eyes. */
  private boolean hasGroup(String layerClass) {
    return !layerClass.equals("InputLayer")
        || !"Sequential".equals(archive.config().get("class_name"));
  }

  private String modelName() {
    return archive.config().get("config") instanceof Config config
            && config.get("name") instanceof String name
        ? name
        : "";
  }

  /** Puts variables into the group {@code vars} of an object's group. */
  static void put(Hdf5Group group, KerasArchive.Weights weights) {
    put(group, weights.name(), weights.variables());
    Map<String, Hdf5Group> known = new HashMap<>(Map.of("", group));
    for (KerasArchive.Part part : weights.parts()) {
      put(group(part.path(), known), part.path(), part.variables());
    }
  }

  private static Hdf5Group group(String path, Map<String, Hdf5Group> known) {
    Hdf5Group found = known.get(path);
    if (found == null) {
      int cut = path.lastIndexOf('/');
      Hdf5Group parent = group(cut < 0 ? "" : path.substring(0, cut), known);
      found = parent.group(path.substring(cut + 1));
      known.put(path, found);
    }

    return found;
  }

  private static void put(Hdf5Group group, String name, List<Variable> variables) {
    Hdf5Group vars = group.group("vars", name);
    for (int i = 0; i < variables.size(); i++) {
      vars.put(Integer.toString(i), variables.get(i));
    }
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(zip, name, bytes.length, out -> out.write(bytes));
  }

  /** A stored entry begins with its checksum, so the content is produced twice. */
  private static void add(ZipOutputStream zip, String name, long size, FileIO.Content content)
      throws IOException {
    CRC32 crc = new CRC32();
    content.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(ENTRY_TIME);
    entry.setSize(size);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }
}
