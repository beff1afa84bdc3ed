package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The arguments of a layer that multiplies by a kernel, adds a bias and applies an activation. */
record KernelArguments(
    ActivationFunction activation, boolean useBias, WeightOptions kernel, WeightOptions bias) {

  static final KernelArguments DEFAULT =
      new KernelArguments(
          LayerActivation.get(null),
          true,
          WeightOptions.of("glorot_uniform"),
          WeightOptions.of("zeros"));

  KernelArguments withKernel(WeightOptions options) {
    return new KernelArguments(activation, useBias, options, bias);
  }

  KernelArguments withBias(WeightOptions options) {
    return new KernelArguments(activation, useBias, kernel, options);
  }

  KernelArguments withUseBias(boolean value) {
    return new KernelArguments(activation, value, kernel, bias);
  }

  static KernelArguments read(ConfigReader reader) {
    return new KernelArguments(
        LayerActivation.get(reader.any("activation")),
        reader.bool("use_bias", true),
        WeightOptions.read(reader, "kernel", DEFAULT.kernel),
        WeightOptions.read(reader, "bias", DEFAULT.bias));
  }

  List<WeightSpec> weights(Shape kernelShape, Shape biasShape, boolean trainable) {
    List<WeightSpec> weights = new ArrayList<>();
    weights.add(kernel.spec("kernel", kernelShape, trainable));
    if (useBias) {
      weights.add(bias.spec("bias", biasShape, trainable));
    }

    return weights;
  }

  /** Writes the keys in the order of Keras's {@code Dense}. */
  void put(Config.Builder config) {
    putUpToRegularizers(config);
    putConstraints(config);
  }

  /** Writes the keys in the order of Keras's convolutions, which have one more. */
  void putOfConvolution(Config.Builder config) {
    putUpToRegularizers(config);
    config.putIfAbsent("activity_regularizer", null);
    putConstraints(config);
  }

  private void putUpToRegularizers(Config.Builder config) {
    config.put("activation", LayerActivation.serialize(activation)).put("use_bias", useBias);
    kernel.putInitializer(config, "kernel");
    bias.putInitializer(config, "bias");
    kernel.putRegularizer(config, "kernel");
    bias.putRegularizer(config, "bias");
  }

  private void putConstraints(Config.Builder config) {
    kernel.putConstraint(config, "kernel");
    bias.putConstraint(config, "bias");
  }
}
