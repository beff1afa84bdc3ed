package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A densely connected layer along any axes: output = activation(einsum(equation, input, kernel) +
 * bias) (Keras 3.15, keras/src/layers/core/einsum_dense.py). The equation has a letter for each
 * axis, the first one for the rows of a batch: {@code EinsumDense.of("abc,cd->abd", -1, 64)}, or
 * {@code EinsumDense.of("...x,xy->...y", 64)} for rows of any number of axes.
 *
 * <p>Differs from Keras: no LoRA, no quantization; a letter stands once in each part.
 */
public final class EinsumDense extends KernelLayer<EinsumDense> {

  private static final String NAME = "EinsumDense";

  private final EinsumPlan.Equation equation;
  private final List<@Nullable Integer> sizes;
  private final @Nullable String biasAxes;
  private final LastShape<EinsumPlan> plans;

  private EinsumDense(
      EinsumPlan.Equation equation,
      List<@Nullable Integer> sizes,
      @Nullable String biasAxes,
      KernelArguments arguments,
      LayerOptions options) {
    super(arguments, options);
    this.equation = equation;
    this.sizes = sizes;
    this.biasAxes = biasAxes;
    this.plans = new LastShape<>(input -> EinsumPlan.of(equation, sizes, biasAxes, input));
    if (arguments.useBias() != (biasAxes != null)) {
      throw new IllegalArgumentException("EinsumDense: 'bias_axes' says whether there is a bias");
    }
  }

  /**
   * Returns a layer without bias and activation, and with {@code glorot_uniform}.
   *
   * @param equation {@code X,Y->Z}, {@code ...X,Y->...Z} or {@code X...,Y->Z...} with letters for
   *     the axes of input, kernel and output
   * @param outputShape the sizes of the output's axes that the equation names, without that of the
   *     rows; -1 where an axis is one of the input
   */
  public static EinsumDense of(String equation, int... outputShape) {
    List<@Nullable Integer> sizes = new ArrayList<>();
    for (int size : outputShape) {
      boolean ok = size == -1 || size >= 1;
      Argument.require(NAME, "output_shape", Arrays.toString(outputShape), ok, "sizes >= 1, or -1");
      sizes.add(size == -1 ? null : size);
    }

    return new EinsumDense(
        EinsumPlan.Equation.parse(equation),
        Collections.unmodifiableList(sizes),
        null,
        KernelArguments.DEFAULT.withUseBias(false),
        LayerOptions.DEFAULT);
  }

  /** Returns this layer with a bias along these axes of the output, a letter each, or without. */
  public EinsumDense biasAxes(@Nullable String axes) {
    return new EinsumDense(equation, sizes, axes, arguments().withUseBias(axes != null), options());
  }

