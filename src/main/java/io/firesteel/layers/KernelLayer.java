package io.firesteel.layers;

import org.jspecify.annotations.Nullable;

/**
 * A layer that multiplies by a weight {@code kernel}, may add a weight {@code bias}, and applies an
 * activation.
 *
 * @param <L> the layer's own class
 */
public abstract class KernelLayer<L extends KernelLayer<L>> extends KerasLayer<L> {

  private final KernelArguments arguments;

  KernelLayer(KernelArguments arguments, LayerOptions options) {
    super(options);
    this.arguments = arguments;
  }

  abstract L with(KernelArguments newArguments);

  final KernelArguments arguments() {
    return arguments;
  }

  /**
   * Returns this layer with an activation: a name, a function, a layer that works value by value
   * ({@code LeakyReLU.of(0.1)}), a serialized form, or null.
   */
  public final L activation(@Nullable Object identifier) {
    return with(
        new KernelArguments(
            LayerActivation.get(identifier),
            arguments.useBias(),
            arguments.kernel(),
            arguments.bias()));
  }

  /** Returns this layer with a bias or without. */
  public final L useBias(boolean value) {
    return with(arguments.withUseBias(value));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public final L kernelInitializer(Object identifier) {
    return with(arguments.withKernel(arguments.kernel().withInitializer(identifier)));
  }

  /** Returns this layer with the start values of the bias, by name, instance or config. */
  public final L biasInitializer(Object identifier) {
    return with(arguments.withBias(arguments.bias().withInitializer(identifier)));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public final L kernelRegularizer(@Nullable Object identifier) {
    return with(arguments.withKernel(arguments.kernel().withRegularizer(identifier)));
  }

  /** Returns this layer with a penalty on the bias, by name, instance or config, or null. */
  public final L biasRegularizer(@Nullable Object identifier) {
    return with(arguments.withBias(arguments.bias().withRegularizer(identifier)));
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public final L kernelConstraint(@Nullable Object identifier) {
    return with(arguments.withKernel(arguments.kernel().withConstraint(identifier)));
  }

  /** Returns this layer with a constraint on the bias, by name, instance or config, or null. */
  public final L biasConstraint(@Nullable Object identifier) {
    return with(arguments.withBias(arguments.bias().withConstraint(identifier)));
  }
}
