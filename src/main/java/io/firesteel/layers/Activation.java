package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/** An activation function as a layer (Keras 3.15, keras/src/layers/activations/activation.py). */
public final class Activation extends KerasLayer<Activation> {

  private final ActivationFunction function;

  private Activation(ActivationFunction function, LayerOptions options) {
    super(options);
    this.function = function;
  }

  /**
   * Returns the layer.
   *
   * @param activation a name, a function or a serialized form
   * @throws IllegalArgumentException if it names no activation function
   */
  public static Activation of(Object activation) {
    return new Activation(LayerActivation.get(activation), LayerOptions.DEFAULT);
  }

  static Activation fromConfig(Config config) {
    ConfigReader reader = config.reader("Activation");
    LayerOptions options = LayerOptions.read(reader);
    if (!reader.seen("activation")) {
      reader.string("activation");
    }

    Activation layer = new Activation(LayerActivation.get(reader.any("activation")), options);
    reader.finish();
    return layer;
  }

  ActivationFunction function() {
    return function;
  }

  @Override
  protected Activation with(LayerOptions newOptions) {
    return new Activation(function, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int width = LastAxis.width(input);
    function.call(call.input(), call.output(), LastAxis.vectors(input, call.rows()), width);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient == null) {
      return;
    }

    System.arraycopy(call.outputGradient(), 0, gradient, 0, call.rows() * input.size());
    function.backward(
        call.input(),
        call.output(),
        gradient,
        LastAxis.vectors(input, call.rows()),
        LastAxis.width(input));
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("activation", LayerActivation.serialize(function)).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
