package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Vectors of indices of categories: for each row which ones it has ({@code multi_hot}) or how often
 * ({@code count}), or a vector for each index ({@code one_hot}) (Keras 3.15,
 * keras/src/layers/preprocessing/category_encoding.py).
 *
 * <p>Rows are vectors of n indices, from 0 to {@code num_tokens} - 1; the output is a vector of
 * {@code num_tokens}, with {@code one_hot} and n above 1 a matrix of n of them.
 *
 * <p>Differs from Keras: no {@code count_weights} and no sparse output. Stricter than Keras:
 * indices out of range and fractions are refused.
 */
public final class CategoryEncoding extends CategoricalLayer<CategoryEncoding> {

  private static final String NAME = "CategoryEncoding";

  private final int numTokens;

  private CategoryEncoding(int numTokens, CategoryOutput output, LayerOptions options) {
    super(output, options);
    this.numTokens = (int) Argument.integer(NAME, "num_tokens", 1, CategoryOutput.MOST, numTokens);
  }

  /**
   * Returns the layer with which ones a row has.
   *
   * @param numTokens the number of categories
   */
  public static CategoryEncoding of(int numTokens) {
    return new CategoryEncoding(numTokens, CategoryOutput.MULTI_HOT, LayerOptions.DEFAULT);
  }

  /**
   * Returns this layer with another output: {@code multi_hot}, {@code one_hot} or {@code count}.
   */
  public CategoryEncoding outputMode(String mode) {
    return new CategoryEncoding(numTokens, read(mode), options());
  }

  private static CategoryOutput read(String mode) {
    return CategoryOutput.of(
        NAME, mode, CategoryOutput.MULTI_HOT, CategoryOutput.ONE_HOT, CategoryOutput.COUNT);
  }

  static CategoryEncoding fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    refuseSparse(reader);
    CategoryEncoding layer =
        new CategoryEncoding(
            reader.size("num_tokens", 1),
            read(reader.string("output_mode", "multi_hot")),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  /** Refuses tensors that are sparse, which the backend of the goldens has not either. */
  static void refuseSparse(ConfigReader reader) {
    if (reader.bool("sparse", false)) {
      throw reader.invalid("sparse", "false, as true is not supported");
    }
  }

  @Override
  protected CategoryEncoding with(LayerOptions newOptions) {
    return new CategoryEncoding(numTokens, output(), newOptions);
  }

  @Override
  int depth() {
    return numTokens;
  }

  @Override
  int index(float value) {
    long index = whole(value);
    if (index < 0 || index >= numTokens) {
      throw new IllegalArgumentException(
          "The layer '%s' takes whole numbers from 0 to %d (num_tokens=%d). Received: %s"
              .formatted(name(), numTokens - 1, numTokens, value));
    }

    return (int) index;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("num_tokens", numTokens).put("output_mode", outputMode()).build();
  }
}
