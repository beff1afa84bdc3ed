package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * The argument {@code seed}: nothing, a number, or Keras's {@code SeedGenerator} in its serialized
 * form (Keras 3.15, keras/src/random/seed_generator.py).
 *
 * <p>With a number the same shape has the same values each time; with a generator each variable has
 * values of its own.
 *
 * @param number the seed, or null for the model's
 * @param generator the generator as it was given, or null
 */
record Seed(@Nullable Long number, @Nullable Config generator) {

  static final Seed NONE = new Seed(null, null);

  static Seed of(long number) {
    return new Seed(number, null);
  }

  /**
   * Reads the argument.
   *
   * @throws IllegalArgumentException if it is neither a whole number, null nor a generator
   */
  static Seed read(ConfigReader arguments) {
    if (!(arguments.any("seed") instanceof Config generator)) {
      return new Seed(arguments.nullableInteger("seed", null), null);
    }

    if (!"SeedGenerator".equals(generator.get("class_name"))
        || !(generator.get("config") instanceof Config config)) {
      throw arguments.invalid("seed", "an integer, null or a SeedGenerator");
    }

    return new Seed(config.reader("SeedGenerator").nullableInteger("seed", null), generator);
  }

  /** Returns the random numbers of a variable, of whose own {@code random} are. */
  RandomStream stream(RandomStream random) {
    if (number == null) {
      return random;
    }

    return generator == null ? RandomStream.of(number) : RandomStream.of(number, random.nextLong());
  }

  /** Returns what stands in a config. */
  @Nullable Object toConfig() {
    return generator == null ? number : generator;
  }
}
