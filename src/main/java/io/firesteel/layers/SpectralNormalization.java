package io.firesteel.layers;

import io.firesteel.initializers.Initializer;
import io.firesteel.initializers.Initializers;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose kernel, or embeddings, is divided by its largest singular value in training: W /
 * sigma, with sigma = v W uᵀ of vectors that power iterations bring near to the singular ones
 * (Miyato et al. 2018; Keras 3.15, keras/src/layers/normalization/spectral_normalization.py). Each
 * step moves the vector u, which is kept in {@code vector_u}. Outside of training the kernel is
 * used as it is.
 *
 * <p>As in Keras on JAX, the variable itself is not divided: the optimizer updates it from what it
 * was before.
 */
public final class SpectralNormalization extends KerasLayer<SpectralNormalization> {

  private static final String NAME = "SpectralNormalization";

  private final Layer layer;
  private final int powerIterations;

  private SpectralNormalization(Layer layer, int powerIterations, LayerOptions options) {
    super(options);
    this.layer = layer.withTrainable(options.trainable());
    this.powerIterations = Argument.size(NAME, "power_iterations", 1, powerIterations);
  }

  /** Returns the layer around another one that has a kernel or embeddings, with one iteration. */
  public static SpectralNormalization of(Layer layer) {
    return new SpectralNormalization(layer, 1, LayerOptions.DEFAULT);
  }

  /** Returns this layer with so many power iterations a step, at least 1. */
  public SpectralNormalization powerIterations(int value) {
    return new SpectralNormalization(layer, value, options());
  }

  static SpectralNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Layer inner = Layers.deserialize(reader.config("layer"));
    SpectralNormalization result =
        new SpectralNormalization(
            inner, reader.int32("power_iterations", 1), LayerOptions.read(reader));
    reader.finish();
    return result;
  }

  @Override
  protected SpectralNormalization with(LayerOptions newOptions) {
    return new SpectralNormalization(layer, powerIterations, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    kernelIndex(layer.weights(input));
    return layer.computeOutputShape(input);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> inner = layer.weights(input);
    Shape kernel = inner.get(kernelIndex(inner)).shape();
    Initializer start = Initializers.get("truncated_normal", Map.of("stddev", 0.02));
    List<WeightSpec> all = new ArrayList<>();
    inner.forEach(weight -> all.add(dense(weight).withinPart("layer")));
    all.add(new WeightSpec("vector_u", Shape.of(1, kernel.dim(-1)), start, null, null, false, 0.0));
    return all;
  }

  private static WeightSpec dense(WeightSpec weight) {
    return new WeightSpec(
        weight.name(),
        weight.shape(),
        weight.initializer(),
        weight.regularizer(),
        weight.constraint(),
        weight.trainable(),
        weight.momentum());
  }

  private int kernelIndex(List<WeightSpec> weights) {
    for (int i = 0; i < weights.size(); i++) {
      String name = weights.get(i).name();
      if (weights.get(i).part().isEmpty() && (name.equals("kernel") || name.equals("embeddings"))) {
        return i;
      }
    }

    throw new IllegalArgumentException(
        "SpectralNormalization: 'layer' must have a kernel or embeddings. Received: "
            + layer.getClass().getSimpleName());
  }

  /**
   * The kernel of a pass, and what makes it. The scratch buffer holds, one after the other: the
   * divided kernel, v, u, and sigma.
   */
  private final class Kernel {
    private final LayerCall call;
    private final int index;
    private final int vector;
    private final int lines;
    private final int columns;
    private final float[] given;
    private final float[] work;

    Kernel(Shape input, LayerCall call) {
      List<WeightSpec> weights = layer.weights(input);
      this.call = call;
      this.index = kernelIndex(weights);
      this.vector = weights.size();
      Shape shape = weights.get(index).shape();
      this.columns = shape.dim(-1);
      this.lines = shape.size() / columns;
      this.given = call.weight(index);
      this.work = call.scratch(lines * columns + lines + columns + 1);
    }

    private int v() {
      return lines * columns;
    }

    private int u() {
      return v() + lines;
    }

    private float sigma() {
      return work[u() + columns];
    }

    /** Iterates, divides, and reports the new u. A kernel of zeros stays, and so does u then. */
    void divide() {
      System.arraycopy(call.weight(vector), 0, work, u(), columns);
      boolean zeros = true;
      for (int i = 0; i < v(); i++) {
        zeros &= given[i] == 0.0f;
      }

      for (int i = 0; i < powerIterations && !zeros; i++) {
        iterate();
      }

      work[u() + columns] = zeros ? 1.0f : product();
      for (int i = 0; i < v(); i++) {
        work[i] = given[i] / sigma();
      }

      float[] statistic = call.statistic(vector);
      for (int c = 0; statistic != null && c < columns; c++) {
        statistic[c] = work[u() + c] * call.rows();
      }
    }

    private void iterate() {
      for (int line = 0; line < lines; line++) {
        float sum = 0.0f;
        for (int c = 0; c < columns; c++) {
          sum += work[u() + c] * given[line * columns + c];
        }

        work[v() + line] = sum;
      }

      normalize(v(), lines);
      Arrays.fill(work, u(), u() + columns, 0.0f);
      for (int line = 0; line < lines; line++) {
        for (int c = 0; c < columns; c++) {
          work[u() + c] += work[v() + line] * given[line * columns + c];
        }
      }

      normalize(u(), columns);
    }

    private void normalize(int start, int n) {
      float squares = 0.0f;
      for (int i = start; i < start + n; i++) {
        squares += work[i] * work[i];
      }

      float norm = FloatOps.sqrt(squares);
      for (int i = start; i < start + n && norm > 0; i++) {
        work[i] /= norm;
      }
    }

    /** Returns v W uᵀ of the given kernel. */
    private float product() {
      float sum = 0.0f;
      for (int line = 0; line < lines; line++) {
        float ofLine = 0.0f;
        for (int c = 0; c < columns; c++) {
          ofLine += given[line * columns + c] * work[u() + c];
        }

        sum += work[v() + line] * ofLine;
      }

      return sum;
    }

    /**
     * Makes the gradient of the given kernel of that of the divided one, g: g / sigma - vᵀ u (g ·
     * W) / sigma².
     */
    void backward(float @Nullable [] gradient) {
      if (gradient == null) {
        return;
      }

      boolean zeros = true;
      float dot = 0.0f;
      for (int i = 0; i < v(); i++) {
        dot += gradient[i] * given[i];
        zeros &= given[i] == 0.0f;
      }

      float sigma = sigma();
      float factor = zeros ? 0.0f : dot / (sigma * sigma);
      for (int i = 0; i < v(); i++) {
        float direction = work[v() + i / columns] * work[u() + i % columns];
        gradient[i] = gradient[i] / sigma - factor * direction;
      }
    }
  }

  private InnerCall inner(LayerCall call) {
    return new InnerCall(call, call.rows(), 0, 0).values(call.input(), call.output(), call.mask(0));
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    InnerCall inner = inner(call);
    if (call.training()) {
      Kernel kernel = new Kernel(input, call);
      kernel.divide();
      inner.withWeight(kernel.index, kernel.work);
    }

    layer.forward(input, inner);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    InnerCall inner = inner(call).gradients(call.outputGradient(), call.inputGradient());
    if (!call.training()) {
      layer.backward(input, inner);
      return;
    }

    Kernel kernel = new Kernel(input, call);
    layer.backward(input, inner.withWeight(kernel.index, kernel.work));
    kernel.backward(call.weightGradient(kernel.index));
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("layer", Layers.serialize(layer))
        .put("power_iterations", powerIterations)
        .build();
  }
}
