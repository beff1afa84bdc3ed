package io.firesteel.layers;

/**
 * The products of the vectors of each two id columns of a {@link FeatureBlock}: 1/2 sum_k ((sum_f
 * v_fk)^2 - sum_f v_fk^2) (Rendle 2010, "Factorization machines", lemma 3.1).
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
      float products = 0.0f;
      for (int k = 0; k < dim; k++) {
        float sum = 0.0f;
        float squares = 0.0f;
        for (int i = first + k; i < (row + 1) * width; i += dim) {
          sum += y[i];
          squares += y[i] * y[i];
        }

        sums[row * dim + k] = sum;
        products += sum * sum - squares;
      }

      y[row * width + layout.fmPlace()] = 0.5f * products;
    }
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
