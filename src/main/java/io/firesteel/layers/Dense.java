package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.activations.Activations;
import io.firesteel.constraints.Constraint;
import io.firesteel.constraints.Constraints;
import io.firesteel.data.SparseRows;
import io.firesteel.initializers.Initializer;
import io.firesteel.initializers.Initializers;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.regularizers.Regularizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
public final class Dense extends KerasLayer<Dense> {

  private final int units;
  private ActivationFunction activation = Activations.get(null);
  private boolean useBias = true;
  private Initializer kernelInitializer = Initializers.get("glorot_uniform");
  private Initializer biasInitializer = Initializers.get("zeros");
  private @Nullable Regularizer kernelRegularizer;
  private @Nullable Regularizer biasRegularizer;
  private @Nullable Constraint kernelConstraint;
  private @Nullable Constraint biasConstraint;

  private Dense(int units, LayerOptions options) {
    super(options);
    this.units = units;
    if (units < 1) {
      throw new IllegalArgumentException(
          "Dense: 'units' must be an integer of at least 1. Received: " + units);
    }
  }

  /**
   * Returns a layer with Keras's defaults: no activation, a bias, {@code glorot_uniform} and {@code
   * zeros}.
   *
   * @param units the width of the output, at least 1
   */
  public static Dense of(int units) {
    return new Dense(units, LayerOptions.DEFAULT);
  }

  /** Returns this layer with an activation: a name, a function, a serialized form, or null. */
  public Dense activation(@Nullable Object identifier) {
    Dense copy = with(options());
    copy.activation = Activations.get(identifier);
    return copy;
  }

