package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * The products of each two vectors of a row, added up: of fields x k values v one value, 1/2 sum_k
 * ((sum_f v_fk)^2 - sum_f v_fk^2) (Rendle 2010, "Factorization machines", lemma 3.1). Behind an
 * {@link Embedding} of several ids it is the factorization machine, and with a deep part beside it
 * DeepFM (Guo et al. 2017).
 *
 * <p>Keras has no such layer. It is saved as the custom layer {@code firesteel>FMInteraction},
 * which the page on models registers with Keras in a few lines of Python.
 */
public final class FMInteraction extends KerasLayer<FMInteraction> {

  private FMInteraction(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static FMInteraction of() {
    return new FMInteraction(LayerOptions.DEFAULT);
  }

  static FMInteraction fromConfig(Config config) {
    ConfigReader reader = config.reader("FMInteraction");
    FMInteraction layer = new FMInteraction(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected FMInteraction with(LayerOptions newOptions) {
    return new FMInteraction(newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (input.rank() != 2) {
      throw new IllegalArgumentException(
          "FMInteraction takes rows of shape (fields, k). Received: " + input);
    }

    return Shape.of(1);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int dim = input.dim(1);
    int size = input.size();
    float[] sums = call.scratch(call.rows() * dim);
    for (int row = 0; row < call.rows(); row++) {
      call.output()[row] =
          products(call.input(), row * size, (row + 1) * size, dim, sums, row * dim);
    }
  }

  /**
   * Returns the products of the vectors that stand one after the other from {@code first} to {@code
   * end}, and puts their sum from {@code at} on.
   */
  private static float products(float[] v, int first, int end, int dim, float[] sums, int at) {
    float products = 0.0f;
    for (int k = 0; k < dim; k++) {
      float sum = 0.0f;
      float squares = 0.0f;
      for (int i = first + k; i < end; i += dim) {
        sum += v[i];
        squares += v[i] * v[i];
      }

      sums[at + k] = sum;
      products += sum * sum - squares;
    }

    return 0.5f * products;
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient == null) {
      return;
    }

    int dim = input.dim(1);
    int size = input.size();
    float[] sums = call.scratch(call.rows() * dim);
    float[] vectors = call.input();
    for (int row = 0; row < call.rows(); row++) {
      float ofProducts = call.outputGradient()[row];
      for (int first = row * size; first < (row + 1) * size; first += dim) {
        for (int k = 0; k < dim; k++) {
          gradient[first + k] = ofProducts * (sums[row * dim + k] - vectors[first + k]);
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().build();
  }
}
