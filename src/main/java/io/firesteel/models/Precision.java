package io.firesteel.models;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The precision that a saved model computes in. Here all models compute in float32, in which every
 * float16 has its place: a model of 16 bits becomes one of 32, which is said in the log.
 */
final class Precision {

  private static final Logger LOG = LoggerFactory.getLogger(Precision.class);
  private static final String DTYPE = "dtype";
  private static final Set<String> HALF = Set.of("float16", "mixed_float16");

  private Precision() {}

  /** Returns a model's config with float32 for what has 16 bits. */
  static Config asFloat32(Config model) {
    Config changed = config(model);
    if (!changed.toJson().equals(model.toJson())) {
      LOG.warn("The model was saved with layers of float16. Firesteel computes in float32");
    }

    return changed;
  }

  private static Config config(Config config) {
    Config.Builder builder = Config.builder();
    for (String key : config.keys()) {
      Object value = config.get(key);
      builder.put(key, key.equals(DTYPE) ? dtype(value) : value(value));
    }

    return builder.build();
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value instanceof Config config) {
      return config(config);
    }

    if (!(value instanceof List<?> list)) {
      return value;
    }

    List<@Nullable Object> changed = new ArrayList<>();
    list.forEach(item -> changed.add(value(item)));
    return changed;
  }

  private static @Nullable Object dtype(@Nullable Object dtype) {
    if (dtype instanceof Config policy && policy.get("config") instanceof Config fields) {
      return isHalf(fields.get("name"))
          ? policy.with("config", fields.with("name", "float32"))
          : policy;
    }

    return isHalf(dtype) ? "float32" : dtype;
  }

  private static boolean isHalf(@Nullable Object name) {
    return name instanceof String text && HALF.contains(text);
  }
}
