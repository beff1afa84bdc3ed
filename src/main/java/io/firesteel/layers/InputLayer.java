package io.firesteel.layers;

import io.firesteel.internal.data.OpenShape;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * The shape of a model's input rows (Keras 3.15, keras/src/layers/core/input_layer.py). It computes
 * nothing.
 *
 * <p>Rows of a sparse input are vectors of which the entries that are not zero are held alone. They
 * may begin with dense columns; the shape counts these too. The layer behind it must be a {@link
 * SparseInputLayer}.
 *
 * <p>Whole numbers come as floats too, which hold them exactly up to 2^24; the {@code dtype} of the
 * input says in files what Keras makes of them.
 *
 * <p>Extents may be open, Keras's {@code None}: -1 in Java. They take the extents of the rows that
 * come, which are the same for all rows of a data set; until then shapes are computed for a length
 * that stands in for them, and files and {@code summary} say {@code None}.
 *
 * <p>Differs from Keras: the batch size is always open, and neither ragged nor optional inputs are
 * supported. Stricter than Keras: only vectors can be sparse.
 */
public final class InputLayer extends KerasLayer<InputLayer> {

  /** An extent that is open: Keras's {@code None}. */
  public static final int OPEN = OpenShape.OPEN;

  private static final String FLOAT32 = "float32";
  private static final List<String> DTYPES =
      List.of(FLOAT32, "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32");

  private static final String ALLOWED = "one of " + String.join(", ", DTYPES);

  private final OpenShape shape;
  private final boolean sparse;
  private final String dtype;
  private final KerasTensor output;

  private InputLayer(OpenShape shape, boolean sparse, String dtype, LayerOptions options) {
    super(options.withInputShape(shape.rows()));
    this.shape = shape;
    this.sparse = sparse;
    this.dtype = dtype;
    this.output = KerasTensor.of(this, shape.rows());
    if (sparse && shape.rows().rank() != 1) {
      throw new IllegalArgumentException(
          "InputLayer: with 'sparse' rows must be vectors. Received the shape: " + shape);
    }

    if (sparse && shape.isOpen()) {
      throw new IllegalArgumentException(
          "InputLayer: with 'sparse' the number of values must be known. Received the shape: "
              + shape);
    }

    for (int dim : shape.rows().dims()) {
      if (dim < 1) {
        throw new IllegalArgumentException(
            "InputLayer: the extents of 'shape' must be at least 1. Received: " + shape.rows());
      }
    }
  }

  /**
   * Returns the layer for rows of that shape, without the batch.
   *
   * @param shape the extents; {@link #OPEN}, -1, for one that the data decide
   * @throws IllegalArgumentException if another extent is below 1
   */
  public static InputLayer of(int... shape) {
    return new InputLayer(OpenShape.of(shape), false, FLOAT32, LayerOptions.DEFAULT);
  }

  /**
   * Returns the layer for sparse rows of so many values, zeros included: Keras's {@code
   * sparse=True}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static InputLayer ofSparse(int width) {
    return new InputLayer(OpenShape.of(width), true, FLOAT32, LayerOptions.DEFAULT);
  }

  private static String allowed(String given) {
    return given.equals("string")
        ? ALLOWED + "; StringIndexer or Spark's hash make whole numbers of texts"
        : ALLOWED;
  }

  /** Reads the config. Rows of any number are taken, also where Keras noted the one that it saw. */
  static InputLayer fromConfig(Config config) {
    ConfigReader reader = config.reader("InputLayer");
    LayerOptions options = LayerOptions.readWithoutDtype(reader);
    for (String flag : List.of("ragged", "optional")) {
      if (reader.any(flag) != null && reader.bool(flag)) {
        throw reader.invalid(flag, "false, as true is not supported");
      }
    }

    boolean sparse = reader.any("sparse") != null && reader.bool("sparse");
    String dtype = reader.any("dtype") == null ? FLOAT32 : reader.string("dtype");
    if (!DTYPES.contains(dtype)) {
      throw reader.invalid("dtype", allowed(dtype));
    }

    InputLayer layer = new InputLayer(readShape(reader, options), sparse, dtype, options);
    reader.finish();
    return layer;
  }

