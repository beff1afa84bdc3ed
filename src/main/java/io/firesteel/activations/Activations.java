package io.firesteel.activations;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The activation functions by name (Keras 3.15, keras/src/activations/__init__.py). Built-ins are
 * written as plain names, custom functions as objects.
 */
public final class Activations {

  private static final ObjectRegistry<ActivationFunction> REGISTRY =
      ObjectRegistry.builder("activation", "keras.activations", ActivationFunction.class)
          .add(Linear.class, only(new Linear()))
          .add(Relu.class, only(new Relu()))
          .add(Relu6.class, only(new Relu6()))
          .add(LeakyRelu.class, only(new LeakyRelu()), "leaky_relu")
          .add(Elu.class, only(new Elu()))
          .add(Celu.class, only(new Celu()))
          .add(Selu.class, only(new Selu()))
          .add(Gelu.class, only(new Gelu()))
          .add(Silu.class, only(new Silu()), "swish")
          .add(HardSilu.class, only(new HardSilu()), "hard_silu", "hard_swish")
          .add(Mish.class, only(new Mish()))
          .add(Softplus.class, only(new Softplus()))
          .add(Squareplus.class, only(new Squareplus()))
          .add(SparsePlus.class, only(new SparsePlus()), "sparse_plus")
          .add(Sigmoid.class, only(new Sigmoid()))
          .add(HardSigmoid.class, only(new HardSigmoid()), "hard_sigmoid")
          .add(SparseSigmoid.class, only(new SparseSigmoid()), "sparse_sigmoid")
          .add(LogSigmoid.class, only(new LogSigmoid()), "log_sigmoid")
          .add(Tanh.class, only(new Tanh()))
          .add(HardTanh.class, only(new HardTanh()), "hard_tanh")
          .add(TanhShrink.class, only(new TanhShrink()), "tanh_shrink")
          .add(SoftShrink.class, only(new SoftShrink()), "soft_shrink")
          .add(HardShrink.class, only(new HardShrink()), "hard_shrink")
          .add(Softsign.class, only(new Softsign()))
          .add(Exponential.class, only(new Exponential()))
          .add(Softmax.class, only(new Softmax()))
          .add(LogSoftmax.class, only(new LogSoftmax()), "log_softmax")
          .build();

  private static final Set<Class<?>> BUILT_INS =
      REGISTRY.classNames().stream().map(REGISTRY::type).collect(Collectors.toUnmodifiableSet());

  /** What Keras names and is refused here, and why. */
  private static final Map<String, String> UNSUPPORTED =
      Map.of(
          "glu", "it halves the last axis",
          "threshold", "it has arguments without defaults",
          "sparsemax", "Keras 3.15 computes something else under that name (the sums are not 1)");

  private Activations() {}

  /**
   * Returns the function that an identifier names; null is {@link Linear}.
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
    return BUILT_INS.contains(function.getClass())
        ? KerasNames.snakeCase(function.getClass().getSimpleName())
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

  private static <A extends ActivationFunction> ConfigFactory<A> only(A function) {
    return config -> {
      config.reader(function.getClass().getSimpleName()).finish();
      return function;
    };
  }
}
