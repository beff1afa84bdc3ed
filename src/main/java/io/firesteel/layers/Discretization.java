package io.firesteel.layers;

import io.firesteel.internal.data.Quantiles;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that become the index of the range they are in (Keras 3.15,
 * keras/src/layers/preprocessing/discretization.py): the number of boundaries that are not above
 * them, in float32. Boundaries are given, or learned from data as its quantiles.
 *
 * <p>Rows may have any shape; those of {@code multi_hot} and {@code count} are vectors.
 *
 * <p>Differs from Keras: no sparse output. Stricter than Keras: boundaries must ascend.
 */
public final class Discretization extends CategoricalLayer<Discretization> {

  private static final String NAME = "Discretization";

  private final @Nullable List<Double> boundaries;
  private final @Nullable Integer numBins;
  private final double epsilon;
  private final float[] limits;

  private Discretization(
      @Nullable List<Double> boundaries,
      @Nullable Integer numBins,
      double epsilon,
      CategoryOutput output,
      LayerOptions options) {
    super(output, options);
    this.boundaries = boundaries == null ? null : List.copyOf(boundaries);
    this.numBins = numBins;
    this.epsilon = Argument.insideUnit(NAME, "epsilon", epsilon);
    List<Double> given = boundaries == null ? List.of() : List.copyOf(boundaries);
    this.limits = new float[given.size()];
    for (int i = 0; i < limits.length; i++) {
      limits[i] = given.get(i).floatValue();
      boolean ok = Float.isFinite(limits[i]) && (i == 0 || limits[i] >= limits[i - 1]);
      Argument.check(NAME, "bin_boundaries", boundaries, ok, "finite and ascending");
    }
  }

  /**
   * Returns the layer with given boundaries; n of them make n + 1 ranges.
   *
   * @throws IllegalArgumentException if they are not finite or do not ascend
   */
  public static Discretization of(double... boundaries) {
    List<Double> given = new ArrayList<>();
    for (double boundary : boundaries) {
      given.add(boundary);
    }

    Argument.check(NAME, "bin_boundaries", given, !given.isEmpty(), "at least one number");
    return new Discretization(given, null, 0.01, CategoryOutput.INT, LayerOptions.DEFAULT);
  }

  /**
   * Returns the layer with boundaries that are to be learned, see {@link #adapt}.
   *
   * @param numBins the number of ranges
   */
  public static Discretization ofBins(int numBins) {
    return new Discretization(
        null,
        Argument.size(NAME, "num_bins", 2, numBins),
        0.01,
        CategoryOutput.INT,
        LayerOptions.DEFAULT);
  }

  /** Returns this layer with another accuracy of the quantiles, 0.01 unless set. */
  public Discretization epsilon(double value) {
    return new Discretization(boundaries, numBins, value, output(), options());
  }

  /**
   * Returns this layer with another output: {@code int}, {@code one_hot}, {@code multi_hot} or
   * {@code count}.
   */
  public Discretization outputMode(String mode) {
    CategoryOutput changed = CategoryOutput.of(NAME, mode, CategoryOutput.values());
    return new Discretization(boundaries, numBins, epsilon, changed, options());
  }

  /** Returns this layer with the boundaries of the quantiles of these numbers. */
  public Discretization adapt(float... values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    Quantiles quantiles = quantiles(sorted.length);
    float[] picked = new float[quantiles.picked()];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = sorted[Math.toIntExact(quantiles.place(i))];
    }

    return adaptPicked(quantiles, picked);
  }

  /** Returns which of so many sorted values are asked for to learn the boundaries. */
  public Quantiles quantiles(long values) {
    if (numBins == null) {
      throw new IllegalArgumentException(
          "Discretization: adapt is for layers with 'num_bins'. Received one with"
              + " 'bin_boundaries'");
    }

    return Quantiles.of(values, epsilon);
  }

  /** Returns this layer with the boundaries that the values picked from sorted data make. */
  public Discretization adaptPicked(Quantiles quantiles, float[] picked) {
    int bins = numBins == null ? 0 : numBins;
    List<Double> learned = new ArrayList<>();
    for (float boundary : quantiles.boundaries(picked, bins)) {
      learned.add((double) boundary);
    }

    return new Discretization(learned, numBins, epsilon, output(), options());
  }

  static Discretization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    CategoryEncoding.refuseSparse(reader);
    List<Double> boundaries =
        reader.any("bin_boundaries") == null ? null : reader.numbers("bin_boundaries");
    Integer bins = reader.any("num_bins") == null ? null : reader.size("num_bins", 0);
    if (boundaries == null && bins == null) {
      throw reader.invalid("bin_boundaries", "a list of numbers where 'num_bins' is not set");
    }

    String mode = reader.string("output_mode", "int");
    Discretization layer =
        new Discretization(
            boundaries,
            bins,
            reader.number("epsilon", 0.01),
            CategoryOutput.of(NAME, mode, CategoryOutput.values()),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Discretization with(LayerOptions newOptions) {
    return new Discretization(boundaries, numBins, epsilon, output(), newOptions);
  }

  /** Tells whether the layer is still to learn its boundaries. */
  public boolean isToAdapt() {
    return boundaries == null;
  }

  @Override
  public String outputDtype() {
    return output() == CategoryOutput.INT ? "int32" : "float32";
  }

  @Override
  int depth() {
    return boundaries == null ? numBins == null ? 1 : numBins : limits.length + 1;
  }

  @Override
  int index(float value) {
    if (boundaries == null) {
      throw new IllegalStateException(
          "The layer '%s' has no boundaries. Give them with bin_boundaries, or learn them with adapt(...)"
              .formatted(name()));
    }

    int low = 0;
    int high = limits.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (limits[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    return low;
  }

  /** Returns the config with Keras's keys, of which {@code trainable} is none. */
  @Override
  public Config getConfig() {
    return Config.builder()
        .put("bin_boundaries", boundaries)
        .put("num_bins", numBins)
        .put("epsilon", epsilon)
        .put("output_mode", outputMode())
        .put("sparse", false)
        .put("name", name())
        .put("dtype", "float32")
        .build();
  }
}
