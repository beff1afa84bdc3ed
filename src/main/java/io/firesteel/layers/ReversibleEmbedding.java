package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Embedding} that also makes scores of the ids from vectors, as language models end with
 * (Press and Wolf 2016; Keras 3.15, keras/src/layers/core/reversible_embedding.py). Called on ids
 * it gives their rows of {@code embeddings}; {@link #callReverse} multiplies vectors of {@code
 * output_dim} by the transposed {@code embeddings}, or without {@code tie_weights} by a weight of
 * its own, {@code reverse_embeddings} of (output_dim, input_dim), which gives {@code input_dim}
 * scores; with {@code logit_soft_cap} they are cap tanh(score / cap).
 *
 * <p>A mask comes of ids alone, with {@code mask_zero}; scores have none. Gradients of the weights
 * are dense.
 *
 * <p>Differs from Keras: {@code reverse_dtype} must be null or float32; no LoRA or quantization.
 */
public final class ReversibleEmbedding extends KerasLayer<ReversibleEmbedding> {

  private static final String NAME = "ReversibleEmbedding";

  private final Embedding table;
  private final boolean tieWeights;
  private final @Nullable Double softCap;

  private ReversibleEmbedding(Embedding table, boolean tieWeights, @Nullable Double softCap) {
    super(table.options());
    this.table = table;
    this.tieWeights = tieWeights;
    this.softCap = softCap;
    if (softCap != null) {
      Argument.positive(NAME, "logit_soft_cap", softCap);
    }
  }

  /**
   * Returns the layer with Keras's defaults: one weight both ways, uniform between -0.05 and 0.05.
   *
   * @param inputDim the size of the vocabulary
   * @param outputDim the length of a vector
   */
  public static ReversibleEmbedding of(int inputDim, int outputDim) {
    @Nullable Double softCap = null;
    return new ReversibleEmbedding(Embedding.of(inputDim, outputDim), true, softCap);
  }

  private ReversibleEmbedding with(Embedding newTable) {
    return new ReversibleEmbedding(newTable, tieWeights, softCap);
  }

  /** Returns this layer with one weight both ways, or with one for each. */
  public ReversibleEmbedding tieWeights(boolean value) {
    return new ReversibleEmbedding(table, value, softCap);
  }

  /** Returns this layer with scores between minus a number above 0 and that number. */
  public ReversibleEmbedding logitSoftCap(double value) {
    return new ReversibleEmbedding(table, tieWeights, value);
  }

  /** Returns this layer with the id 0 masked, or as any other id. */
  public ReversibleEmbedding maskZero(boolean value) {
    return with(table.maskZero(value));
  }

  /** Returns this layer with the start values of the vectors, by name, instance or config. */
  public ReversibleEmbedding embeddingsInitializer(Object identifier) {
    return with(table.embeddingsInitializer(identifier));
  }

  /** Returns this layer with a penalty on the vectors, by name, instance or config, or null. */
  public ReversibleEmbedding embeddingsRegularizer(@Nullable Object identifier) {
    return with(table.embeddingsRegularizer(identifier));
  }

  static ReversibleEmbedding fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Object reverseType = reader.any("reverse_dtype");
    if (reverseType != null && !reverseType.equals("float32")) {
      throw reader.invalid("reverse_dtype", "null or float32, as others are not supported");
    }

    ReversibleEmbedding layer =
        new ReversibleEmbedding(
            Embedding.read(reader),
            reader.bool("tie_weights", true),
            reader.nullableNumber("logit_soft_cap", null));
    reader.finish();
    return layer;
  }

  /**
   * Calls the layer with Keras's {@code reverse=True}: vectors become scores of the ids.
   *
   * @throws IllegalArgumentException if the vectors are not of {@code output_dim} values
   */
  public KerasTensor callReverse(KerasTensor vectors) {
    return KerasTensor.of(this, List.of(vectors), CallOptions.NONE.withReverse());
  }

  @Override
  protected ReversibleEmbedding with(LayerOptions newOptions) {
    return with(table.with(newOptions));
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return table.computeOutputShape(input);
  }

  /** Returns the shape of the scores of vectors. */
  Shape reverseShape(Shape vectors) {
    if (vectors.rank() < 1 || vectors.dim(-1) != table.outputDim()) {
      throw new IllegalArgumentException(
          "%s: called in reverse it takes vectors of output_dim=%d values. Received the shape: %s"
              .formatted(NAME, table.outputDim(), vectors));
    }

    return vectors.withLast(table.inputDim());
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return table.computeMaskShape(inputs, masks);
  }

  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    table.computeMask(inputs, call);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>(List.of(table.denseWeight()));
    if (!tieWeights) {
      Shape shape = Shape.of(table.outputDim(), table.inputDim());
      weights.add(
          new WeightOptions(table.embeddings().initializer(), null, null)
              .spec("reverse_embeddings", shape, trainable()));
    }

    return weights;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    if (!call.reverse()) {
      table.forward(input, call);
      return;
    }

    int n = call.rows() * input.size() / table.outputDim();
    int from = table.outputDim();
    int to = table.inputDim();
    float[] y = call.output();
    if (tieWeights) {
      MatMul.timesTransposedPart(call.input(), 0, call.weight(0), y, 0, n, from, to);
    } else {
      MatMul.multiplyPart(call.input(), 0, call.weight(1), y, 0, n, from, to);
    }

    if (softCap != null) {
      float cap = (float) (double) softCap;
      for (int i = 0; i < n * to; i++) {
        y[i] = FloatMath.tanh(y[i] / cap) * cap;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    if (!call.reverse()) {
      table.backward(input, call);
      clear(tieWeights ? null : call.weightGradient(1));
      return;
    }

    int n = call.rows() * input.size() / table.outputDim();
    int vector = table.outputDim();
    int scores = table.inputDim();
    float[] g = call.outputGradient();
    float[] x = call.input();
    if (softCap != null) {
      float cap = (float) (double) softCap;
      for (int i = 0; i < n * scores; i++) {
        float tanh = call.output()[i] / cap;
        g[i] *= 1.0f - tanh * tanh;
      }
    }

    float[] ofWeight = call.weightGradient(tieWeights ? 0 : 1);
    clear(ofWeight);
    clear(tieWeights ? null : call.weightGradient(0));
    if (ofWeight != null && tieWeights) {
      MatMul.addTransposedTimesPart(g, 0, x, 0, ofWeight, 0, n, scores, vector);
    } else if (ofWeight != null) {
      MatMul.addTransposedTimesPart(x, 0, g, 0, ofWeight, 0, n, vector, scores);
    }

    float[] ofInput = call.inputGradient();
    if (ofInput != null && tieWeights) {
      MatMul.multiplyPart(g, 0, call.weight(0), ofInput, 0, n, scores, vector);
    } else if (ofInput != null) {
      MatMul.timesTransposedPart(g, 0, call.weight(1), ofInput, 0, n, scores, vector);
    }
  }

  private static void clear(float @Nullable [] gradient) {
    if (gradient != null) {
      Arrays.fill(gradient, 0.0f);
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = Config.builder();
    Config ofTable = table.getConfig();
    ofTable.keys().forEach(key -> config.put(key, ofTable.get(key)));
    return config
        .put("tie_weights", tieWeights)
        .put("reverse_dtype", null)
        .put("logit_soft_cap", softCap)
        .build();
  }
}
