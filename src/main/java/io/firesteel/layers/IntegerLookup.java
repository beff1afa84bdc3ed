package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers that become their places in a vocabulary (Keras 3.15,
 * keras/src/layers/preprocessing/integer_lookup.py), see {@link IndexLookup}. Numbers that are not
 * in the vocabulary have one index, or several by their rest, or with {@code oov_method=farmhash}
 * by their hash.
 *
 * <p>Its inputs are whole and below 2^24 in magnitude.
 */
public final class IntegerLookup extends IndexLookup<IntegerLookup> {

  private static final String NAME = "IntegerLookup";

  private IntegerLookup(
      LookupArguments arguments,
      @Nullable Vocabulary vocabulary,
      CategoryOutput output,
      LayerOptions options) {
    super(arguments, vocabulary, output, options);
  }

  /** Returns the layer that puts out indices, without a vocabulary yet. */
  public static IntegerLookup of() {
    return new IntegerLookup(
        LookupArguments.of(-1L), null, CategoryOutput.INT, LayerOptions.DEFAULT);
  }

  static IntegerLookup fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    if (!reader.string("vocabulary_dtype", "int64").equals("int64")) {
      throw reader.invalid("vocabulary_dtype", "int64, as in Keras");
    }

    Long unknown =
        reader.keys().contains("oov_token") ? reader.nullableInteger("oov_token", null) : -1L;
    LookupArguments arguments =
        readArguments(reader, reader.nullableInteger("mask_token", null), unknown);
    if (!arguments.salt().isEmpty() && !arguments.farmhash()) {
      throw reader.invalid("salt", "null unless 'oov_method' is farmhash");
    }

    IntegerLookup layer =
        new IntegerLookup(arguments, null, readOutput(reader, NAME), LayerOptions.read(reader))
            .withVocabularyOf(reader);
    reader.finish();
    return layer;
  }

  @Override
  IntegerLookup with(
      LookupArguments newArguments,
      @Nullable Vocabulary newVocabulary,
      CategoryOutput newOutput,
      LayerOptions newOptions) {
    return new IntegerLookup(newArguments, newVocabulary, newOutput, newOptions);
  }

  /**
   * Returns this layer with a given vocabulary, which files keep in the config.
   *
   * @throws IllegalArgumentException if it is empty or a key is there twice
   */
  public IntegerLookup vocabulary(long... keys) {
    return withVocabulary(Arrays.stream(keys).boxed().toList(), false);
  }

  /** Returns this layer with the vocabulary of these numbers, as {@link #adaptCounts} does. */
  public IntegerLookup adapt(long... numbers) {
    return adaptCounts(counted(Arrays.stream(numbers).boxed().toList()));
  }

  @Override
  public IntegerLookup adaptCounts(Map<?, Long> counts) {
    return learnedFrom(counts);
  }

  /** Returns this layer with a number that stands for nothing, or null. */
  public IntegerLookup maskToken(@Nullable Long token) {
    return with(arguments().withMaskToken(token));
  }

  /**
   * Returns this layer with numbers that are not in the vocabulary put into several indices by
   * their rest ({@code floormod}) or their hash ({@code farmhash}).
   */
  public IntegerLookup oovMethod(String method) {
    Argument.oneOf(NAME, "oov_method", method, List.of("floormod", "farmhash"));
    return with(arguments().withFarmhash(method.equals("farmhash")));
  }

  /** Returns this layer with SipHash64 and a salt for numbers that are not in the vocabulary. */
  public IntegerLookup salt(long first, long second) {
    return with(arguments().withFarmhash(true).withSalt(first, second));
  }

  @Override
  int index(float value) {
    return keyIndex().of(whole(value));
  }
}
