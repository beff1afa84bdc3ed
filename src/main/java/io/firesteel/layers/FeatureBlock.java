package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first layer of a model of tabular data, such as clicks: numeric columns, id columns with a
 * vector for each id, and a sparse vector, as one vector.
 *
 * <pre>{@code
 * FeatureBlock.of()
 *     .numeric("I1", "I2")
 *     .ids(IdColumn.of("C1", 1000, 8), IdColumn.of("C2", 100_000, 8).hashed().keepInvalid())
 *     .linear(true)
 *     .interactions("fm")
 * }</pre>
 *
 * <p>An input row is the numeric columns, the index of each id column as a whole number, and the
 * sparse vector, one after the other. An output row is
 *
 * <ol>
 *   <li>with {@link #linear}: one logit, the bias + the numeric columns times their weights + the
 *       weight of each id + the sparse vector times its weights;
 *   <li>with {@link #interactions} {@code "fm"}: one value, the products of the vectors of each two
 *       id columns, 1/2 sum_k ((sum_f v_fk)^2 - sum_f v_fk^2);
 *   <li>the numeric columns;
 *   <li>the vector of each id column.
 * </ol>
 *
 * <p>The linear part is Cheng et al. 2016, "Wide and deep learning for recommender systems"; the
 * second one Rendle 2010, "Factorization machines", and with a deep part Guo et al. 2017, "DeepFM".
 * {@link Slice} hands the rest to the deep part, {@link SkipConnection} adds both to its logit.
 *
 * <p>Differs from Keras: there {@code FeatureSpace} and the functional API do this, so that Keras
 * does not open models with it. Ids and {@code output_dim} are those of {@link Embedding}, and the
 * weights of all tables share their initializer, regularizer and constraint.
 */
public final class FeatureBlock extends KerasLayer<FeatureBlock> implements SparseInputLayer {

  /** The factorization machine, the one kind of {@code interactions}. */
  public static final String FM = "fm";

  private static final String NAME = "FeatureBlock";

  private FeatureColumns columns = FeatureColumns.NONE;
  private boolean linear;
  private @Nullable String interactions;
  private WeightOptions linearWeights = WeightOptions.of("zeros");
  private WeightOptions embeddings = WeightOptions.of("uniform");

  private FeatureBlock(LayerOptions options) {
    super(options);
  }

  /** Returns a layer without columns, which are to be added. */
  public static FeatureBlock of() {
    return new FeatureBlock(LayerOptions.DEFAULT);
  }

  /** Returns this layer with numeric columns, each a number. */
  public FeatureBlock numeric(String... names) {
    return columns(
        new FeatureColumns(List.of(names), columns.ids(), columns.sparse(), columns.sparseWidth()));
  }

  /** Returns this layer with id columns. */
  public FeatureBlock ids(IdColumn... ids) {
    return columns(
        new FeatureColumns(
            columns.numeric(), List.of(ids), columns.sparse(), columns.sparseWidth()));
  }

  /** Returns this layer with a column of sparse vectors, which the linear part takes. */
  public FeatureBlock sparse(String name, int width) {
    return columns(new FeatureColumns(columns.numeric(), columns.ids(), name, width));
  }

  /** Returns this layer with other columns, and the input shape that they make. */
  private FeatureBlock columns(FeatureColumns newColumns) {
    Shape shape = Shape.of(newColumns.width());
    FeatureBlock copy = copy(options().withInputShape(shape));
    copy.columns = newColumns;
    return copy;
  }

  /** Returns this layer with a linear part or without. */
  public FeatureBlock linear(boolean value) {
    FeatureBlock copy = copy(options());
    copy.linear = value;
    return copy;
  }

  /** Returns this layer with products of the ids' vectors, {@code "fm"}, or with null without. */
  public FeatureBlock interactions(@Nullable String kind) {
    FeatureBlock copy = copy(options());
    copy.interactions = kind;
    return copy;
  }

  /** Returns this layer with the start values of the linear part's weights. */
  public FeatureBlock linearInitializer(Object identifier) {
    return weights(linearWeights.withInitializer(identifier), embeddings);
  }

  /** Returns this layer with a penalty on the linear part's weights, or null. */
  public FeatureBlock linearRegularizer(@Nullable Object identifier) {
    return weights(linearWeights.withRegularizer(identifier), embeddings);
  }

  /** Returns this layer with a constraint on the linear part's weights, or null. */
  public FeatureBlock linearConstraint(@Nullable Object identifier) {
    return weights(linearWeights.withConstraint(identifier), embeddings);
  }

  /** Returns this layer with the start values of the vectors. */
  public FeatureBlock embeddingsInitializer(Object identifier) {
    return weights(linearWeights, embeddings.withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the vectors, or null. */
  public FeatureBlock embeddingsRegularizer(@Nullable Object identifier) {
    return weights(linearWeights, embeddings.withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the vectors, or null. */
  public FeatureBlock embeddingsConstraint(@Nullable Object identifier) {
    return weights(linearWeights, embeddings.withConstraint(identifier));
  }

  private FeatureBlock weights(WeightOptions ofLinear, WeightOptions ofEmbeddings) {
    FeatureBlock copy = copy(options());
    copy.linearWeights = ofLinear;
    copy.embeddings = ofEmbeddings;
    return copy;
  }

  private FeatureBlock copy(LayerOptions newOptions) {
    FeatureBlock copy = new FeatureBlock(newOptions);
    copy.columns = columns;
    copy.linear = linear;
    copy.interactions = interactions;
    copy.linearWeights = linearWeights;
    copy.embeddings = embeddings;
    return copy;
  }

  static FeatureBlock fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    FeatureColumns columns = FeatureColumns.read(reader);
    FeatureBlock layer =
        new FeatureBlock(LayerOptions.read(reader).withInputShape(null)).columns(columns);
    layer.linear = reader.bool("linear", false);
    layer.interactions = reader.nullableString("interactions");
    layer.linearWeights = WeightOptions.read(reader, "linear", layer.linearWeights);
    layer.embeddings = WeightOptions.read(reader, "embeddings", layer.embeddings);
    reader.finish();
    layer.check();
    return layer;
  }

  @Override
  protected FeatureBlock with(LayerOptions newOptions) {
    Shape given = newOptions.inputShape();
    if (given != null && !given.equals(options().inputShape())) {
      throw new IllegalArgumentException(
          "FeatureBlock: 'input_shape' is that of its columns, %s. Received: %s"
              .formatted(options().inputShape(), given));
    }

    return copy(newOptions);
  }

  /** Returns the columns. */
  public FeatureColumns columns() {
    return columns;
  }

  private FeatureLayout layout() {
    return new FeatureLayout(columns, linear, interactions != null);
  }

  private void check() {
    columns.check();
    if (interactions != null && !interactions.equals(FM)) {
      throw invalid("'interactions' must be \"fm\" or null", interactions);
    }

    List<Integer> dims = columns.dims();
    if (interactions != null && (dims.size() < 2 || Set.copyOf(dims).size() > 1)) {
      throw invalid("'interactions' needs two id columns or more, of one 'output_dim'", dims);
    }

    if (dims.contains(0) && (!linear || interactions != null)) {
      throw invalid("'output_dim' 0 is for ids that only 'linear' takes", dims);
    }

    if (columns.sparse() != null && !linear) {
      throw invalid("'sparse' needs 'linear', which takes the vector", columns.sparse());
    }
  }

  private static IllegalArgumentException invalid(String needed, Object received) {
    return new IllegalArgumentException(
        "FeatureBlock: %s. Received: %s".formatted(needed, received));
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    check();
    if (!input.equals(options().inputShape())) {
      throw new IllegalArgumentException(
          "FeatureBlock has %d numeric columns, %d id columns and %d values of the sparse vector. Received the shape: %s"
              .formatted(
                  columns.numeric().size(), columns.ids().size(), columns.sparseWidth(), input));
    }

    return Shape.of(layout().outputWidth());
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>();
    if (linear) {
      weights.add(WeightOptions.of("zeros").spec("linear/bias", Shape.of(1), trainable()));
      if (!columns.numeric().isEmpty()) {
        weights.add(linear("linear/kernel", columns.numeric().size()));
      }
    }

    for (IdColumn column : columns.ids()) {
      if (linear) {
        weights.add(linear(column.column() + "/linear", column.indices()).ofSparseRows());
      }

      if (column.outputDim() > 0) {
        Shape shape = Shape.of(column.indices(), column.outputDim());
        String name = column.column() + "/embeddings";
        weights.add(embeddings.spec(name, shape, trainable()).ofSparseRows());
      }
    }

    if (columns.sparse() != null) {
      weights.add(linear(columns.sparse() + "/linear", columns.sparseWidth()));
    }

    return weights;
  }

  @Override
  public List<WeightSpec> sparseWeights(Shape input) {
    if (columns.sparse() == null) {
      throw new IllegalArgumentException("FeatureBlock takes a sparse input only with 'sparse'");
    }

    List<WeightSpec> weights = weights(input);
    int last = weights.size() - 1;
    weights.set(last, weights.get(last).ofSparseRows());
    return weights;
  }

  private WeightSpec linear(String name, int rows) {
    return linearWeights.spec(name, Shape.of(rows, 1), trainable());
  }

  /**
   * Computes the output.
   *
   * @throws IllegalArgumentException if an index is outside its vocabulary
   */
  @Override
  public void forward(Shape input, LayerCall call) {
    new FeaturePass(layout(), Objects.toString(name()), call).forward();
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    new FeaturePass(layout(), Objects.toString(name()), call).backward();
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig();
    columns.putTo(config);
    config.put("linear", linear).put("interactions", interactions);
    linearWeights.putInitializer(config, "linear");
    linearWeights.putRegularizer(config, "linear");
    linearWeights.putConstraint(config, "linear");
    embeddings.putInitializer(config, "embeddings");
    embeddings.putRegularizer(config, "embeddings");
    embeddings.putConstraint(config, "embeddings");
    return config.build();
  }
}
