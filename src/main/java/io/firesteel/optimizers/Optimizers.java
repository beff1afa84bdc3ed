package io.firesteel.optimizers;

import io.firesteel.internal.saving.ObjectRegistry;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The optimizers by name, as {@code keras.optimizers.get}, {@code serialize} and {@code
 * deserialize}.
 */
public final class Optimizers {

  private static final ObjectRegistry<Optimizer> REGISTRY =
      ObjectRegistry.builder("optimizer", "keras.optimizers", Optimizer.class)
          .add(SGD.class, SGD::fromConfig)
          .add(RMSprop.class, RMSprop::fromConfig)
          .add(Adam.class, Adam::fromConfig)
          .add(AdamW.class, AdamW::fromConfig)
          .add(Adagrad.class, Adagrad::fromConfig)
          .add(Adadelta.class, Adadelta::fromConfig)
          .add(Adamax.class, Adamax::fromConfig)
          .add(Nadam.class, Nadam::fromConfig)
          .add(Lion.class, Lion::fromConfig)
          .add(Lamb.class, Lamb::fromConfig)
          .add(Ftrl.class, Ftrl::fromConfig)
          .add(Adafactor.class, Adafactor::fromConfig)
          .add(Muon.class, Muon::fromConfig)
          .add(ScheduleFreeAdamW.class, ScheduleFreeAdamW::fromConfig)
          .add(LossScaleOptimizer.class, LossScaleOptimizer::fromConfig)
          .add(MultiOptimizer.class, MultiOptimizer::fromConfig)
          .build();

  private Optimizers() {}

  /**
   * Returns the optimizer that an identifier names.
   *
   * @param identifier an optimizer, which is returned as it is; a class name in any case of
   *     letters, or {@code package>Name}; a serialized optimizer as a config, a map or JSON text
   * @throws IllegalArgumentException if it names no optimizer
   */
  public static Optimizer get(@Nullable Object identifier) {
    if (identifier instanceof Config config) {
      return deserialize(config);
    }

    if (identifier instanceof Map<?, ?> map) {
      return deserialize(Config.of(map));
    }

    return identifier instanceof String text && text.stripLeading().startsWith("{")
        ? deserialize(Config.parse(text))
        : REGISTRY.get(identifier);
  }

  /** Returns Keras's serialized form of an optimizer, without its variables. */
  public static Config serialize(Optimizer optimizer) {
    Config serialized = REGISTRY.serialize(optimizer);
    return serialized.get("config") instanceof Config config
            && config.has(WeightDecay.Exclusions.KEY)
        ? serialized
            .with("config", config.without(WeightDecay.Exclusions.KEY))
            .with(WeightDecay.Exclusions.KEY, config.get(WeightDecay.Exclusions.KEY))
        : serialized;
  }

  /**
   * Rebuilds an optimizer from Keras's serialized form, of whichever Keras backend.
   *
   * @throws IllegalArgumentException if the class is unknown or its config is refused
   */
  public static Optimizer deserialize(Config serialized) {
    Object exclusions = serialized.get(WeightDecay.Exclusions.KEY);
    Config config = serialized.get("config") instanceof Config given ? given : Config.empty();
    return REGISTRY.deserialize(
        exclusions == null
            ? serialized
            : serialized.with("config", config.with(WeightDecay.Exclusions.KEY, exclusions)));
  }

  /**
   * Returns a builder for an optimizer of one's own that has no builder class:
   *
   * <pre>{@code
   * private Signs(OptimizerArguments arguments) {
   *   super(arguments);
   *   this.share = arguments.number("share", 0.9);
   * }
   *
   * static CustomOptimizerBuilder<Signs> builder() {
   *   return Optimizers.builder(Signs.class, Signs::new).learningRate(0.01);
   * }
   * }</pre>
   *
   * @param type the optimizer's class
   * @param constructor its constructor
   */
  public static <O extends BaseOptimizer> CustomOptimizerBuilder<O> builder(
      Class<O> type, Function<OptimizerArguments, O> constructor) {
    return new CustomOptimizerBuilder<>(type, constructor);
  }

  /**
   * Makes a custom optimizer known as {@code packageName>SimpleName}, in configs, files and jobs.
   *
   * @param builder what returns a new builder, e.g. {@code Signs::builder}
   * @throws IllegalArgumentException if another class has the name
   */
  public static <O extends BaseOptimizer> void register(
      String packageName, Supplier<? extends OptimizerBuilder<O, ?>> builder) {
    REGISTRY.register(packageName, builder.get().type, config -> builder.get().fromConfig(config));
  }

  /**
   * Makes a custom optimizer known as {@code packageName>SimpleName}.
   *
   * @throws IllegalArgumentException if another class has the name
   */
  public static <S extends Optimizer> void register(
      String packageName, Class<S> type, ConfigFactory<S> factory) {
    REGISTRY.register(packageName, type, factory);
  }

  /** Returns the class names of the built-in optimizers, the wrappers of others included. */
  public static List<String> classNames() {
    return REGISTRY.classNames();
  }

  /** Returns every name that {@link #get} accepts. */
  public static List<String> names() {
    return REGISTRY.names();
  }

  /** Returns the class of a built-in optimizer. */
  static Class<? extends Optimizer> type(String className) {
    return REGISTRY.type(className);
  }
}
