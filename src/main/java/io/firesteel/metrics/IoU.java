package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The mean, over some classes, of the intersection of labels and predictions over their union:
 * {@code tp / (tp + fp + fn)} from a matrix of counts. Keras's {@code IoU}, {@code BinaryIoU},
 * {@code MeanIoU}, {@code OneHotIoU} and {@code OneHotMeanIoU}. A class that occurs neither in
 * labels nor in predictions does not count.
 *
 * <p>Labels and predictions are class indices, all values of a sample alike, or one value a class
 * of which the largest counts ({@code sparse_y_true} and {@code sparse_y_pred} false). Indices out
 * of range are left out, as is the label {@code ignore_class}. With the dtype {@code int32}, the
 * default, weights are cut to whole numbers, as in Keras; with {@code float32} they are not.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/iou_metrics.py. Stricter than Keras: every axis but the
 * last is refused.
 */
final class IoU extends Metric {

  private static final double EPSILON = 1e-7;

  /**
   * Which of Keras's classes it is.
   *
   * @param someClasses whether {@code target_class_ids} is an argument
   * @param oneHot whether labels, and unless said otherwise predictions, are one value a class
   */
  record Form(String className, String name, boolean someClasses, boolean oneHot) {

    boolean isBinary() {
      return className.equals("BinaryIoU");
    }
  }

  static final List<Form> FORMS =
      List.of(
          new Form("IoU", "io_u", true, false),
          new Form("BinaryIoU", "binary_io_u", true, false),
          new Form("MeanIoU", "mean_io_u", false, false),
          new Form("OneHotIoU", "one_hot_io_u", true, true),
          new Form("OneHotMeanIoU", "one_hot_mean_io_u", false, true));

  private final Form form;
  private final String dtype;
  private final int classes;
  private final List<Long> targets;
  private final @Nullable Long ignoreClass;
  private final boolean sparseLabels;
  private final boolean sparsePredictions;
  private final double threshold;

  IoU(Form form, ConfigReader arguments) {
    super(nameOf(form, arguments));
    String owner = form.className();
    String given = arguments.nullableString("dtype");
    List<String> dtypes = List.of("int32", "int", "float32");
    this.form = form;
    this.dtype = Argument.oneOf(owner, "dtype", given == null ? "int32" : given, dtypes);
    this.classes =
        form.isBinary()
            ? 2
            : (int)
                Argument.integer(owner, "num_classes", 1, 4096, arguments.integer("num_classes"));
    this.targets = targets(form, arguments, classes);
    this.ignoreClass = form.isBinary() ? null : arguments.nullableInteger("ignore_class", null);
    boolean plain = !form.isBinary() && !form.oneHot();
    this.sparseLabels = plain ? arguments.bool("sparse_y_true", true) : !form.oneHot();
    this.sparsePredictions = form.isBinary() || arguments.bool("sparse_y_pred", !form.oneHot());
    this.threshold =
        form.isBinary()
            ? Argument.finite(owner, "threshold", arguments.number("threshold", 0.5))
            : 0.0;
    if (!form.isBinary() && arguments.integer("axis", -1) != -1) {
      throw arguments.invalid("axis", "-1, the last axis");
    }
  }

  private static String nameOf(Form form, ConfigReader arguments) {
    String given = arguments.nullableString("name");
    return given == null ? form.name() : given;
  }

  private static List<Long> targets(Form form, ConfigReader arguments, int classes) {
    if (!form.someClasses() || (form.isBinary() && !arguments.seen("target_class_ids"))) {
      return LongStream.range(0, classes).boxed().toList();
    }

    List<Long> ids = arguments.numbers("target_class_ids").stream().map(Double::longValue).toList();
    boolean ok = !ids.isEmpty() && ids.stream().allMatch(id -> id >= 0 && id < classes);
    String allowed = "class indices from 0 to %d".formatted(classes - 1);
    return Argument.require(form.className(), "target_class_ids", ids, ok, allowed);
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    int ofLabels = sparseLabels ? (sparsePredictions ? width : 1) : classes;
    boolean ok = labelWidth == ofLabels && (sparsePredictions || width == classes);
    return ok || (!sparseLabels && sparsePredictions && labelWidth == classes && width == 1)
        ? null
        : "%s for %d classes does not fit labels of width %d and predictions of width %d with sparse_y_true %s and sparse_y_pred %s"
            .formatted(name(), classes, labelWidth, width, sparseLabels, sparsePredictions);
  }

  @Override
  public int stateSize() {
    return classes * classes;
  }

  @Override
  public void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    int values = sparsePredictions ? width : 1;
    for (int i = 0; i < samples; i++) {
      double weight = weights == null ? 1.0 : weights[i];
      for (int j = 0; j < values; j++) {
        int label = sparseLabels ? index(labels[i * values + j]) : argmax(labels, i, labelWidth);
        int answer =
            sparsePredictions ? answer(predictions[i * width + j]) : argmax(predictions, i, width);
        if (counts(label) && answer >= 0 && answer < classes) {
          state[offset + label * classes + answer] +=
              dtype.equals("float32") ? weight : (long) weight;
        }
      }
    }
  }

  private boolean counts(int label) {
    return label >= 0 && label < classes && (ignoreClass == null || label != ignoreClass);
  }

  private int answer(float prediction) {
    return form.isBinary() ? (prediction >= (float) threshold ? 1 : 0) : index(prediction);
  }

  /* Cut to a whole number, as Keras casts to its dtype; float32 keeps what is no index out. */
  private int index(float value) {
    return Float.isNaN(value) ? -1 : (int) value;
  }

  private static int argmax(float[] values, int sample, int width) {
    return Classes.argmax(values, sample * width, width);
  }

  @Override
  public double result(double[] state, int offset) {
    double sum = 0.0;
    int valid = 0;
    for (long target : targets) {
      int c = (int) target;
      double both = state[offset + c * classes + c];
      double union = -both;
      for (int i = 0; i < classes; i++) {
        union += state[offset + c * classes + i] + state[offset + i * classes + c];
      }

      if (union > 1e-9) {
        sum += both / (union + EPSILON);
        valid++;
      }
    }

    return sum / (valid + EPSILON);
  }

  @Override
  public Config getConfig() {
    if (form.isBinary()) {
      return Config.builder()
          .put("target_class_ids", targets)
          .put("threshold", threshold)
          .put("name", name())
          .put("dtype", dtype)
          .build();
    }

    Config.Builder config = Config.builder();
    boolean named = form.className().equals("IoU");
    if (named) {
      config.put("name", name()).put("dtype", dtype);
    }

    config.put("num_classes", classes);
    if (form.someClasses()) {
      config.put("target_class_ids", targets);
    }

    if (!named) {
      config.put("name", name()).put("dtype", dtype);
    }

    config.put("ignore_class", ignoreClass);
    if (!form.oneHot()) {
      config.put("sparse_y_true", sparseLabels);
    }

    return config.put("sparse_y_pred", sparsePredictions).put("axis", -1).build();
  }
}
