package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
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
public final class FeatureBlock extends KerasLayer<FeatureBlock> {

  /** The factorization machine, the one kind of {@code interactions}. */
  public static final String FM = "fm";

  private static final String NAME = "FeatureBlock";

  private List<String> numeric = List.of();
  private List<IdColumn> ids = List.of();
  private @Nullable String sparseColumn;
  private int sparseWidth;
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
  public FeatureBlock numeric(String... columns) {
    FeatureBlock copy = copy(options());
    copy.numeric = List.of(columns);
    return copy.sized();
  }

  /** Returns this layer with id columns. */
  public FeatureBlock ids(IdColumn... columns) {
    FeatureBlock copy = copy(options());
    copy.ids = List.of(columns);
    return copy.sized();
  }

  /** Returns this layer with a column of sparse vectors, which the linear part takes. */
  public FeatureBlock sparse(String column, int width) {
    FeatureBlock copy = copy(options());
    copy.sparseColumn = column;
    copy.sparseWidth = width;
    return copy.sized();
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
    copy.numeric = numeric;
    copy.ids = ids;
    copy.sparseColumn = sparseColumn;
    copy.sparseWidth = sparseWidth;
    copy.linear = linear;
    copy.interactions = interactions;
    copy.linearWeights = linearWeights;
    copy.embeddings = embeddings;
    return copy;
  }

  /** Returns this layer with the input shape that its columns make. */
  private FeatureBlock sized() {
    return copy(options().withInputShape(Shape.of(numeric.size() + ids.size() + sparseWidth)));
  }

  static FeatureBlock fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    FeatureBlock layer = new FeatureBlock(LayerOptions.read(reader).withInputShape(null));
    layer.numeric = reader.any("numeric") == null ? List.of() : reader.strings("numeric");
    List<IdColumn> ids = new ArrayList<>();
    for (Object column : reader.optionalList("ids")) {
      if (!(column instanceof Config fields)) {
        throw reader.invalid("ids", "a list of objects with 'column' and 'input_dim'");
      }

      ids.add(IdColumn.fromConfig(fields));
    }

    layer.ids = List.copyOf(ids);
    Config sparse = reader.nullableConfig("sparse");
    if (sparse != null) {
      ConfigReader fields = sparse.reader(NAME + ".sparse");
      layer.sparseColumn = fields.string("column");
      layer.sparseWidth = IdColumn.int32(fields, "width");
      fields.finish();
    }

    layer.linear = reader.bool("linear", false);
    layer.interactions = reader.nullableString("interactions");
    layer.linearWeights = WeightOptions.read(reader, "linear", layer.linearWeights);
    layer.embeddings = WeightOptions.read(reader, "embeddings", layer.embeddings);
    reader.finish();
    layer.check();
    return layer.sized();
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

  /** Returns the numeric columns. */
  public List<String> numericColumns() {
    return numeric;
  }

  /** Returns the id columns. */
  public List<IdColumn> idColumns() {
    return ids;
  }

  /** Returns the column of sparse vectors, or null. */
  public @Nullable String sparseColumn() {
    return sparseColumn;
  }

  private FeatureLayout layout() {
    boolean fm = interactions != null;
    return new FeatureLayout(numeric.size(), ids, sparseWidth, linear, fm);
  }

  private void check() {
    List<String> columns = new ArrayList<>(numeric);
    ids.forEach(column -> columns.add(column.column()));
    if (sparseColumn != null) {
      columns.add(sparseColumn);
    }

    Set<String> distinct = new HashSet<>(columns);
    if (columns.isEmpty() || distinct.size() < columns.size()) {
      throw invalid("needs columns, each once", columns);
    }

    if (interactions != null && !interactions.equals(FM)) {
      throw invalid("'interactions' must be \"fm\" or null", interactions);
    }

    List<Integer> dims = ids.stream().map(IdColumn::outputDim).toList();
    if (interactions != null && (dims.size() < 2 || Set.copyOf(dims).size() > 1)) {
      throw invalid("'interactions' needs two id columns or more, of one 'output_dim'", dims);
    }

    if (!linear && dims.contains(0) || interactions != null && dims.contains(0)) {
      throw invalid("'output_dim' 0 is for the linear part alone", dims);
    }

    if (sparseColumn != null && (!linear || sparseWidth < 1)) {
      throw invalid(
          "'sparse' needs a 'width' of at least 1, and 'linear', which takes the vector",
          "width=%d, linear=%s".formatted(sparseWidth, linear));
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
              .formatted(numeric.size(), ids.size(), sparseWidth, input));
    }

    return Shape.of(layout().outputWidth());
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>();
    if (linear) {
      weights.add(WeightOptions.of("zeros").spec("linear/bias", Shape.of(1), trainable()));
      if (!numeric.isEmpty()) {
        weights.add(linear("linear/kernel", numeric.size()));
      }
    }

    for (IdColumn column : ids) {
      if (linear) {
        weights.add(linear(column.column() + "/linear", column.indices()));
      }

      if (column.outputDim() > 0) {
        Shape shape = Shape.of(column.indices(), column.outputDim());
        weights.add(embeddings.spec(column.column() + "/embeddings", shape, trainable()));
      }
    }

    if (sparseColumn != null) {
      weights.add(linear(sparseColumn + "/linear", sparseWidth));
    }

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
    Config sparse =
        sparseColumn == null
            ? null
            : Config.builder().put("column", sparseColumn).put("width", sparseWidth).build();
    Config.Builder config =
        baseConfig()
            .put("numeric", numeric)
            .put("ids", ids.stream().map(IdColumn::toConfig).toList())
            .put("sparse", sparse)
            .put("linear", linear)
            .put("interactions", interactions);
    linearWeights.putInitializer(config, "linear");
    linearWeights.putRegularizer(config, "linear");
    linearWeights.putConstraint(config, "linear");
    embeddings.putInitializer(config, "embeddings");
    embeddings.putRegularizer(config, "embeddings");
    embeddings.putConstraint(config, "embeddings");
    return config.build();
  }
}
