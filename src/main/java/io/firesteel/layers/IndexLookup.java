package io.firesteel.layers;

import io.firesteel.internal.data.KeyBuckets;
import io.firesteel.internal.data.KeyIndex;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys that become their places in a vocabulary, which is given or learned from data (Keras 3.15,
 * keras/src/layers/preprocessing/index_lookup.py).
 *
 * <p>With {@code output_mode=int} the index 0 is that of the mask if there is one, then come {@code
 * num_oov_indices} for keys that are not in the vocabulary, then the vocabulary. The other modes
 * have no index of the mask, which counts nowhere.
 *
 * <p>Differs from Keras: no {@code tf_idf}, {@code invert} or sparse output, and no path of a
 * vocabulary's file. Files that Keras wrote are read with the vocabulary that they hold.
 *
 * @param <L> the layer's own class
 */
abstract class IndexLookup<L extends IndexLookup<L>> extends CategoricalLayer<L> {

  private final LookupArguments arguments;
  private final @Nullable Vocabulary vocabulary;
  private volatile @Nullable KeyIndex index;

  IndexLookup(
      LookupArguments arguments,
      @Nullable Vocabulary vocabulary,
      CategoryOutput output,
      LayerOptions options) {
    super(output, options);
    this.arguments = arguments;
    this.vocabulary = vocabulary;
    check();
  }

  abstract L with(
      LookupArguments newArguments,
      @Nullable Vocabulary newVocabulary,
      CategoryOutput newOutput,
      LayerOptions newOptions);

  final L with(LookupArguments changed) {
    return with(changed, vocabulary, output(), options());
  }

  private String owner() {
    return getClass().getSimpleName();
  }

  private void check() {
    Integer most = arguments.maxTokens();
    if (most != null) {
      Argument.integer(owner(), "max_tokens", 2, CategoryOutput.MOST, most);
    }

    Argument.integer(owner(), "num_oov_indices", 0, CategoryOutput.MOST, arguments.numOovIndices());
    if (arguments.padToMaxTokens() && most == null) {
      throw Argument.invalid(
          owner(), "pad_to_max_tokens", true, "false where 'max_tokens' is not set");
    }

    if (vocabulary != null) {
      Object mask = arguments.maskToken();
      if (mask != null && vocabulary.tokens().contains(mask)) {
        throw new IllegalArgumentException(
            "%s: 'vocabulary' must not have the mask_token, or begin with the special keys %s. Received it at %d"
                .formatted(owner(), special(), vocabulary.tokens().indexOf(mask)));
      }

      int size = vocabularySize();
      if (size > (most == null ? CategoryOutput.MOST : most)) {
        throw new IllegalArgumentException(
            "%s: 'vocabulary' must have at most %s keys with the special ones (max_tokens). Received: %d"
                .formatted(owner(), most == null ? "2^24" : most.toString(), size));
      }
    }
  }

  private int firstUnknown() {
    return arguments.maskToken() != null && output() == CategoryOutput.INT ? 1 : 0;
  }

  private int firstToken() {
    return firstUnknown() + arguments.numOovIndices();
  }

  private List<Object> special() {
    List<Object> special = new ArrayList<>();
    if (firstUnknown() == 1 && arguments.maskToken() != null) {
      special.add(arguments.maskToken());
    }

    Object unknown = arguments.oovToken();
    if (unknown != null) {
      special.addAll(Collections.nCopies(arguments.numOovIndices(), unknown));
    }

    return special;
  }

  private KeyIndex indexOf(Vocabulary known) {
    int count = arguments.numOovIndices();
    return new KeyIndex.Listed(
        known.indices(firstToken()),
        arguments.maskToken(),
        output() == CategoryOutput.INT ? 0 : KeyIndex.DROPPED,
        firstUnknown(),
        count == 0 ? null : new KeyBuckets(count, arguments.salt()),
        !arguments.farmhash());
  }

  final LookupArguments arguments() {
    return arguments;
  }

  final L withVocabulary(List<?> given, boolean learned) {
    Vocabulary made = Vocabulary.of(owner(), given, special(), learned);
    return with(arguments, made, output(), options());
  }

  /** Returns this layer with the vocabulary of keys of data, counted. */
  final L learnedFrom(Map<?, Long> counts) {
    Vocabulary given = vocabulary;
    if (given != null && !given.learned()) {
      throw new IllegalArgumentException(
          "%s: adapt is for layers without a given 'vocabulary'. Received one of %d keys"
              .formatted(owner(), given.tokens().size()));
    }

    Set<Object> left = new HashSet<>();
    for (Object special : new @Nullable Object[] {arguments.maskToken(), arguments.oovToken()}) {
      if (special != null) {
        left.add(special);
      }
    }

    Integer most = arguments.maxTokens();
    return withVocabulary(
        Vocabulary.ranked(counts, left, most == null ? null : most - firstToken()), true);
  }

  static Map<Object, Long> counted(Iterable<?> keys) {
    Map<Object, Long> counts = new HashMap<>();
    keys.forEach(key -> counts.merge(key, 1L, Long::sum));
    return counts;
  }

  /**
   * Returns this layer with the vocabulary of keys that were counted: the most frequent ones first,
   * those of one number from the last to the first, as many as {@code max_tokens} lets in. Files
   * keep it, as Keras's {@code adapt}.
   *
   * @param counts how often each key occurs: texts or {@link Long}s
   * @throws IllegalArgumentException if the layer was given a vocabulary, or there are no keys
   */
  public abstract L adaptCounts(Map<?, Long> counts);

