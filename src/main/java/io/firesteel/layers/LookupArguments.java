package io.firesteel.layers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an {@link IndexLookup} that say which index a key has.
 *
 * @param maxTokens the largest size, or null
 * @param numOovIndices the number of indices for keys that are not in the vocabulary
 * @param maskToken the key that stands for nothing, or null
 * @param oovToken what stands for keys that are not in the vocabulary, or null
 * @param padToMaxTokens whether vectors have {@code maxTokens} values
 * @param farmhash whether whole numbers out of the vocabulary are hashed
 * @param salt the two halves of the salt, or nothing
 * @param knownSize the size that a file names of a vocabulary that it has not, or null
 */
record LookupArguments(
    @Nullable Integer maxTokens,
    int numOovIndices,
    @Nullable Object maskToken,
    @Nullable Object oovToken,
    boolean padToMaxTokens,
    boolean farmhash,
    List<Long> salt,
    @Nullable Integer knownSize) {

  static LookupArguments of(@Nullable Object oovToken) {
    return new LookupArguments(null, 1, null, oovToken, false, false, List.of(), null);
  }

  LookupArguments withMaxTokens(int value) {
    return new LookupArguments(
        value, numOovIndices, maskToken, oovToken, padToMaxTokens, farmhash, salt, null);
  }

  LookupArguments withNumOovIndices(int value) {
    return new LookupArguments(
        maxTokens, value, maskToken, oovToken, padToMaxTokens, farmhash, salt, null);
  }

  LookupArguments withMaskToken(@Nullable Object value) {
    return new LookupArguments(
        maxTokens, numOovIndices, value, oovToken, padToMaxTokens, farmhash, salt, null);
  }

  LookupArguments withPadToMaxTokens(boolean value) {
    return new LookupArguments(
        maxTokens, numOovIndices, maskToken, oovToken, value, farmhash, salt, knownSize);
  }

  LookupArguments withFarmhash(boolean value) {
    return new LookupArguments(
        maxTokens, numOovIndices, maskToken, oovToken, padToMaxTokens, value, salt, knownSize);
  }

  LookupArguments withSalt(long first, long second) {
    List<Long> both = List.of(first, second);
    return new LookupArguments(
        maxTokens, numOovIndices, maskToken, oovToken, padToMaxTokens, farmhash, both, knownSize);
  }
}
