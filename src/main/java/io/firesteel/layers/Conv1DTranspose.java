package io.firesteel.layers;

import io.firesteel.saving.Config;
import org.jspecify.annotations.Nullable;

/**
 * The transpose of a convolution, which makes sequences longer: each step of the input is
 * multiplied by the kernel and added to a window of the output (Keras 3.15,
 * keras/src/layers/convolutional/conv1d_transpose.py). The output has (input - 1) stride +
 * max(window, stride) steps with the padding {@code valid}, input stride ones with {@code same},
 * unless {@code output_padding} says otherwise.
 */
public final class Conv1DTranspose extends SequenceConvolution<Conv1DTranspose, Conv2DTranspose> {

  private static final String NAME = "Conv1DTranspose";

  private Conv1DTranspose(Conv2DTranspose image) {
    super(image);
  }

  /**
   * Returns a layer with Keras's defaults.
   *
   * @param filters the number of features of the output
   * @param kernelSize the number of steps of the window
   */
  public static Conv1DTranspose of(int filters, int kernelSize) {
    return new Conv1DTranspose(Conv2DTranspose.of(NAME, filters, kernelSize, 1));
  }

  static Conv1DTranspose fromConfig(Config config) {
    return new Conv1DTranspose(Conv2DTranspose.fromConfig(NAME, Sequences.toImage(NAME, config)));
  }

  @Override
  Conv1DTranspose of(Conv2DTranspose newImage) {
    return new Conv1DTranspose(newImage);
  }

  /** Returns this layer with so many steps more at the end, at least 0 and less than strides. */
  public Conv1DTranspose outputPadding(int value) {
    return of(image().outputPadding(value, 0));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public Conv1DTranspose kernelInitializer(Object identifier) {
    return of(image().kernelInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public Conv1DTranspose kernelRegularizer(@Nullable Object identifier) {
    return of(image().kernelRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public Conv1DTranspose kernelConstraint(@Nullable Object identifier) {
    return of(image().kernelConstraint(identifier));
  }
}
