package io.firesteel.models;

import io.firesteel.internal.network.GraphShapes;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call that Keras's own tests make of a layer, as a model (src/test/python/keras_layer_cases.py
 * records it).
 */
final class KerasLayerCase {

  /** Errors in which bad arguments are refused; others come from nonsense that was let in. */
  private static final List<Class<? extends RuntimeException>> REFUSALS =
      List.of(
          IllegalArgumentException.class,
          IllegalStateException.class,
          UnsupportedOperationException.class);

  private final Config recorded;

  KerasLayerCase(Config recorded) {
    this.recorded = recorded;
  }

  /** What a test's call was, and of which layer. */
  String name() {
    return recorded.get("layer") + " in " + recorded.get("test");
  }

  String kind() {
    return (String) recorded.get("kind");
  }

  /** Returns what differs from Keras, or null where nothing does. */
  @Nullable String difference() {
    try {
      Model model = Model.fromJson(((Config) recorded.get("model")).toJson());
      model.variables();
      return kind().equals("error") ? notRefused(model) : difference(model);
    } catch (RuntimeException e) {
      boolean refused = REFUSALS.stream().anyMatch(kind -> e.getClass() == kind);
      if (!refused) {
        return "crashed: " + e + " at " + e.getStackTrace()[0];
      }

      return kind().equals("error") ? null : "refused: " + e.getMessage();
    }
  }

  private String notRefused(Model model) {
    return "took what Keras refuses by a %s of the %s: it gives %s"
        .formatted(recorded.get("error"), recorded.get("stage"), shapes(model));
  }

  private static List<Shape> shapes(Model model) {
    return GraphShapes.outputs(model.graph());
  }

  private @Nullable String difference(Model model) {
    List<?> expected = (List<?>) recorded.get("output_shapes");
    List<Shape> shapes = shapes(model);
    boolean same = shapes.size() == expected.size();
    for (int i = 0; i < shapes.size() && same; i++) {
      same = isSame((List<?>) expected.get(i), shapes.get(i));
    }

    if (!same) {
      return "shapes " + shapes + " where Keras has " + expected;
    }

    return kind().equals("values") ? differentValues(model) : null;
  }

  /** The first extent is that of the rows; null is one that Keras leaves open. */
  private static boolean isSame(List<?> ofKeras, Shape shape) {
    boolean same = ofKeras.size() == shape.rank() + 1;
    for (int axis = 0; axis < shape.rank() && same; axis++) {
      same =
          !(ofKeras.get(axis + 1) instanceof Number extent) || extent.intValue() == shape.dim(axis);
    }

    return same;
  }

  private @Nullable String differentValues(Model model) {
    model.setWeights(arrays("weights"));
    float[][] outputs = arrays("outputs");
    float[][] predicted = model.predict(rows(arrays("inputs")));
    double worst = 0;
    float[][] expected = rows(outputs);
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double error = Math.abs((double) expected[row][i] - predicted[row][i]);
        boolean same = Float.compare(expected[row][i], predicted[row][i]) == 0;
        double share = same ? 0 : error / Math.max(1, Math.abs(expected[row][i]));
        worst = Double.isNaN(share) ? Double.POSITIVE_INFINITY : Math.max(worst, share);
      }
    }

    return worst > tolerance() ? "values differ by " + worst : null;
  }

  /** Keras itself is 1.3e-5 from the exact value for one row of LayerNormalization's test. */
  private double tolerance() {
    return "LayerNormalization".equals(recorded.get("layer")) ? 2e-5 : 1e-5;
  }

  /** Returns rows with the values of all arrays one after the other. */
  private float[][] rows(float[][] arrays) {
    int rows = ((Number) recorded.get("rows")).intValue();
    int width = 0;
    for (float[] array : arrays) {
      width += array.length / rows;
    }

    float[][] all = new float[rows][width];
    for (int row = 0; row < rows; row++) {
      int at = 0;
      for (float[] array : arrays) {
        int length = array.length / rows;
        System.arraycopy(array, row * length, all[row], at, length);
        at += length;
      }
    }

    return all;
  }

  private float[][] arrays(String key) {
    return ((List<?>) recorded.get(key))
        .stream().map(text -> floats((String) text)).toArray(float[][]::new);
  }

  private static float[] floats(String text) {
    FloatBuffer buffer =
        ByteBuffer.wrap(Base64.getDecoder().decode(text))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  /** Returns the cases of a folder of Keras's layers. */
  static List<KerasLayerCase> of(String folder) {
    Config file = LayerGoldens.load("keras-cases-" + folder);
    return LayerGoldens.configs(file, "cases").stream().map(KerasLayerCase::new).toList();
  }
}