  static EinsumDense fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    for (String key : List.of("lora_rank", "lora_alpha", "quantization_config")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    if (config.has("use_bias")) {
      throw reader.invalid("use_bias", "absent, as 'bias_axes' says whether there is a bias");
    }

    String axes = reader.nullableString("bias_axes");
    EinsumDense layer =
        new EinsumDense(
            EinsumPlan.Equation.parse(reader.string("equation")),
            readSizes(reader),
            axes,
            KernelArguments.read(reader).withUseBias(axes != null),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static List<@Nullable Integer> readSizes(ConfigReader reader) {
    Object given = reader.any("output_shape");
    List<?> list = given instanceof List<?> several ? several : Collections.singletonList(given);
    List<@Nullable Integer> sizes = new ArrayList<>();
    for (Object size : list) {
      boolean ok = size instanceof Long n && n >= 1 && n <= Integer.MAX_VALUE;
      if (!ok && (size != null || list != given)) {
        throw reader.invalid("output_shape", "an integer >= 1, or a list of such and of null");
      }

      sizes.add(size == null ? null : Math.toIntExact((Long) size));
    }

    return Collections.unmodifiableList(sizes);
  }

  @Override
  protected EinsumDense with(LayerOptions newOptions) {
    return new EinsumDense(equation, sizes, biasAxes, arguments(), newOptions);
  }

  @Override
  EinsumDense with(KernelArguments newArguments) {
    return new EinsumDense(equation, sizes, biasAxes, newArguments, options());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return plans.of(input).output();
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    EinsumPlan plan = plans.of(input);
    WeightOptions kernel = arguments().kernel().withAxes(plan.inputAxes(), plan.outputAxes());
    Shape bias = plan.bias() == null ? Shape.scalar() : plan.bias();
    return arguments().withKernel(kernel).weights(plan.kernel(), bias, trainable());
  }

  /** The sums before the activation, which keeps them for the way back if it needs them there. */
  private float[] sums(EinsumPlan plan, LayerCall call) {
    boolean kept = arguments().activation().needsInput();
    return kept ? call.scratch(call.rows() * plan.output().size()) : call.output();
  }

  /** The n-th matrix of the kernel. */
  private static float[] kernel(EinsumPlan plan, int n, LayerCall call) {
    int size = plan.summed() * plan.features();
    if (plan.isPlain(plan.kernelIndices())) {
      return call.weight(0);
    }

    float[] matrix = call.scratch(0, size);
    EinsumPlan.take(plan.kernelIndices(), n, size, call.weight(0), 0, matrix, 1);
    return matrix;
  }

  /** The n-th matrix of the batch's inputs. */
  private static float[] inputs(EinsumPlan plan, int n, LayerCall call) {
    int size = plan.places() * plan.summed();
    if (plan.isPlain(plan.inputIndices())) {
      return call.input();
    }

    float[] matrix = call.scratch(1, call.rows() * size);
    EinsumPlan.take(
        plan.inputIndices(), n, size, call.input(), plan.input().size(), matrix, call.rows());
    return matrix;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    EinsumPlan plan = plans.of(input);
    int rows = call.rows();
    int size = plan.places() * plan.features();
    float[] sums = sums(plan, call);
    boolean plain = plan.isPlain(plan.outputIndices());
    float[] products = plain ? sums : call.scratch(2, rows * size);
    for (int n = 0; n < plan.matrices(); n++) {
      MatMul.multiply(
          inputs(plan, n, call),
          kernel(plan, n, call),
          products,
          rows * plan.places(),
          plan.summed(),
          plan.features());
      if (!plain) {
        EinsumPlan.give(plan.outputIndices(), n, size, products, sums, plan.output().size(), rows);
      }
    }

    addBias(plan, call, sums);
    int vectors = LastAxis.vectors(plan.output(), rows);
    arguments().activation().call(sums, call.output(), vectors, LastAxis.width(plan.output()));
  }

  private void addBias(EinsumPlan plan, LayerCall call, float[] sums) {
    int[] indices = plan.biasIndices();
    for (int row = 0; arguments().useBias() && row < call.rows(); row++) {
      float[] bias = call.weight(1);
      for (int i = 0; i < indices.length; i++) {
        sums[row * indices.length + i] += bias[indices[i]];
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    EinsumPlan plan = plans.of(input);
    int rows = call.rows();
    float[] gradient = call.outputGradient();
    int vectors = LastAxis.vectors(plan.output(), rows);
    arguments()
        .activation()
        .backward(
            sums(plan, call), call.output(), gradient, vectors, LastAxis.width(plan.output()));
    biasGradient(plan, call, gradient);
    float[] ofKernel = call.weightGradient(0);
    if (ofKernel != null) {
      Arrays.fill(ofKernel, 0.0f);
    }

    int size = plan.places() * plan.features();
    boolean plain = plan.isPlain(plan.outputIndices());
    float[] products = plain ? gradient : call.scratch(2, rows * size);
    for (int n = 0; n < plan.matrices(); n++) {
      if (!plain) {
        EinsumPlan.take(
            plan.outputIndices(), n, size, gradient, plan.output().size(), products, rows);
      }

      kernelGradient(plan, n, call, products, ofKernel);
      inputGradient(plan, n, call, products);
    }
  }

  private void biasGradient(EinsumPlan plan, LayerCall call, float[] gradient) {
    float[] ofBias = arguments().useBias() ? call.weightGradient(1) : null;
    if (ofBias == null) {
      return;
    }

    Arrays.fill(ofBias, 0.0f);
    int[] indices = plan.biasIndices();
    for (int row = 0; row < call.rows(); row++) {
      for (int i = 0; i < indices.length; i++) {
        ofBias[indices[i]] += gradient[row * indices.length + i];
      }
    }
  }

  private static void kernelGradient(
      EinsumPlan plan, int n, LayerCall call, float[] products, float @Nullable [] ofKernel) {
    if (ofKernel == null) {
      return;
    }

    boolean plain = plan.isPlain(plan.kernelIndices());
    int size = plan.summed() * plan.features();
    float[] matrix = plain ? ofKernel : call.scratch(3, size);
    MatMul.transposedTimes(
        inputs(plan, n, call),
        products,
        matrix,
        call.rows() * plan.places(),
        plan.summed(),
        plan.features());
    if (!plain) {
      EinsumPlan.add(plan.kernelIndices(), n, size, matrix, ofKernel);
    }
  }

  private static void inputGradient(EinsumPlan plan, int n, LayerCall call, float[] products) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    int rows = call.rows();
    int size = plan.places() * plan.summed();
    boolean plain = plan.isPlain(plan.inputIndices());
    float[] matrix = plain ? ofInput : call.scratch(4, rows * size);
    MatMul.timesTransposed(
        products,
        kernel(plan, n, call),
        matrix,
        rows * plan.places(),
        plan.features(),
        plan.summed());
    if (!plain) {
      EinsumPlan.give(plan.inputIndices(), n, size, matrix, ofInput, plan.input().size(), rows);
    }
  }

  @Override
  public Config getConfig() {
    KernelArguments arguments = arguments();
    Config.Builder config =
        baseConfig()
            .put("output_shape", sizes)
            .put("equation", equation.toString())
            .put("activation", LayerActivation.serialize(arguments.activation()))
            .put("bias_axes", biasAxes);
    arguments.kernel().putInitializer(config, "kernel");
    arguments.bias().putInitializer(config, "bias");
    arguments.kernel().putRegularizer(config, "kernel");
    arguments.bias().putRegularizer(config, "bias");
    config.putIfAbsent("activity_regularizer", null);
    arguments.kernel().putConstraint(config, "kernel");
    arguments.bias().putConstraint(config, "bias");
    return config.put("quantization_config", null).build();
  }
}
