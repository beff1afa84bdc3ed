package io.firesteel.optimizers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.variables.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Optimizers by the paths of variables, for a {@link MultiOptimizer}. A path has the optimizer of
 * the key that equals it; else of the key that matches all of it as a regular expression; else the
 * default one.
 *
 * <p>The paths of a {@code Sequential} start with the model's name, e.g. {@code
 * sequential/dense/kernel}.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/multi_optimizer.py}. Stricter than Keras: keys
 * must be regular expressions when they are put in, and the wrappers are refused there.
 */
public final class OptimizerMap implements KerasSerializable {

  private record Entry(Pattern pattern, BaseOptimizer optimizer) {}

  private final BaseOptimizer defaultOptimizer;
  private final Map<String, Entry> entries;

  private OptimizerMap(Builder builder) {
    this.defaultOptimizer = builder.defaultOptimizer;
    this.entries = new LinkedHashMap<>(builder.entries);
  }

  /** Returns a builder with the optimizer of variables that no key matches. */
  public static Builder builder(BaseOptimizer defaultOptimizer) {
    return new Builder(defaultOptimizer);
  }

  /**
   * Returns the map that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value is refused
   */
  public static OptimizerMap fromConfig(Config config) {
    ConfigReader reader = config.reader("OptimizerMap");
    Builder builder = builder(base(reader.config("default_optimizer")));
    Config optimizers = reader.config("optimizer_map");
    reader.finish();
    ConfigReader inner = optimizers.reader("OptimizerMap");
    optimizers.keys().forEach(key -> builder.put(key, base(inner.config(key))));
    return builder.build();
  }

  private static BaseOptimizer base(Config serialized) {
    if (Optimizers.deserialize(serialized) instanceof BaseOptimizer optimizer) {
      return optimizer;
    }

    throw new IllegalArgumentException(
        "OptimizerMap: the optimizers must not be wrappers of others. Received: "
            + serialized.get("class_name"));
  }

  /**
   * Returns the optimizer of a variable.
   *
   * @throws IllegalArgumentException if several keys match its path and none equals it
   */
  public BaseOptimizer optimizer(Variable variable) {
    String path = variable.path();
    Entry exact = entries.get(path);
    if (exact != null) {
      return exact.optimizer();
    }

    List<Map.Entry<String, Entry>> matches =
        entries.entrySet().stream()
            .filter(entry -> entry.getValue().pattern().matcher(path).matches())
            .toList();
    if (matches.size() > 1) {
      throw new IllegalArgumentException(
          "OptimizerMap: at most one key may match the variable %s. Received: %s"
              .formatted(path, matches.stream().map(Map.Entry::getKey).toList()));
    }

    return matches.isEmpty() ? defaultOptimizer : matches.get(0).getValue().optimizer();
  }

  /** Returns the optimizer of variables that no key matches. */
  public BaseOptimizer defaultOptimizer() {
    return defaultOptimizer;
  }

  /** Returns the optimizers of the keys, in order. */
  List<BaseOptimizer> optimizers() {
    return entries.values().stream().map(Entry::optimizer).toList();
  }

  @Override
  public Config getConfig() {
    Config.Builder optimizers = Config.builder();
    entries.forEach((key, entry) -> optimizers.put(key, Optimizers.serialize(entry.optimizer())));
    return Config.builder()
        .put("default_optimizer", Optimizers.serialize(defaultOptimizer))
        .put("optimizer_map", optimizers.build())
        .build();
  }

  /** Collects the entries of an {@link OptimizerMap}. */
  public static final class Builder {
    private final BaseOptimizer defaultOptimizer;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Builder(BaseOptimizer defaultOptimizer) {
      this.defaultOptimizer = defaultOptimizer;
    }

    /**
     * Sets the optimizer of the variables whose path a key equals or matches.
     *
     * @throws IllegalArgumentException if the key is there already, or is no regular expression
     */
    public Builder put(String key, BaseOptimizer optimizer) {
      if (entries.containsKey(key)) {
        throw new IllegalArgumentException(
            "OptimizerMap: each key must be there once. Received twice: '%s'".formatted(key));
      }

      entries.put(key, new Entry(compile(key), optimizer));
      return this;
    }

    private static Pattern compile(String key) {
      try {
        return Pattern.compile(key);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "OptimizerMap: a key must be a regular expression. Received: '%s'".formatted(key), e);
      }
    }

    /** Returns the map. */
    public OptimizerMap build() {
      return new OptimizerMap(this);
    }
  }
}
