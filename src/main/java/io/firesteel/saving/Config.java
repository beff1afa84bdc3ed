package io.firesteel.saving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, ordered JSON object: the config of one object, or one section of a job file.
 *
 * <p>Values are {@code null}, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@code
 * Config} and immutable {@link List}s of these. Other integers and floats are widened when they are
 * put in, and maps become configs, so two configs with the same JSON are equal. The order of the
 * keys is kept and does not take part in equality.
 *
 * <p>To read one with defaults, type checks and a complaint about unknown keys, use {@link
 * #reader}.
 */
public final class Config {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Config EMPTY = new Config(Map.of());

  private final Map<String, @Nullable Object> values;

  private Config(Map<String, @Nullable Object> values) {
    this.values = values;
  }

  /** Returns the config without keys. */
  public static Config empty() {
    return EMPTY;
  }

  /** Returns a builder, in whose order the keys will stand. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a config with the entries of a map in its iteration order.
   *
   * @throws IllegalArgumentException if a key is no string or a value has no place in JSON
   */
  public static Config of(Map<?, ?> entries) {
    Builder builder = builder();
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException(
            "The keys of a config must be strings. Received the key: " + entry.getKey());
      }

      builder.put(key, entry.getValue());
    }

    return builder.build();
  }

  /**
   * Reads a JSON object. {@code NaN}, {@code Infinity} and {@code -Infinity} are understood, as
   * Python writes them.
   *
   * @throws IllegalArgumentException if the text is no JSON object, with the place of the error
   */
  public static Config parse(String json) {
    Object parsed;
    try {
      parsed = JSON.readValue(json, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Not valid JSON: %s%s".formatted(e.getOriginalMessage(), place(e)));
    }

    if (!(parsed instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("Expected a JSON object. Received: " + json);
    }

    return of(map);
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : ", at line %d, column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  /** Returns the JSON text on one line; doubles keep every bit. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(toMap());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the JSON text over several lines, indented. */
  public String toPrettyJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(toMap());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the keys in order. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** Tells whether the key is there, be its value null or not. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** Returns the value of a key, null if it is null or absent. */
  public @Nullable Object get(String key) {
    return values.get(key);
  }

  /** Returns this config with one key set, in its old place if it was there, else at the end. */
  public Config with(String key, @Nullable Object value) {
    return toBuilder().put(key, value).build();
  }

  /** Returns this config without a key. */
  public Config without(String key) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(values);
    copy.remove(key);
    return new Config(Collections.unmodifiableMap(copy));
  }

  /** Returns a builder that starts with the entries of this config. */
  public Builder toBuilder() {
    Builder builder = builder();
    builder.values.putAll(values);
    return builder;
  }

  /**
   * Returns a typed reader of this config.
   *
   * @param owner what the config describes, as it should stand in errors, e.g. {@code "Adam"} or
   *     {@code "fit"}
   */
  public ConfigReader reader(String owner) {
    return new ConfigReader(owner, this);
  }

  /**
   * Returns what is made of this config.
   *
   * @param owner as in {@link #reader}
   * @param constructor reads the keys
   * @throws IllegalArgumentException if the config has a key that was not read
   */
  public <T> T read(String owner, Function<ConfigReader, ? extends T> constructor) {
    ConfigReader reader = reader(owner);
    T made = constructor.apply(reader);
    reader.finish();
    return made;
  }

  /** Returns the entries as plain maps and lists, for a JSON library. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    values.forEach((key, value) -> map.put(key, plain(value)));
    return map;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Config config) {
      return config.toMap();
    }

    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(plain(item)));
      return copy;
    }

    return value;
  }

  private static @Nullable Object normalize(String key, @Nullable Object value) {
    if (value == null
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double
        || value instanceof String
        || value instanceof Config) {
      return value;
    }

    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }

    if (value instanceof Float number) {
      return number.doubleValue();
    }

    if (value instanceof Map<?, ?> map) {
      return of(map);
    }

    if (value instanceof KerasSerializable) {
      throw new IllegalArgumentException(
          "The value of '%s' must be serialized before it is put into a config. Received: %s"
              .formatted(key, value));
    }

    if (value instanceof Collection<?> items) {
      List<@Nullable Object> copy = new ArrayList<>(items.size());
      items.forEach(item -> copy.add(normalize(key, item)));
      return Collections.unmodifiableList(copy);
    }

    throw new IllegalArgumentException(
        "The value of '%s' has no place in a config (allowed: null, boolean, integer, float, string, list, object). Received: %s of %s"
            .formatted(key, value, value.getClass()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Config that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(values);
  }

  @Override
  public String toString() {
    return toJson();
  }

  /** Collects the entries of a config. */
  public static final class Builder {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Sets a key.
     *
     * @throws IllegalArgumentException if the value has no place in JSON
     */
    public Builder put(String key, @Nullable Object value) {
      values.put(key, normalize(key, value));
      return this;
    }

    /** Sets a key unless it is set. */
    public Builder putIfAbsent(String key, @Nullable Object value) {
      return values.containsKey(key) ? this : put(key, value);
    }

    /** Sets all keys of another config. */
    public Builder putAll(Config other) {
      values.putAll(other.values);
      return this;
    }

    /** Returns the config. */
    public Config build() {
      return new Config(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    }
  }
}