  private static OpenShape readShape(ConfigReader reader, LayerOptions options) {
    String key = reader.any("batch_input_shape") == null ? "batch_shape" : "batch_input_shape";
    if (reader.any(key) != null) {
      List<?> dims = reader.list(key);
      if (dims.isEmpty() || !(dims.get(0) == null || dims.get(0) instanceof Long)) {
        throw reader.invalid(key, "a list that begins with the batch size, or null for any");
      }

      return declared(reader, key, dims.subList(1, dims.size()));
    }

    if (reader.any("shape") != null) {
      return declared(reader, "shape", reader.list("shape"));
    }

    Shape shape = options.inputShape();
    if (shape == null) {
      reader.list("batch_shape");
      throw new AssertionError();
    }

    return OpenShape.of(shape.dims());
  }

  private static OpenShape declared(ConfigReader reader, String key, List<?> dims) {
    if (dims.stream().anyMatch(dim -> dim != null && !isExtent(dim))) {
      throw reader.invalid(key, "a list of integers from 1 on, and null for those that are open");
    }

    return OpenShape.of(
        dims.stream()
            .mapToInt(dim -> dim instanceof Long known ? known.intValue() : OPEN)
            .toArray());
  }

  private static boolean isExtent(Object dim) {
    return dim instanceof Long extent && extent >= 0 && extent <= Integer.MAX_VALUE;
  }

  @Override
  protected InputLayer with(LayerOptions newOptions) {
    Shape newShape = newOptions.inputShape();
    return newShape == null || newShape.equals(shape.rows())
        ? new InputLayer(shape, sparse, dtype, newOptions)
        : new InputLayer(OpenShape.of(newShape.dims()), sparse, dtype, newOptions);
  }

  /** Returns what the input says of its rows, and what their shape is now. */
  public OpenShape rows() {
    return shape;
  }

  /** Returns this layer for rows of another shape. */
  public InputLayer withRows(OpenShape rows) {
    return rows.equals(shape)
        ? this
        : new InputLayer(rows, sparse, dtype, options().withInputShape(rows.rows()));
  }

  /**
   * Returns this layer for rows of that shape, its open extents still open for others.
   *
   * @throws IllegalArgumentException if it does not take such rows
   */
  public InputLayer bound(Shape rows) {
    if (!shape.takes(rows)) {
      throw new IllegalArgumentException(
          "The input '%s' takes rows of shape %s. Received: %s".formatted(name(), shape, rows));
    }

    return withRows(shape.bound(rows));
  }

  /**
   * Returns this layer for rows of another type: {@code float32} or one of Keras's integers, such
   * as {@code int32} for ids.
   *
   * @throws IllegalArgumentException if it is another one
   */
  public InputLayer dtype(String value) {
    if (!DTYPES.contains(value)) {
      throw Argument.invalid("InputLayer", "dtype", value, allowed(value));
    }

    return new InputLayer(shape, sparse, value, options());
  }

  /** Returns Keras's name of the type of the values. */
  public String dtype() {
    return dtype;
  }

  /** Returns the rows of this input, on which layers are called; the same one each time. */
  public KerasTensor output() {
    return output;
  }

  /** Returns the shape of one row, with what open extents are now. */
  public Shape shape() {
    return shape.rows();
  }

  /** Tells whether rows are held by their entries. */
  public boolean isSparse() {
    return sparse;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (!input.equals(shape.rows())) {
      throw new IllegalArgumentException(
          "InputLayer is for rows of shape %s. Received: %s".formatted(shape.rows(), input));
    }

    return shape.rows();
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    System.arraycopy(call.input(), 0, call.output(), 0, call.rows() * input.size());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      System.arraycopy(call.outputGradient(), 0, gradient, 0, call.rows() * input.size());
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("batch_shape", shape.toBatchList())
        .put("dtype", dtype)
        .put("sparse", sparse)
        .put("ragged", false)
        .put("name", name())
        .put("optional", false)
        .build();
  }
}
