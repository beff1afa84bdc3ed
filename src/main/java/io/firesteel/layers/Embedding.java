package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vector for each id of a vocabulary: the output is the row of the weight {@code embeddings} that
 * the input names (Keras 3.15, keras/src/layers/core/embedding.py).
 *
 * <p>Ids are whole numbers from 0 to {@code input_dim} - 1. They come as floats, which hold each of
 * them exactly as {@code input_dim} is at most 2^24.
 *
 * <p>Differs from Keras: no start weights, LoRA or quantization. Stricter than Keras: fractions and
 * ids outside the vocabulary are refused.
 */
public final class Embedding extends KerasLayer<Embedding> {

  private static final String NAME = "Embedding";
  private static final int LARGEST_VOCABULARY = 1 << 24;

  private final int inputDim;
  private final int outputDim;
  private final WeightOptions embeddings;
  private final boolean maskZero;

  private Embedding(
      int inputDim,
      int outputDim,
      WeightOptions embeddings,
      boolean maskZero,
      LayerOptions options) {
    super(options);
    this.maskZero = maskZero;
    this.inputDim = inputDim;
    this.outputDim = outputDim;
    this.embeddings = embeddings;
    Argument.integer("Embedding", "input_dim", 1, LARGEST_VOCABULARY, inputDim);

    Argument.integer("Embedding", "output_dim", 1, outputDim);
  }

  /**
   * Returns the layer with start values uniform between -0.05 and 0.05.
   *
   * @param inputDim the size of the vocabulary
   * @param outputDim the length of a vector
   */
  public static Embedding of(int inputDim, int outputDim) {
    return new Embedding(
        inputDim, outputDim, WeightOptions.of("uniform"), false, LayerOptions.DEFAULT);
  }

  /**
   * Returns this layer with the id 0 masked, as a place behind the end of a sequence, or as any
   * other id.
   */
  public Embedding maskZero(boolean value) {
    return new Embedding(inputDim, outputDim, embeddings, value, options());
  }

  /** Returns this layer with the start values of the vectors, by name, instance or config. */
  public Embedding embeddingsInitializer(Object identifier) {
    return with(embeddings.withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the vectors, by name, instance or config, or null. */
  public Embedding embeddingsRegularizer(@Nullable Object identifier) {
    return with(embeddings.withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the vectors, by name, instance or config, or null. */
  public Embedding embeddingsConstraint(@Nullable Object identifier) {
    return with(embeddings.withConstraint(identifier));
  }

  static Embedding fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Embedding layer = read(reader);
    reader.finish();
    return layer;
  }

  /** Reads the arguments; others may be left. */
  static Embedding read(ConfigReader reader) {
    List<String> unsupported =
        List.of("weights", "lora_rank", "lora_alpha", "quantization_config", "input_length");
    for (String key : unsupported) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    return new Embedding(
        reader.size("input_dim", 1),
        reader.size("output_dim", 1),
        WeightOptions.read(reader, "embeddings", WeightOptions.of("uniform")),
        reader.bool("mask_zero", false),
        LayerOptions.readWithoutInputDim(reader));
  }

  int inputDim() {
    return inputDim;
  }

  int outputDim() {
    return outputDim;
  }

  WeightOptions embeddings() {
    return embeddings;
  }

  private Embedding with(WeightOptions newEmbeddings) {
    return new Embedding(inputDim, outputDim, newEmbeddings, maskZero, options());
  }

  @Override
  protected Embedding with(LayerOptions newOptions) {
    return new Embedding(inputDim, outputDim, embeddings, maskZero, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int[] dims = Arrays.copyOf(input.dims(), input.rank() + 1);
    dims[input.rank()] = outputDim;
    return Shape.of(dims);
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return maskZero ? inputs.get(0) : null;
  }

  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    boolean[] mask = call.outputMask();
    for (int i = 0; i < call.rows() * inputs.get(0).size(); i++) {
      mask[i] = call.input()[i] != 0.0f;
    }
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return List.of(denseWeight().ofSparseRows());
  }

  /** Returns the weight with a gradient of all rows. */
  WeightSpec denseWeight() {
    return embeddings.spec("embeddings", Shape.of(inputDim, outputDim), trainable());
  }

  /**
   * Looks the vectors up.
   *
   * @throws IllegalArgumentException if an input is no id of the vocabulary
   */
  @Override
  public void forward(Shape input, LayerCall call) {
    float[] x = call.input();
    float[] y = call.output();
    float[] table = call.weight(0);
    int n = call.rows() * input.size();
    for (int i = 0; i < n; i++) {
      int id = (int) x[i];
      if (id != x[i] || id < 0 || id >= inputDim) {
        throw new IllegalArgumentException(
            "The layer '%s' takes whole numbers from 0 to %d (input_dim=%d). Received: %s in row %d of the batch, at place %d of the row"
                .formatted(
                    name(), inputDim - 1, inputDim, x[i], i / input.size(), i % input.size()));
      }

      System.arraycopy(table, id * outputDim, y, i * outputDim, outputDim);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    int n = call.rows() * input.size();
    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      Arrays.fill(ofInput, 0, n, 0.0f);
    }

    RowSums rows = call.rowGradient(0);
    float[] ofTable = call.weightGradient(0);
    if (rows != null) {
      int[] indices = rows.indices(n);
      for (int i = 0; i < n; i++) {
        indices[i] = (int) call.input()[i];
      }

      rows.sum(n, call.outputGradient(), 0, outputDim);
    } else if (ofTable != null) {
      Arrays.fill(ofTable, 0.0f);
      for (int i = 0; i < n; i++) {
        int to = ((int) call.input()[i]) * outputDim;
        for (int k = 0; k < outputDim; k++) {
          ofTable[to + k] += call.outputGradient()[i * outputDim + k];
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig().put("input_dim", inputDim).put("output_dim", outputDim);
    embeddings.putInitializer(config, "embeddings");
    embeddings.putRegularizer(config, "embeddings");
    config.putIfAbsent("activity_regularizer", null);
    embeddings.putConstraint(config, "embeddings");
    return config.put("mask_zero", maskZero).put("quantization_config", null).build();
  }
}
