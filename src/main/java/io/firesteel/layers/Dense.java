package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.internal.data.SparseRows;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A densely connected layer: output = activation(input kernel + bias), along the last axis (Keras
 * 3.15, keras/src/layers/core/dense.py).
 *
 * <p>On a sparse input the sum over a row's entries begins with the bias and follows their indices;
 * results differ in the last bits from those on the same rows as a dense input.
 *
 * <p>Differs from Keras: no LoRA, no quantization, no activity regularizer; an initializer is not
 * null.
 */
public final class Dense extends KernelLayer<Dense> implements SparseInputLayer {

  private final int units;

  private Dense(int units, KernelArguments arguments, LayerOptions options) {
    super(arguments, options);
    this.units = units;
    Argument.integer("Dense", "units", 1, units);
  }

  /**
   * Returns a layer with Keras's defaults: no activation, a bias, {@code glorot_uniform} and {@code
   * zeros}.
   *
   * @param units the width of the output, at least 1
   */
  public static Dense of(int units) {
    return new Dense(units, KernelArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  static Dense fromConfig(Config config) {
    ConfigReader reader = config.reader("Dense");
    for (String key : List.of("lora_rank", "lora_alpha", "quantization_config")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    int units = reader.size("units", 1);
    KernelArguments arguments = KernelArguments.read(reader);
    Dense layer = new Dense(units, arguments, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Dense with(LayerOptions newOptions) {
    return new Dense(units, arguments(), newOptions);
  }

  @Override
  Dense with(KernelArguments newArguments) {
    return new Dense(units, newArguments, options());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (input.rank() == 0) {
      throw new IllegalArgumentException(
          "Dense needs rows of at least one dimension. Received the shape: " + input);
    }

    return input.withLast(units);
  }

  @Override
  public List<WeightSpec> sparseWeights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>(weights(input));
    weights.set(0, weights.get(0).ofSparseRows());
    return weights;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return arguments().weights(Shape.of(input.dim(-1), units), Shape.of(units), trainable());
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    ActivationFunction activation = arguments().activation();
    int vectors = LastAxis.vectors(input, call.rows());
    float[] sums = activation.needsInput() ? call.scratch(vectors * units) : call.output();
    SparseRows sparse = call.sparseInput();
    if (sparse != null) {
      begin(call, sums, vectors);
      SparseProduct.add(call, sparse, call.weight(0), sums, units);
    } else if (call.isSingleRow()) {
      begin(call, sums, vectors);
      addVectorProducts(call, sums, vectors, input.dim(-1));
    } else if (arguments().useBias()) {
      begin(call, sums, vectors);
      MatMul.addProduct(call.input(), call.weight(0), sums, vectors, input.dim(-1), units);
    } else {
      MatMul.multiply(call.input(), call.weight(0), sums, vectors, input.dim(-1), units);
    }

    activation.call(sums, call.output(), vectors, units);
  }

  private void addVectorProducts(LayerCall call, float[] sums, int vectors, int inputs) {
    MatrixRows matrix = vectors == 1 ? call.weightRows(0) : null;
    if (matrix != null) {
      matrix.addProduct(call.input(), sums);
      return;
    }

    for (int row = 0; row < vectors; row++) {
      MatMul.addVectorProduct(
          call.input(), row * inputs, call.weight(0), sums, row * units, inputs, units);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    ActivationFunction activation = arguments().activation();
    int vectors = LastAxis.vectors(input, call.rows());
    int inputs = input.dim(-1);
    float[] sums = activation.needsInput() ? call.scratch(vectors * units) : call.output();
    float[] gradient = call.outputGradient();
    activation.backward(sums, call.output(), gradient, vectors, units);

    float[] kernelGradient = call.weightGradient(0);
    SparseRows sparse = call.sparseInput();
    if (sparse != null) {
      SparseProduct.gradient(call, sparse, inputs, units);
    } else if (kernelGradient != null) {
      MatMul.transposedTimes(call.input(), gradient, kernelGradient, vectors, inputs, units);
    }

    float[] biasGradient = arguments().useBias() ? call.weightGradient(1) : null;
    if (biasGradient != null) {
      FloatRanges.sumOfAll(gradient, 0, vectors * units, biasGradient);
    }

    float[] inputGradient = call.inputGradient();
    if (inputGradient != null) {
      MatMul.timesTransposed(gradient, call.weight(0), inputGradient, vectors, units, inputs);
    }
  }

  /** Begins sums with the bias, or with zeros. */
  private void begin(LayerCall call, float[] sums, int vectors) {
    if (!arguments().useBias()) {
      Arrays.fill(sums, 0, vectors * units, 0.0f);
      return;
    }

    for (int row = 0; row < vectors; row++) {
      System.arraycopy(call.weight(1), 0, sums, row * units, units);
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig().put("units", units);
    arguments().put(config);
    return config.put("quantization_config", null).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
