package io.firesteel.checkpoint;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a checkpoint consists of ({@code manifest.json}), written after all its files.
 *
 * <p>It certifies itself: its last field is the SHA-256 of its own text with zeros in that place,
 * so that no altered byte of it can name another file, length or digest.
 *
 * @param step the number of steps completed
 * @param runId the run that wrote it
 * @param libraryVersion the Firesteel that wrote it
 * @param weightsSha256 {@link KerasArchive#weightsSha256} of the model
 * @param configSha256 the SHA-256 of the model's config
 * @param files length and SHA-256 of each file, by name
 */
public record Manifest(
    long step,
    String runId,
    String libraryVersion,
    String weightsSha256,
    String configSha256,
    Map<String, Entry> files) {

  /** The name of its own file. */
  public static final String FILE = "manifest.json";

  /** What this library writes, and the newest that it reads. */
  private static final long FORMAT_VERSION = 2;

  /** The one before, which carried no digest of itself. */
  private static final long WITHOUT_DIGEST = 1;

  private static final String DIGEST = "manifest_sha256";
  private static final String NO_DIGEST = "0".repeat(64);
  private static final Pattern DIGEST_FIELD =
      Pattern.compile("(\"" + DIGEST + "\" : \")([0-9a-f]{64})(\")");

  private static final String FORMAT_VERSION_KEY = "format_version";
  private static final String STEP = "step";
  private static final String RUN_ID = "run_id";
  private static final String LIBRARY_VERSION = "library_version";
  private static final String WEIGHTS = "weights_sha256";
  private static final String CONFIG = "config_sha256";
  private static final String FILES = "files";
  private static final String LENGTH = "length";
  private static final String SHA256 = "sha256";

  /**
   * One file.
   *
   * @param length its length in bytes
   * @param sha256 its SHA-256, lower-case hexadecimal
   */
  public record Entry(long length, String sha256) {}

  /** Copies the map and keeps its order. */
  public Manifest {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /** Returns the length in bytes of every file, its own too. */
  public Map<String, Long> lengths() {
    Map<String, Long> lengths = new LinkedHashMap<>();
    files.forEach((name, entry) -> lengths.put(name, entry.length()));
    lengths.put(FILE, (long) toJson().getBytes(StandardCharsets.UTF_8).length);
    return lengths;
  }

  /** Tells whether the two checkpoints hold the same model with the same state. */
  public boolean isSameModel(Manifest other) {
    return step == other.step
        && weightsSha256.equals(other.weightsSha256)
        && configSha256.equals(other.configSha256);
  }

  /** Returns the JSON text, with its own digest. */
  String toJson() {
    String text = withoutDigest();
    return text.replace(NO_DIGEST, Sha256.of(text));
  }

  private String withoutDigest() {
    Config.Builder entries = Config.builder();
    files.forEach(
        (name, entry) ->
            entries.put(
                name,
                Config.builder().put(LENGTH, entry.length()).put(SHA256, entry.sha256()).build()));
    return Config.builder()
        .put(FORMAT_VERSION_KEY, FORMAT_VERSION)
        .put(STEP, step)
        .put(RUN_ID, runId)
        .put(LIBRARY_VERSION, libraryVersion)
        .put(WEIGHTS, weightsSha256)
        .put(CONFIG, configSha256)
        .put(FILES, entries.build())
        .put(DIGEST, NO_DIGEST)
        .build()
        .toPrettyJson();
  }

  /**
   * Returns the manifest in a JSON text.
   *
   * @throws IllegalArgumentException if the text is no manifest, one of a newer format, or altered
   */
  static Manifest parse(String json) {
    ConfigReader reader = Config.parse(json).reader(FILE);
    long version = reader.integer(FORMAT_VERSION_KEY);
    if (version == FORMAT_VERSION) {
      requireDigest(json, reader.string(DIGEST));
    } else if (version != WITHOUT_DIGEST) {
      throw reader.invalid(
          FORMAT_VERSION_KEY,
          "%d or %d, which this library reads".formatted(WITHOUT_DIGEST, FORMAT_VERSION));
    }

    Manifest manifest =
        new Manifest(
            reader.integer(STEP),
            reader.string(RUN_ID),
            reader.string(LIBRARY_VERSION),
            reader.string(WEIGHTS),
            reader.string(CONFIG),
            entries(reader.config(FILES)));
    reader.finish();
    return manifest;
  }

  private static void requireDigest(String json, String digest) {
    Matcher field = DIGEST_FIELD.matcher(json);
    String text = field.replaceAll("$1" + NO_DIGEST + "$3");
    if (!Sha256.of(text).equals(digest)) {
      throw new IllegalArgumentException(
          "Its text has the SHA-256 %s. It says: %s".formatted(Sha256.of(text), digest));
    }
  }

  private static Map<String, Entry> entries(Config files) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    ConfigReader all = files.reader(FILE);
    for (String name : files.keys()) {
      ConfigReader file = all.config(name).reader(FILE + " about " + name);
      entries.put(name, new Entry(file.integer(LENGTH), file.string(SHA256)));
      file.finish();
    }

    return entries;
  }
}