  /** Returns this layer with at most so many keys, the special ones included. */
  public final L maxTokens(int value) {
    return with(arguments.withMaxTokens(value));
  }

  /** Returns this layer with so many indices for keys that are not in the vocabulary. */
  public final L numOovIndices(int value) {
    return with(arguments.withNumOovIndices(value));
  }

  /**
   * Returns this layer with another output: {@code int}, {@code one_hot}, {@code multi_hot} or
   * {@code count}.
   */
  public final L outputMode(String mode) {
    CategoryOutput changed = CategoryOutput.of(owner(), mode, CategoryOutput.values());
    return with(arguments, vocabulary, changed, options());
  }

  /** Returns this layer with vectors of {@code max_tokens} values, whatever the vocabulary. */
  public final L padToMaxTokens(boolean value) {
    return with(arguments.withPadToMaxTokens(value));
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(arguments, vocabulary, output(), newOptions);
  }

  /** Tells whether the layer has a vocabulary. */
  public final boolean hasVocabulary() {
    return vocabulary != null;
  }

  /**
   * Tells whether the vocabulary was learned from data, so that files have it apart from the
   * config.
   */
  public final boolean isAdapted() {
    return vocabulary != null && vocabulary.learned();
  }

  /** Returns the number of indices: those of the mask and of unknown keys, and the vocabulary. */
  public final int vocabularySize() {
    if (vocabulary != null) {
      return Math.addExact(firstToken(), vocabulary.tokens().size());
    }

    Integer known = arguments.knownSize();
    if (known == null) {
      throw noVocabulary();
    }

    return known;
  }

  private IllegalArgumentException noVocabulary() {
    return new IllegalArgumentException(
        "The layer '%s' has no vocabulary. Give it one with vocabulary(...), or learn it with adapt(...)"
            .formatted(name() == null ? owner() : name()));
  }

  /**
   * Returns the keys as Keras's {@code get_vocabulary} does, with the mask and those for what is
   * not known before the others.
   */
  public final List<Object> vocabulary() {
    if (vocabulary == null) {
      throw noVocabulary();
    }

    List<Object> all = new ArrayList<>(special());
    all.addAll(vocabulary.tokens());
    return all;
  }

  final KeyIndex keyIndex() {
    KeyIndex made = index;
    if (made == null) {
      if (vocabulary == null) {
        throw noVocabulary();
      }

      made = indexOf(vocabulary);
      index = made;
    }

    return made;
  }

  /** Returns this layer with its vocabulary, if it was learned, in the config. */
  public final Layer withVocabularyInConfig() {
    return isAdapted() && vocabulary != null
        ? with(arguments, new Vocabulary(vocabulary.tokens(), false), output(), options())
        : this;
  }

  @Override
  final int depth() {
    Integer most = arguments.maxTokens();
    return arguments.padToMaxTokens() && most != null ? most : vocabularySize();
  }

  static LookupArguments readArguments(
      ConfigReader reader, @Nullable Object maskToken, @Nullable Object oovToken) {
    CategoryEncoding.refuseSparse(reader);
    if (reader.bool("invert", false)) {
      throw reader.invalid("invert", "false, as true is not supported");
    }

    if (reader.any("idf_weights") != null) {
      throw reader.invalid("idf_weights", "null, as tf_idf is not supported");
    }

    String method = reader.string("oov_method", "floormod");
    if (!method.equals("floormod") && !method.equals("farmhash")) {
      throw reader.invalid("oov_method", "floormod or farmhash");
    }

    reader.seen("has_input_vocabulary");
    Long most = reader.nullableInteger("max_tokens", null);
    Long size = reader.nullableInteger("vocabulary_size", null);
    return new LookupArguments(
        most == null ? null : Math.toIntExact(most),
        reader.any("num_oov_indices") == null ? 1 : reader.size("num_oov_indices", 0),
        maskToken,
        oovToken,
        reader.bool("pad_to_max_tokens", false),
        method.equals("farmhash"),
        Hashing.salt(reader),
        size == null ? null : Math.toIntExact(size));
  }

  static CategoryOutput readOutput(ConfigReader reader, String owner) {
    return CategoryOutput.of(owner, reader.string("output_mode", "int"), CategoryOutput.values());
  }

  /** Reads the vocabulary of the config. */
  final L withVocabularyOf(ConfigReader reader) {
    String key = "vocabulary";
    Object given = reader.any(key);
    if (given == null) {
      return with(options());
    }

    if (!(given instanceof List<?> keys) || !keys.stream().allMatch(this::isKey)) {
      throw reader.invalid(key, "a list of integers, or null");
    }

    return withVocabulary(keys, false);
  }

  final boolean isKey(Object key) {
    return key instanceof Long;
  }

  @Override
  public Config getConfig() {
    Vocabulary known = vocabulary;
    boolean sized = known != null || arguments.knownSize() != null;
    Config.Builder config = baseConfig();
    config
        .put("invert", false)
        .put("max_tokens", arguments.maxTokens())
        .put("num_oov_indices", arguments.numOovIndices())
        .put("oov_token", arguments.oovToken())
        .put("mask_token", arguments.maskToken())
        .put("output_mode", outputMode())
        .put("sparse", false)
        .put("pad_to_max_tokens", arguments.padToMaxTokens());
    config.put("vocabulary_dtype", "int64");

    return config
        .put("idf_weights", null)
        .put("vocabulary", known == null || known.learned() ? null : known.tokens())
        .put("vocabulary_size", sized ? vocabularySize() : null)
        .put("oov_method", arguments.farmhash() ? "farmhash" : "floormod")
        .put("salt", arguments.salt().isEmpty() ? null : arguments.salt())
        .build();
  }
}