  /** Returns this layer with a bias or without. */
  public Dense useBias(boolean value) {
    Dense copy = with(options());
    copy.useBias = value;
    return copy;
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public Dense kernelInitializer(Object identifier) {
    Dense copy = with(options());
    copy.kernelInitializer = Initializers.get(identifier);
    return copy;
  }

  /** Returns this layer with the start values of the bias, by name, instance or config. */
  public Dense biasInitializer(Object identifier) {
    Dense copy = with(options());
    copy.biasInitializer = Initializers.get(identifier);
    return copy;
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public Dense kernelRegularizer(@Nullable Object identifier) {
    Dense copy = with(options());
    copy.kernelRegularizer = Regularizers.get(identifier);
    return copy;
  }

  /** Returns this layer with a penalty on the bias, by name, instance or config, or null. */
  public Dense biasRegularizer(@Nullable Object identifier) {
    Dense copy = with(options());
    copy.biasRegularizer = Regularizers.get(identifier);
    return copy;
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public Dense kernelConstraint(@Nullable Object identifier) {
    Dense copy = with(options());
    copy.kernelConstraint = Constraints.get(identifier);
    return copy;
  }

  /** Returns this layer with a constraint on the bias, by name, instance or config, or null. */
  public Dense biasConstraint(@Nullable Object identifier) {
    Dense copy = with(options());
    copy.biasConstraint = Constraints.get(identifier);
    return copy;
  }

  static Dense fromConfig(Config config) {
    ConfigReader reader = config.reader("Dense");
    for (String key : List.of("lora_rank", "lora_alpha", "quantization_config")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    Dense layer = new Dense(readUnits(reader), LayerOptions.read(reader));
    layer.activation = Activations.get(reader.any("activation"));
    layer.useBias = reader.bool("use_bias", true);
    if (reader.seen("kernel_initializer")) {
      layer.kernelInitializer = Initializers.get(reader.any("kernel_initializer"));
    }

    if (reader.seen("bias_initializer")) {
      layer.biasInitializer = Initializers.get(reader.any("bias_initializer"));
    }

    layer.kernelRegularizer = Regularizers.get(reader.any("kernel_regularizer"));
    layer.biasRegularizer = Regularizers.get(reader.any("bias_regularizer"));
    layer.kernelConstraint = Constraints.get(reader.any("kernel_constraint"));
    layer.biasConstraint = Constraints.get(reader.any("bias_constraint"));
    reader.finish();
    return layer;
  }

  private static int readUnits(ConfigReader reader) {
    long units = reader.integer("units");
    if (units < 1 || units > Integer.MAX_VALUE) {
      throw reader.invalid("units", "an integer of at least 1");
    }

    return (int) units;
  }

  @Override
  protected Dense with(LayerOptions newOptions) {
    Dense copy = new Dense(units, newOptions);
    copy.activation = activation;
    copy.useBias = useBias;
    copy.kernelInitializer = kernelInitializer;
    copy.biasInitializer = biasInitializer;
    copy.kernelRegularizer = kernelRegularizer;
    copy.biasRegularizer = biasRegularizer;
    copy.kernelConstraint = kernelConstraint;
    copy.biasConstraint = biasConstraint;
    return copy;
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
  public boolean takesSparse() {
    return true;
  }

  @Override
  public List<WeightSpec> sparseWeights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>(weights(input));
    weights.set(0, weights.get(0).ofSparseRows());
    return weights;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>();
    weights.add(
        new WeightSpec(
            "kernel",
            Shape.of(input.dim(-1), units),
            kernelInitializer,
            kernelRegularizer,
            kernelConstraint,
            trainable()));
    if (useBias) {
      weights.add(
          new WeightSpec(
              "bias",
              Shape.of(units),
              biasInitializer,
              biasRegularizer,
              biasConstraint,
              trainable()));
    }

    return weights;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int vectors = LastAxis.vectors(input, call.rows());
    float[] sums = activation.needsInput() ? call.scratch(vectors * units) : call.output();
    SparseRows sparse = call.sparseInput();
    if (sparse != null) {
      begin(call, sums, vectors);
      SparseProduct.add(call, sparse, call.weight(0), sums, units);
    } else if (useBias) {
      begin(call, sums, vectors);
      MatMul.addProduct(call.input(), call.weight(0), sums, vectors, input.dim(-1), units);
    } else {
      MatMul.multiply(call.input(), call.weight(0), sums, vectors, input.dim(-1), units);
    }

    activation.call(sums, call.output(), vectors, units);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    int vectors = LastAxis.vectors(input, call.rows());
    int inputs = input.dim(-1);
    float[] sums = activation.needsInput() ? call.scratch(vectors * units) : call.output();
    float[] gradient = call.outputGradient();
    activation.backward(sums, call.output(), gradient, vectors, units);

    kernelGradient(call, vectors, inputs);
    float[] biasGradient = useBias ? call.weightGradient(1) : null;
    if (biasGradient != null) {
      sumRows(gradient, biasGradient, vectors);
    }

    float[] inputGradient = call.inputGradient();
    if (inputGradient != null) {
      MatMul.timesTransposed(gradient, call.weight(0), inputGradient, vectors, units, inputs);
    }
  }

  /** Begins sums with the bias, or with zeros. */
  private void begin(LayerCall call, float[] sums, int vectors) {
    if (!useBias) {
      Arrays.fill(sums, 0, vectors * units, 0.0f);
      return;
    }

    for (int row = 0; row < vectors; row++) {
      System.arraycopy(call.weight(1), 0, sums, row * units, units);
    }
  }

  private void kernelGradient(LayerCall call, int vectors, int inputs) {
    float[] gradient = call.outputGradient();
    SparseRows sparse = call.sparseInput();
    RowSums rows = call.rowGradient(0);
    float[] whole = call.weightGradient(0);
    if (sparse != null && rows != null) {
      SparseProduct.gradient(call, sparse, gradient, rows, inputs);
    } else if (sparse != null && whole != null) {
      SparseProduct.gradient(call, sparse, gradient, whole, units);
    } else if (whole != null) {
      MatMul.transposedTimes(call.input(), gradient, whole, vectors, inputs, units);
    }
  }

  /** Adds up rows, one after the other; four at a time only saves going through the sums. */
  private void sumRows(float[] gradient, float[] biasGradient, int vectors) {
    Arrays.fill(biasGradient, 0.0f);
    int row = 0;
    for (; row + 4 <= vectors; row += 4) {
      int a = row * units;
      int b = a + units;
      int c = b + units;
      int d = c + units;
      for (int i = 0; i < units; i++) {
        biasGradient[i] =
            biasGradient[i] + gradient[a + i] + gradient[b + i] + gradient[c + i] + gradient[d + i];
      }
    }

    for (; row < vectors; row++) {
      for (int i = 0; i < units; i++) {
        biasGradient[i] += gradient[row * units + i];
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("units", units)
        .put("activation", Activations.serialize(activation))
        .put("use_bias", useBias)
        .put("kernel_initializer", Initializers.serialize(kernelInitializer))
        .put("bias_initializer", Initializers.serialize(biasInitializer))
        .put("kernel_regularizer", Regularizers.serialize(kernelRegularizer))
        .put("bias_regularizer", Regularizers.serialize(biasRegularizer))
        .put("kernel_constraint", Constraints.serialize(kernelConstraint))
        .put("bias_constraint", Constraints.serialize(biasConstraint))
        .put("quantization_config", null)
        .build();
  }
}
