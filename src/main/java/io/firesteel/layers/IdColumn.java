package io.firesteel.layers;

import io.firesteel.internal.data.IdHash;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A column of ids of a {@link FeatureBlock}, and how an id becomes the index of a row of its table.
 *
 * <p>Ids are indices from 0 to {@code inputDim} - 1 themselves, or integers or strings that are
 * {@link #hashed} into {@code inputDim} buckets by {@link IdHash}. What else can't be an id (null,
 * an index outside the vocabulary) is an error, or as in Spark ML's {@code handleInvalid}: its row
 * is left out ({@link #skipInvalid}), or it has one more index, {@code inputDim}, of its own
 * ({@link #keepInvalid}).
 *
 * @param column the name of the column
 * @param inputDim the size of the vocabulary or the number of buckets
 * @param outputDim the length of an id's vector; 0 for none, so that ids have a weight of the
 *     linear part only
 * @param encoding how ids become indices
 * @param handleInvalid what becomes of a value that is no id
 */
public record IdColumn(
    String column, int inputDim, int outputDim, Encoding encoding, HandleInvalid handleInvalid)
    implements Serializable {

  /** What {@link #index} returns for a value that is no id and is not kept. */
  public static final int INVALID = -1;

  private static final int LARGEST_VOCABULARY = 1 << 24;

  /** How ids become indices. */
  public enum Encoding {
    /** They are indices. */
    INDEXED,
    /** They are hashed into buckets. */
    HASHED
  }

  /** What becomes of a value that is no id. */
  public enum HandleInvalid {
    /** It is refused, with the column and the row. */
    ERROR,
    /** Its row is left out. */
    SKIP,
    /** It has one more index. */
    KEEP
  }

  /**
   * Creates the description.
   *
   * @throws IllegalArgumentException if an argument is out of range
   */
  public IdColumn {
    if (column.isBlank() || column.contains("/")) {
      throw new IllegalArgumentException(
          "'column' of ids must not be empty or contain '/'. Received: '%s'".formatted(column));
    }

    if (inputDim < 1 || inputDim > LARGEST_VOCABULARY - (isKept(handleInvalid) ? 1 : 0)) {
      throw new IllegalArgumentException(
          "The ids '%s': 'input_dim' must be an integer of at least 1, and the indices at most 2^24 - 1, up to which floats hold each. Received: %d"
              .formatted(column, inputDim));
    }

    if (outputDim < 0) {
      throw new IllegalArgumentException(
          "The ids '%s': 'output_dim' must not be negative. Received: %d"
              .formatted(column, outputDim));
    }
  }

  /** Returns a column of indices, each with a vector; invalid ones are errors. */
  public static IdColumn of(String column, int inputDim, int outputDim) {
    return new IdColumn(column, inputDim, outputDim, Encoding.INDEXED, HandleInvalid.ERROR);
  }

  /** Returns this column with ids that are hashed into {@code inputDim} buckets. */
  public IdColumn hashed() {
    return new IdColumn(column, inputDim, outputDim, Encoding.HASHED, handleInvalid);
  }

  /** Returns this column with rows left out where it holds no id. */
  public IdColumn skipInvalid() {
    return new IdColumn(column, inputDim, outputDim, encoding, HandleInvalid.SKIP);
  }

  /** Returns this column with one more index for all that is no id. */
  public IdColumn keepInvalid() {
    return new IdColumn(column, inputDim, outputDim, encoding, HandleInvalid.KEEP);
  }

  private static boolean isKept(HandleInvalid handleInvalid) {
    return handleInvalid == HandleInvalid.KEEP;
  }

  /** Returns the number of indices, which is that of the table's rows. */
  public int indices() {
    return inputDim + (isKept(handleInvalid) ? 1 : 0);
  }

  /** Returns the index of an integer, or {@link #INVALID}. */
  public int index(long id) {
    if (encoding == Encoding.HASHED) {
      return Math.floorMod(IdHash.of(id), inputDim);
    }

    return id >= 0 && id < inputDim ? (int) id : invalidIndex();
  }

  /**
   * Returns the index of a string.
   *
   * @throws IllegalArgumentException if ids are not hashed
   */
  public int index(String id) {
    if (encoding != Encoding.HASHED) {
      throw new IllegalArgumentException(
          "The ids '%s' must be integers unless they are hashed. Received: '%s'"
              .formatted(column, id));
    }

    return Math.floorMod(IdHash.of(id), inputDim);
  }

  /** Returns the index of what is no id, such as null, or {@link #INVALID}. */
  public int invalidIndex() {
    return isKept(handleInvalid) ? inputDim : INVALID;
  }

  static IdColumn fromConfig(Config config) {
    ConfigReader reader = config.reader("FeatureBlock.ids");
    IdColumn ids =
        new IdColumn(
            reader.string("column"),
            int32(reader, "input_dim"),
            int32(reader, "output_dim"),
            oneOf(reader, "encoding", Encoding.INDEXED, Encoding.values()),
            oneOf(reader, "handle_invalid", HandleInvalid.ERROR, HandleInvalid.values()));
    reader.finish();
    return ids;
  }

  static int int32(ConfigReader reader, String key) {
    long value = reader.integer(key);
    if (value != (int) value) {
      throw reader.invalid(key, "an integer of 32 bits");
    }

    return (int) value;
  }

  private static <E extends Enum<E>> E oneOf(
      ConfigReader reader, String key, E absent, E[] allowed) {
    String word = reader.string(key, lowerCase(absent));
    for (E each : allowed) {
      if (lowerCase(each).equals(word)) {
        return each;
      }
    }

    List<String> words = Arrays.stream(allowed).map(IdColumn::lowerCase).toList();
    throw reader.invalid(key, "one of " + String.join(", ", words));
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  Config toConfig() {
    return Config.builder()
        .put("column", column)
        .put("input_dim", inputDim)
        .put("output_dim", outputDim)
        .put("encoding", lowerCase(encoding))
        .put("handle_invalid", lowerCase(handleInvalid))
        .build();
  }
}
