package io.firesteel.testing;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The numbers in {@code golden-losses/} that {@code src/test/python/golden_losses.py} wrote. */
public final class LossGoldens {

  private LossGoldens() {}

  /** Returns a file as a config. */
  public static Config read(String file) {
    String path = "/golden-losses/" + file;
    try (InputStream in = LossGoldens.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + path);
      }

      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a list of objects. */
  public static List<Config> configs(Config config, String key) {
    return config.reader("golden").list(key).stream().map(Config.class::cast).toList();
  }

  /** Returns a list of strings. */
  public static List<String> strings(Config config, String key) {
    return config.reader("golden").strings(key);
  }

  /** Returns a list of numbers. */
  public static float[] floats(Config config, String key) {
    List<?> list = config.reader("golden").list(key);
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) list.get(i)).floatValue();
    }

    return floats;
  }

  /** Returns a list of numbers, or null. */
  public static float @Nullable [] nullableFloats(Config config, String key) {
    return config.get(key) == null ? null : floats(config, key);
  }
}
