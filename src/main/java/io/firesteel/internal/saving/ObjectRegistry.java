package io.firesteel.internal.saving;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names under which the classes of one kind (optimizers, losses, layers, ...) are known, both
 * ways: {@link #get} turns an identifier or a config into an object, {@link #serialize} an object
 * into Keras's form
 *
 * <pre>{@code
 * {"module": "keras.optimizers", "class_name": "Adam", "config": {...}, "registered_name": null}
 * }</pre>
 *
 * <p>The built-in names are fixed. Custom classes are added by {@link #register} under {@code
 * package>Name}, as Keras's {@code register_keras_serializable} does, for the whole JVM.
 *
 * @param <T> the kind
 */
public final class ObjectRegistry<T extends KerasSerializable> {

  private record Entry<T>(
      Class<? extends T> type,
      String className,
      @Nullable String registeredName,
      ConfigFactory<T> factory) {}

  private final String kind;
  private final String module;
  private final Class<T> base;
  private final Map<String, Entry<T>> builtIns;
  private final Map<String, String> aliases;
  private final Map<String, String> removed;
  private final Map<String, String> refused;

  private ObjectRegistry(Builder<T> builder) {
    this.kind = builder.kind;
    this.module = builder.module;
    this.base = builder.base;
    this.builtIns = new LinkedHashMap<>(builder.builtIns);
    this.aliases = new LinkedHashMap<>(builder.aliases);
    this.removed = new LinkedHashMap<>(builder.removed);
    this.refused = new LinkedHashMap<>(builder.refused);
  }

  /**
   * Returns a builder.
   *
   * @param kind the kind in words, for errors, e.g. {@code "optimizer"}
   * @param module Keras's module, e.g. {@code "keras.optimizers"}
   * @param base the common type
   */
  public static <T extends KerasSerializable> Builder<T> builder(
      String kind, String module, Class<T> base) {
    return new Builder<>(kind, module, base);
  }

  /**
   * Returns the object that an identifier names.
   *
   * @param identifier an object of this kind (returned as it is); a name (a class name in any case
   *     of letters, an alias, or {@code package>Name}), which stands for the object with all its
   *     defaults; a {@link Config} or map in Keras's serialized form; or JSON text of such a form
   * @throws IllegalArgumentException if it names nothing of this kind
   */
  public T get(@Nullable Object identifier) {
    if (base.isInstance(identifier)) {
      return base.cast(identifier);
    }

    if (identifier instanceof Config config) {
      return deserialize(config);
    }

    if (identifier instanceof Map<?, ?> map) {
      return deserialize(Config.of(map));
    }

    if (identifier instanceof String name) {
      return name.stripLeading().startsWith("{")
          ? deserialize(Config.parse(name))
          : entry(name).factory().fromConfig(Config.empty());
    }

    throw new IllegalArgumentException(
        "Could not interpret the %s identifier %s. Allowed: an instance, a name (%s), or a serialized config"
            .formatted(kind, identifier, String.join(", ", names())));
  }

  /** Returns Keras's serialized form of an object. */
  public Config serialize(T object) {
    Entry<T> entry = entryOf(object);
    return Config.builder()
        .put("module", entry == null || entry.registeredName() != null ? null : module)
        .put("class_name", entry == null ? object.getClass().getSimpleName() : entry.className())
        .put("config", object.getConfig())
        .put(
            "registered_name",
            entry == null ? object.getClass().getSimpleName() : entry.registeredName())
        .build();
  }

  /**
   * Rebuilds an object from Keras's serialized form. Only {@code class_name} is required; a {@code
   * registered_name} with a package wins over it.
   *
   * @throws IllegalArgumentException if the class is unknown or its config is refused
   */
  public T deserialize(Config serialized) {
    Object className = serialized.get("class_name");
    if (!(className instanceof String name)) {
      throw new IllegalArgumentException(
          "A serialized %s needs the key 'class_name'. Received: %s".formatted(kind, serialized));
    }

    Object registered = serialized.get("registered_name");
    if (registered instanceof String full && full.contains(">")) {
      name = full;
    }

    Object config = serialized.get("config");
    if (config != null && !(config instanceof Config)) {
      throw new IllegalArgumentException(
          "The 'config' of the %s %s must be an object. Received: %s"
              .formatted(kind, name, config));
    }

    return entry(name).factory().fromConfig(config == null ? Config.empty() : (Config) config);
  }

  /**
   * Makes a custom class known under {@code packageName>SimpleName} and under that name alone.
   * Registering the same class again replaces the factory, as does a class of a notebook or a shell
   * that is defined again.
   *
   * @throws IllegalArgumentException if another class has the name, or the name is empty
   */
  public <S extends T> void register(String packageName, Class<S> type, ConfigFactory<S> factory) {
    if (packageName.isBlank() || packageName.contains(">")) {
      throw new IllegalArgumentException(
          "The package of a custom %s must be a name without '>'. Received: '%s'"
              .formatted(kind, packageName));
    }

    CustomClasses.register(new CustomClass(kind, module, packageName, type, factory));
  }

  /** Returns the class names of the built-ins, in order. */
  public List<String> classNames() {
    return List.copyOf(builtIns.keySet());
  }

  /** Returns every name that {@link #get} accepts, sorted. */
  public List<String> names() {
    TreeMap<String, String> names = new TreeMap<>();
    builtIns.keySet().forEach(name -> names.put(name, ""));
    aliases.keySet().forEach(name -> names.put(name, ""));
    CustomClasses.of(module).forEach(custom -> names.put(custom.name(), ""));
    return List.copyOf(names.keySet());
  }

  /** Tells whether an object is of one of the built-in classes. */
  public boolean isBuiltIn(T object) {
    return builtIn(object) != null;
  }

  /** Returns the class of a built-in. */
  public Class<? extends T> type(String className) {
    return entry(className).type();
  }

  private @Nullable Entry<T> entryOf(T object) {
    for (CustomClass custom : CustomClasses.of(module)) {
      if (custom.type().equals(object.getClass())) {
        return entry(custom);
      }
    }

    return builtIn(object);
  }

  private @Nullable Entry<T> builtIn(T object) {
    Entry<T> entry = builtIns.get(object.className());
    return entry != null && entry.type().equals(object.getClass()) ? entry : null;
  }

  private Entry<T> entry(CustomClass custom) {
    return new Entry<>(
        custom.type().asSubclass(base),
        custom.type().getSimpleName(),
        custom.name(),
        config -> base.cast(custom.factory().fromConfig(config)));
  }

  private Entry<T> entry(String name) {
    CustomClass custom = CustomClasses.find(module, name);
    if (custom != null) {
      return entry(custom);
    }

    String className = aliases.getOrDefault(name, name);
    for (Map.Entry<String, Entry<T>> builtIn : builtIns.entrySet()) {
      if (builtIn.getKey().toLowerCase(Locale.ROOT).equals(className.toLowerCase(Locale.ROOT))) {
        return builtIn.getValue();
      }
    }

    String instead = removed.get(name);
    if (instead != null) {
      throw new IllegalArgumentException(
          "The %s %s was removed in version 0.2: %s".formatted(kind, name, instead));
    }

    String reason = refused.get(name);
    if (reason != null) {
      throw new IllegalArgumentException(
          "The %s %s is not supported, as it %s".formatted(kind, name, reason));
    }

    throw new IllegalArgumentException(
        "Unknown %s '%s'. Allowed: %s. A custom class must be registered first%s"
            .formatted(kind, name, String.join(", ", names()), suggestion(name)));
  }

  private String suggestion(String name) {
    String suggestion = Argument.didYouMean(name, names());
    return suggestion.isEmpty() ? "" : "." + suggestion;
  }

  /**
   * Collects the built-in names.
   *
   * @param <T> the kind
   */
  public static final class Builder<T extends KerasSerializable> {
    private final String kind;
    private final String module;
    private final Class<T> base;
    private final Map<String, Entry<T>> builtIns = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, String> removed = new LinkedHashMap<>();
    private final Map<String, String> refused = new LinkedHashMap<>();

    private Builder(String kind, String module, Class<T> base) {
      this.kind = kind;
      this.module = module;
      this.base = base;
    }

    /** Adds a class under its simple name, and aliases of it. */
    public <S extends T> Builder<T> add(
        Class<S> type, ConfigFactory<S> factory, String... otherNames) {
      return put(new Entry<>(type, type.getSimpleName(), null, factory::fromConfig), otherNames);
    }

    /**
     * Adds a class under Keras's name of it, and aliases.
     *
     * @param constructor makes an object of its arguments; what it does not read is refused
     */
    public Builder<T> addRead(
        String className,
        Class<? extends T> type,
        Function<ConfigReader, ? extends T> constructor,
        String... otherNames) {
      return put(
          new Entry<>(type, className, null, config -> config.read(className, constructor)),
          otherNames);
    }

    /** Adds a class under its simple name, and aliases, as {@link #addRead} does. */
    public <S extends T> Builder<T> addRead(
        Class<S> type, Function<ConfigReader, S> constructor, String... otherNames) {
      return addRead(type.getSimpleName(), type, constructor, otherNames);
    }

    private Builder<T> put(Entry<T> entry, String... otherNames) {
      builtIns.put(entry.className(), entry);
      for (String other : otherNames) {
        aliases.put(other, entry.className());
      }

      return this;
    }

    /**
     * Adds a class that Keras does not have: under its simple name, and saved as a custom one under
     * {@code firesteel>SimpleName}.
     */
    public <S extends T> Builder<T> addOwn(Class<S> type, ConfigFactory<S> factory) {
      String name = type.getSimpleName();
      String registeredName = "firesteel>" + name;
      builtIns.put(name, new Entry<>(type, name, registeredName, factory::fromConfig));
      aliases.put(registeredName, name);
      return this;
    }

    /** Says of names of classes that are no longer there, built-in or saved, what to do instead. */
    public Builder<T> removed(String instead, String... names) {
      for (String name : names) {
        removed.put(name, instead);
        removed.put("firesteel>" + name, instead);
      }

      return this;
    }

    /** Says of classes of Keras that are not supported why, and what to do instead. */
    public Builder<T> refused(String reason, String... names) {
      for (String name : names) {
        refused.put(name, reason);
      }

      return this;
    }

    /** Returns the registry. */
    public ObjectRegistry<T> build() {
      return new ObjectRegistry<>(this);
    }
  }
}
