package io.firesteel.layers;

import io.firesteel.internal.data.KeyBuckets;
import io.firesteel.internal.data.KeyIndex;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers put into {@code num_bins} buckets by their hash (Keras 3.15,
 * keras/src/layers/preprocessing/hashing.py): FarmHash64 of a number's decimal digits, or SipHash64
 * with a {@code salt}, modulo the number of buckets. With a {@code mask_value} the bucket 0 is for
 * that one alone.
 *
 * <p>Rows may have any shape; those of {@code multi_hot} and {@code count} are vectors. Numbers are
 * whole and below 2^24 in magnitude.
 *
 * <p>Differs from Keras: at most 2^24 buckets, as many as floats hold; no sparse output. Keras
 * computes it with TensorFlow, whatever its backend.
 */
public final class Hashing extends CategoricalLayer<Hashing> {

  private static final String NAME = "Hashing";
  private static final List<String> INTEGERS = List.of("int64", "int32");

  private final int numBins;
  private final @Nullable Object maskValue;
  private final List<Long> salt;
  private final String dtype;
  private final KeyIndex index;

  private Hashing(
      int numBins,
      @Nullable Object maskValue,
      List<Long> salt,
      CategoryOutput output,
      String dtype,
      LayerOptions options) {
    super(output, options);
    this.numBins = (int) Argument.integer(NAME, "num_bins", 1, CategoryOutput.MOST, numBins);
    this.maskValue = maskValue;
    this.salt = salt;
    this.dtype = dtype;
    boolean masks = maskValue != null && numBins > 1;
    this.index =
        new KeyIndex.Hashed(
            new KeyBuckets(masks ? numBins - 1 : numBins, salt), masks ? maskValue : null);
  }

  /**
   * Returns the layer that puts out the index of the bucket.
   *
   * @param numBins the number of buckets
   */
  public static Hashing of(int numBins) {
    return new Hashing(numBins, null, List.of(), CategoryOutput.INT, "int64", LayerOptions.DEFAULT);
  }

  /** Returns this layer with a text that has the bucket 0 for itself. */
  public Hashing maskValue(String value) {
    return new Hashing(numBins, value, salt, output(), dtype, options());
  }

  /** Returns this layer with a number that has the bucket 0 for itself. */
  public Hashing maskValue(long value) {
    return new Hashing(numBins, value, salt, output(), dtype, options());
  }

  /** Returns this layer with SipHash64 and a salt; Keras has one number stand for both. */
  public Hashing salt(long first, long second) {
    List<Long> both = List.of(first, second);
    return new Hashing(numBins, maskValue, both, output(), dtype, options());
  }

  /**
   * Returns this layer with another output: {@code int}, {@code one_hot}, {@code multi_hot} or
   * {@code count}.
   */
  public Hashing outputMode(String mode) {
    CategoryOutput changed = CategoryOutput.of(NAME, mode, CategoryOutput.values());
    String type = changed == CategoryOutput.INT ? "int64" : "float32";
    return new Hashing(numBins, maskValue, salt, changed, type, options());
  }

  static Hashing fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    CategoryEncoding.refuseSparse(reader);
    String mode = reader.string("output_mode", "int");
    CategoryOutput output = CategoryOutput.of(NAME, mode, CategoryOutput.values());
    String type = dtype(reader, output == CategoryOutput.INT ? INTEGERS : List.of("float32"));
    Object mask = reader.any("mask_value");
    if (mask != null && !(mask instanceof String) && !(mask instanceof Long)) {
      throw reader.invalid("mask_value", "a text, an integer or null");
    }

    Hashing layer =
        new Hashing(
            reader.size("num_bins", 1),
            mask,
            salt(reader),
            output,
            type,
            LayerOptions.readWithoutDtype(reader));
    reader.finish();
    return layer;
  }

  private static String dtype(ConfigReader reader, List<String> allowed) {
    Object given = reader.any("dtype");
    Object name =
        given instanceof Config policy && policy.get("config") instanceof Config fields
            ? fields.get("name")
            : given;
    if (name == null) {
      return allowed.get(0);
    }

    if (!(name instanceof String word) || !allowed.contains(word)) {
      throw reader.invalid("dtype", "one of " + String.join(", ", allowed));
    }

    return word;
  }

  /** Reads one whole number that stands for both halves, or a list of the two. */
  static List<Long> salt(ConfigReader reader) {
    Object given = reader.any("salt");
    if (given == null) {
      return List.of();
    }

    List<Long> halves = new ArrayList<>();
    for (Object each : given instanceof List<?> list ? list : List.of(given, given)) {
      if (!(each instanceof Long half)) {
        throw reader.invalid("salt", "an integer, a list of two, or null");
      }

      halves.add(half);
    }

    if (halves.size() != 2) {
      throw reader.invalid("salt", "an integer, a list of two, or null");
    }

    return halves;
  }

  @Override
  protected Hashing with(LayerOptions newOptions) {
    return new Hashing(numBins, maskValue, salt, output(), dtype, newOptions);
  }

  KeyIndex keyIndex() {
    return index;
  }

  @Override
  public String outputDtype() {
    return dtype;
  }

  @Override
  int depth() {
    return numBins;
  }

  @Override
  int index(float value) {
    return index.of(whole(value));
  }

  @Override
  public Config getConfig() {
    Config policy =
        Config.builder()
            .put("module", "keras")
            .put("class_name", "DTypePolicy")
            .put("config", Config.builder().put("name", dtype).build())
            .put("registered_name", null)
            .build();
    return baseConfig()
        .put("dtype", policy)
        .put("num_bins", numBins)
        .put("salt", salt.isEmpty() ? null : salt)
        .put("mask_value", maskValue)
        .put("output_mode", outputMode())
        .put("sparse", false)
        .build();
  }
}
