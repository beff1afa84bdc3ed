package io.firesteel.layers;

import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each feature of a sequence by itself, as {@link DepthwiseConv1D}, whose outputs
 * a kernel of one step then mixes: output = activation(conv(depthwise_conv(input,
 * depthwise_kernel), pointwise_kernel) + bias) (Keras 3.15,
 * keras/src/layers/convolutional/separable_conv1d.py).
 */
public final class SeparableConv1D extends SequenceConvolution<SeparableConv1D, SeparableConv2D> {

  private static final String NAME = "SeparableConv1D";

  private SeparableConv1D(SeparableConv2D image) {
    super(image);
  }

  /**
   * Returns a layer with Keras's defaults.
   *
   * @param filters the number of features of the output
   * @param kernelSize the number of steps of the window
   */
  public static SeparableConv1D of(int filters, int kernelSize) {
    return new SeparableConv1D(SeparableConv2D.of(NAME, filters, kernelSize, 1));
  }

  static SeparableConv1D fromConfig(Config config) {
    return new SeparableConv1D(SeparableConv2D.fromConfig(NAME, Sequences.toImage(NAME, config)));
  }

  @Override
  SeparableConv1D of(SeparableConv2D newImage) {
    return new SeparableConv1D(newImage);
  }

  /** Returns this layer with so many values a feature in the middle, at least 1. */
  public SeparableConv1D depthMultiplier(int value) {
    return of(image().depthMultiplier(value));
  }

  /** Returns this layer with the start values of the features' kernels. */
  public SeparableConv1D depthwiseInitializer(Object identifier) {
    return of(image().depthwiseInitializer(identifier));
  }

  /** Returns this layer with a penalty on the features' kernels, or null. */
  public SeparableConv1D depthwiseRegularizer(@Nullable Object identifier) {
    return of(image().depthwiseRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the features' kernels, or null. */
  public SeparableConv1D depthwiseConstraint(@Nullable Object identifier) {
    return of(image().depthwiseConstraint(identifier));
  }

  /** Returns this layer with the start values of the mixing kernel. */
  public SeparableConv1D pointwiseInitializer(Object identifier) {
    return of(image().pointwiseInitializer(identifier));
  }

  /** Returns this layer with a penalty on the mixing kernel, or null. */
  public SeparableConv1D pointwiseRegularizer(@Nullable Object identifier) {
    return of(image().pointwiseRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the mixing kernel, or null. */
  public SeparableConv1D pointwiseConstraint(@Nullable Object identifier) {
    return of(image().pointwiseConstraint(identifier));
  }
}
