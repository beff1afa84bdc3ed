package io.firesteel.testing;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Alters serialized models, the same way each time for the same seed: values of another type or
 * absurd size anywhere, fields and elements that are missing or stand twice, and places in the
 * graph that are those of other layers, so that there are cycles and calls that do not exist.
 */
public final class ConfigMutations {

  private static final List<Object> NUMBERS =
      List.of(
          0L,
          1L,
          -1L,
          2L,
          50_000_000L,
          (long) Integer.MAX_VALUE,
          1L + Integer.MAX_VALUE,
          (long) Integer.MIN_VALUE,
          1L << 40,
          Long.MAX_VALUE,
          0.5,
          1e300,
          "NaN");

  private static final List<Object> OTHERS =
      List.of(
          "",
          "x",
          "Dense",
          true,
          7L,
          List.of(),
          List.of(List.of()),
          Config.empty(),
          Config.builder().put("class_name", "Nope").put("config", Config.empty()).build(),
          Config.builder().put("class_name", "Dense").build());

  private final Random random;
  private List<String> layers = List.of();
  private int places;
  private int target;

  /** Creates mutations. */
  public ConfigMutations(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a serialized model of which one to three values are others. */
  public Config of(Config model, List<String> layerNames) {
    layers = layerNames;
    Config altered = model;
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      places = 0;
      target = Integer.MAX_VALUE;
      copy(altered);
      target = random.nextInt(places);
      places = 0;
      altered = (Config) copy(altered);
    }

    return altered;
  }

  /** Copies a value; the one whose turn it is is altered. */
  private @Nullable Object copy(@Nullable Object value) {
    if (value instanceof Config config) {
      Config.Builder copy = Config.builder();
      for (String key : config.keys()) {
        int place = places++;
        Object own = copy(config.get(key));
        if (place != target) {
          copy.put(key, own);
        } else if (random.nextInt(4) > 0) {
          copy.put(key, altered(own));
        } else if (random.nextBoolean()) {
          copy.put(key + "_", own);
        }
      }

      return copy.build();
    }

    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object each : list) {
        int place = places++;
        Object own = copy(each);
        if (place != target) {
          copy.add(own);
        } else if (random.nextInt(3) > 0) {
          copy.add(altered(own));
        } else if (random.nextBoolean()) {
          copy.add(own);
          copy.add(own);
        }
      }

      return copy;
    }

    return value;
  }

  private @Nullable Object altered(@Nullable Object value) {
    if (value instanceof Number && random.nextInt(4) > 0) {
      return NUMBERS.get(random.nextInt(NUMBERS.size()));
    }

    if (layers.contains(value) && random.nextInt(4) > 0) {
      return layers.get(random.nextInt(layers.size()));
    }

    int other = random.nextInt(OTHERS.size() + 2);
    return other < OTHERS.size()
        ? OTHERS.get(other)
        : other == OTHERS.size() ? null : NUMBERS.get(random.nextInt(NUMBERS.size()));
  }
}
