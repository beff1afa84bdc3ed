package io.firesteel.layers;

/**
 * The products of each two vectors, of the id columns of a {@link FeatureBlock} or before an {@link
 * FMInteraction}: 1/2 sum_k ((sum_f v_fk)^2 - sum_f v_fk^2) (Rendle 2010, "Factorization machines",
 * lemma 3.1).
 */
final class FactorizationMachine {

  private FactorizationMachine() {}

  /** Puts the products of the vectors of each output row into it, and the vectors' sums aside. */
  static void forward(FeatureLayout layout, LayerCall call) {
    float[] y = call.output();
    int width = layout.outputWidth();
    int dim = layout.fmDim();
    float[] sums = call.scratch(call.rows() * dim);
    for (int row = 0; row < call.rows(); row++) {
      int first = row * width + layout.firstVector();
      y[row * width + layout.fmPlace()] =
          products(y, first, (row + 1) * width, dim, sums, row * dim);
    }
  }

  /**
   * Returns the products of the vectors that stand one after the other from {@code first} to {@code
   * end}, and puts their sum from {@code at} on.
   */
  static float products(float[] v, int first, int end, int dim, float[] sums, int at) {
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

  /** Adds the gradients of the products to those of the vectors: d/dv_f = sum of all v - v_f. */
  static void backward(FeatureLayout layout, LayerCall call) {
    float[] g = call.outputGradient();
    float[] y = call.output();
    int width = layout.outputWidth();
    int dim = layout.fmDim();
    float[] sums = call.scratch(call.rows() * dim);
    for (int row = 0; row < call.rows(); row++) {
      float ofProducts = g[row * width + layout.fmPlace()];
      for (int first = row * width + layout.firstVector();
          first < (row + 1) * width;
          first += dim) {
        for (int k = 0; k < dim; k++) {
          g[first + k] += ofProducts * (sums[row * dim + k] - y[first + k]);
        }
      }
    }
  }
}
