package io.firesteel.activations;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The activation functions by name (Keras 3.15, keras/src/activations/__init__.py). Built-ins are
 * written as plain names, custom functions as objects.
 */
public final class Activations {

  private static final Map<String, List<String>> OTHER_NAMES =
      Map.of("Silu", List.of("swish"), "HardSilu", List.of("hard_swish"));

  private static final ObjectRegistry<ActivationFunction> REGISTRY = registry();

  /** What Keras names and is refused here, and why. */
  private static final Map<String, String> UNSUPPORTED =
      Map.of(
          "glu", "it halves the last axis",
          "threshold", "it has arguments without defaults",
          "sparsemax", "Keras 3.15 computes something else under that name (the sums are not 1)");

  private Activations() {}

  /**
   * Returns the function that an identifier names; null is {@code linear}.
   *
   * @param identifier null, a function, a name, or a serialized form: Keras's {@code {"class_name":
   *     "function", "config": "relu"}}, or the object of a custom function
   * @throws IllegalArgumentException if it names none
   */
  public static ActivationFunction get(@Nullable Object identifier) {
    if (identifier == null) {
      return get("linear");
    }

    if (identifier instanceof String name && UNSUPPORTED.containsKey(name)) {
      throw new IllegalArgumentException(
          "The activation '%s' is not supported: %s".formatted(name, UNSUPPORTED.get(name)));
    }

    Object form = identifier instanceof Map<?, ?> map ? Config.of(map) : identifier;
    if (form instanceof Config config
        && "function".equals(config.get("class_name"))
        && config.get("config") instanceof String name) {
      return get(name);
    }

    return REGISTRY.get(form);
  }

  /** Returns what stands in a config: the name of a built-in, the object form of a custom one. */
  public static Object serialize(ActivationFunction function) {
    return REGISTRY.isBuiltIn(function)
        ? KerasNames.snakeCase(function.className())
        : REGISTRY.serialize(function);
  }

  /** Returns the function of a serialized form, as {@link #get} does. */
  public static ActivationFunction deserialize(@Nullable Object serialized) {
    return get(serialized);
  }

  /**
   * Makes a custom function known under {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has that name
   */
  public static <A extends ActivationFunction> void register(
      String packageName, Class<A> type, ConfigFactory<A> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns Keras's names of the built-ins, in order. */
  public static List<String> names() {
    return REGISTRY.classNames().stream().map(KerasNames::snakeCase).toList();
  }

  private static ObjectRegistry<ActivationFunction> registry() {
    List<ActivationFunction> functions =
        new ArrayList<>(
            List.of(
                new CommonActivations.Linear(),
                new CommonActivations.Relu(),
                new CommonActivations.Sigmoid(),
                new CommonActivations.Tanh(),
                new RowActivations.Softmax(),
                new RowActivations.LogSoftmax()));
    functions.addAll(Elementwise.ALL);
    ObjectRegistry.Builder<ActivationFunction> builder =
        ObjectRegistry.builder("activation", "keras.activations", ActivationFunction.class);
    functions.forEach(function -> add(builder, function));
    return builder.build();
  }

  private static void add(
      ObjectRegistry.Builder<ActivationFunction> builder, ActivationFunction function) {
    String className = function.className();
    List<String> names = new ArrayList<>(OTHER_NAMES.getOrDefault(className, List.of()));
    String snakeCase = KerasNames.snakeCase(className);
    if (!snakeCase.equals(className.toLowerCase(Locale.ROOT))) {
      names.add(snakeCase);
    }

    builder.addRead(
        className, function.getClass(), arguments -> function, names.toArray(String[]::new));
  }
}
