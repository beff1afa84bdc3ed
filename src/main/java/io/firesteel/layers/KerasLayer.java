package io.firesteel.layers;

import io.firesteel.regularizers.Regularizer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer with Keras's common arguments. Each setter returns a new layer: {@code
 * Dense.of(64).name("hidden").trainable(false)}.
 *
 * @param <L> the layer's own class
 */
public abstract class KerasLayer<L extends KerasLayer<L>> extends Layer {

  private final LayerOptions options;

  /** Creates a layer. */
  protected KerasLayer(LayerOptions options) {
    super(options.name(), options.trainable());
    this.options = options;
  }

  /** Returns this layer with other common arguments. */
  protected abstract L with(LayerOptions newOptions);

  /** Returns the common arguments. */
  protected final LayerOptions options() {
    return options;
  }

  @Override
  public final L withName(String newName) {
    return with(options.withName(newName));
  }

  /** Returns this layer under a name, the same as {@link #withName}. */
  public final L name(String newName) {
    return withName(newName);
  }

  /** Returns this layer with its weights trained or not. */
  public final L trainable(boolean value) {
    return with(options.withTrainable(value));
  }

  @Override
  public final L withTrainable(boolean value) {
    return trainable(value);
  }

  /**
   * Returns this layer with a penalty on its output, by name, instance or config, or null; its
   * value for a batch is divided by the number of rows.
   *
   * @throws IllegalArgumentException if the penalty is not a sum over single values
   */
  public final L activityRegularizer(@Nullable Object identifier) {
    return with(options.withActivityRegularizer(identifier));
  }

  @Override
  public final @Nullable Regularizer activityRegularizer() {
    return options.activityRegularizer();
  }

  /** Returns this layer with the shape of one input row, as a model's first layer may have it. */
  public final L inputShape(int... dims) {
    return with(options.withInputShape(Shape.of(dims)));
  }

  @Override
  public final @Nullable Shape inputShape() {
    return options.inputShape();
  }

  /** Returns a config that starts with the common arguments, in Keras's order. */
  protected final Config.Builder baseConfig() {
    return options.toConfig();
  }
}
