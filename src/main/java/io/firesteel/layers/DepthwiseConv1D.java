package io.firesteel.layers;

import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each feature of a sequence by itself, with {@code depth_multiplier} outputs a
 * feature: output = activation(depthwise_conv(input, kernel) + bias) (Keras 3.15,
 * keras/src/layers/convolutional/depthwise_conv1d.py).
 */
public final class DepthwiseConv1D extends SequenceConvolution<DepthwiseConv1D, DepthwiseConv2D> {

  private static final String NAME = "DepthwiseConv1D";

  private DepthwiseConv1D(DepthwiseConv2D image) {
    super(image);
  }

  /** Returns a layer with windows of that many steps and Keras's defaults. */
  public static DepthwiseConv1D of(int kernelSize) {
    return new DepthwiseConv1D(DepthwiseConv2D.of(NAME, kernelSize, 1));
  }

  static DepthwiseConv1D fromConfig(Config config) {
    return new DepthwiseConv1D(DepthwiseConv2D.fromConfig(NAME, Sequences.toImage(NAME, config)));
  }

  @Override
  DepthwiseConv1D of(DepthwiseConv2D newImage) {
    return new DepthwiseConv1D(newImage);
  }

  /** Returns this layer with so many outputs a feature, at least 1. */
  public DepthwiseConv1D depthMultiplier(int value) {
    return of(image().depthMultiplier(value));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public DepthwiseConv1D depthwiseInitializer(Object identifier) {
    return of(image().depthwiseInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public DepthwiseConv1D depthwiseRegularizer(@Nullable Object identifier) {
    return of(image().depthwiseRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public DepthwiseConv1D depthwiseConstraint(@Nullable Object identifier) {
    return of(image().depthwiseConstraint(identifier));
  }
}
