package io.firesteel.ml;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.layers.Normalization;
import io.firesteel.models.Model;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.tensor.Shape;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.mllib.linalg.VectorUDT;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * One training, as an Estimator's params say.
 *
 * @param <P> the Estimator
 */
final class Fitting<P extends KerasFitParams<?> & PredictorParams> {

  private static final int CHECKPOINTS_KEPT = 3;

  private final P stage;
  private final Features features;

  Fitting(P stage, Features features) {
    this.stage = stage;
    this.features = features;
  }

  /**
   * Checks the columns of features, labels, weights and validation, without a job.
   *
   * @throws IllegalArgumentException if one is missing or of a wrong type
   */
  void check(StructType schema, @Nullable Model model) {
    RowColumns columns = features.columns(model).withLabels(List.of(stage.getLabelCol()));
    String weight = weight();
    (weight == null ? columns : columns.withWeight(weight))
        .reader(ColumnLookup.of(features.addTo(schema)));
    if (model != null) {
      features.requireWidth(schema, model);
    }

    String indicator = indicator();
    if (indicator == null) {
      return;
    }

    DataType type = ColumnLookup.of(schema).find("validationIndicatorCol", indicator).type();
    if (!type.equals(DataTypes.BooleanType)) {
      throw new IllegalArgumentException(
          "validationIndicatorCol: the column '%s' must hold booleans. Received: %s"
              .formatted(indicator, type.catalogString()));
    }

    if (stage.getValidationSplit() > 0) {
      throw new IllegalArgumentException(
          "Only one of validationIndicatorCol and validationSplit can be set. Received: validationIndicatorCol=%s, validationSplit=%s"
              .formatted(indicator, stage.getValidationSplit()));
    }
  }

  private @Nullable String weight() {
    return Stages.textOrNull(stage, stage.weightCol());
  }

  private @Nullable String indicator() {
    return Stages.textOrNull(stage, stage.validationIndicatorCol());
  }

  /** Returns the rows that can be trained on, with the columns that the model reads. */
  Dataset<Row> valid(Dataset<Row> given) {
    Dataset<Row> rows = features.addTo(given);
    if (stage.getHandleInvalid().equals(ColumnParams.ERROR)) {
      return rows;
    }

    List<String> names = new ArrayList<>(features.read());
    names.add(stage.getLabelCol());
    String weight = weight();
    if (weight != null) {
      names.add(weight);
    }

    return rows.where(RowValidity.of(ColumnLookup.of(rows), names));
  }

  /** Builds a model for rows unless it is built, and compiles it. */
  void prepare(Model model, Dataset<Row> rows, Function<Model, Object> loss) {
    if (!model.isBuilt()) {
      model.build(FeatureCount.of(rows, features));
    }

    Compilation.compile(stage, model, loss.apply(model));
  }

  /**
   * Trains a model that is compiled.
   *
   * @param classWeight the weights of the classes, empty for none
   */
  void fit(Model model, Dataset<Row> rows, Map<Integer, Double> classWeight) {
    String indicator = indicator();
    FitOptions.Builder options = options(rows).classWeight(classWeight);
    ShardedDataset data;
    if (indicator == null) {
      data = sharded(rows, model);
    } else {
      Column validated = functions.coalesce(column(rows, indicator), functions.lit(false));
      Dataset<Row> validation = rows.where(validated);
      if (validation.isEmpty()) {
        throw new IllegalArgumentException(
            "validationIndicatorCol: the column '%s' is true in no row, so that there is nothing to validate on"
                .formatted(indicator));
      }

      data = sharded(rows.where(functions.not(validated)), model);
      options.validationData(sharded(validation, model));
    }

    start(model, data);
    try {
      model.fit(data, options.build());
    } catch (IllegalArgumentException e) {
      requireWeights(rows); // Tells the column, where weights are what is wrong.
      throw e;
    }
  }

  /** Gives a model its first weights: those of another one, or what it measures in the data. */
  private void start(Model model, ShardedDataset data) {
    if (!model.isBuilt()) {
      model.build(data.featureShape().dims());
    }

    Model initial = Compilation.initial(stage);
    if (initial != null) {
      Networks.copyWeights(initial, model);
    } else if (model.layers().stream().anyMatch(Fitting::adapts)) {
      model.adapt(data);
    }
  }

  private static boolean adapts(Object layer) {
    return layer instanceof Normalization normalization && normalization.adapts();
  }

  private ShardedDataset sharded(Dataset<Row> rows, Model model) {
    ShardedDataset data = features.applyTo(ShardedDataset.of(rows)).label(stage.getLabelCol());
    String weight = weight();
    if (weight != null) {
      data = data.weight(weight);
    }

    Shape shape = Networks.imageShape(model);
    return shape == null ? data : data.featureShape(shape.dims());
  }

  private static DataType columnType(Dataset<Row> rows, String name) {
    return ColumnLookup.of(rows).find("the Estimator", name).type();
  }

  private static Column column(Dataset<Row> rows, String name) {
    return ColumnLookup.of(rows).find("the Estimator", name).column();
  }

  private void requireWeights(Dataset<Row> rows) {
    String weight = weight();
    if (weight == null || !(columnType(rows, weight) instanceof NumericType)) {
      return;
    }

    Column weights = column(rows, weight).cast(DataTypes.DoubleType);
    Row range = rows.agg(functions.min(weights), functions.max(weights)).first();
    if (!range.isNullAt(0) && range.getDouble(0) == 0 && range.getDouble(1) == 0) {
      throw new IllegalArgumentException(
          "weightCol: the column '%s' must not hold 0 in all rows".formatted(weight));
    }
  }

  private FitOptions.Builder options(Dataset<Row> rows) {
    FitOptions.Builder options =
        FitOptions.builder()
            .epochs(stage.getEpochs())
            .batchSize(stage.getBatchSize())
            .seed(stage.getSeed())
            .validationSplit(stage.getValidationSplit())
            .callbacks(callbacks())
            .observers(stage.fitParams().observers.toArray(new Callback[0]));
    if (stage.isDefined(stage.shards())) {
      options.shards(number(stage.shards()));
    }

    if (stage.isDefined(stage.verbose())) {
      options.verbose(number(stage.verbose()));
    }

    String folder = Stages.textOrNull(stage, stage.checkpointDir());
    if (folder != null) {
      Configuration hadoopConf = rows.sparkSession().sparkContext().hadoopConfiguration();
      options.checkpoints(
          Checkpointing.in(HadoopCheckpointStore.at(folder, hadoopConf, CHECKPOINTS_KEPT))
              .everySteps(stage.getCheckpointSteps()));
    }

    return options;
  }

  private int number(IntParam param) {
    return (Integer) stage.getOrDefault(param);
  }

  private Callback[] callbacks() {
    String text = Stages.textOrNull(stage, stage.callbacks());
    List<?> identifiers = text == null ? List.of() : Identifiers.parseList("callbacks", text);
    return identifiers.stream()
        .map(identifier -> Callbacks.get(Objects.requireNonNullElse(identifier, "null")))
        .toArray(Callback[]::new);
  }

  /** Which rows hold finite float32 numbers in all columns that are asked for. */
  private static final class RowValidity {

    private RowValidity() {}

    /** Returns a column that is true for rows that can be computed with, and never null. */
    static Column of(ColumnLookup lookup, List<String> names) {
      Column all = functions.lit(true);
      for (String name : names) {
        ColumnLookup.Found found = lookup.find("handleInvalid", name);
        all =
            all.and(functions.coalesce(valid(found.column(), found.type()), functions.lit(false)));
      }

      return all;
    }

    private static Column valid(Column column, DataType type) {
      if (type.equals(SQLDataTypes.VectorType())) {
        UDF1<Vector, Boolean> finite = RowValidity::isFinite;
        return functions.udf(finite, DataTypes.BooleanType).apply(column);
      }

      if (type instanceof VectorUDT) {
        UDF1<org.apache.spark.mllib.linalg.@Nullable Vector, Boolean> finite =
            vector -> vector != null && isFinite(vector.asML());
        return functions.udf(finite, DataTypes.BooleanType).apply(column);
      }

      if (type instanceof ArrayType) {
        return functions.forall(
            column, value -> functions.coalesce(finite(value), functions.lit(false)));
      }

      return type instanceof NumericType ? finite(column) : column.isNotNull();
    }

    /** NaN is above all numbers to Spark. */
    private static Column finite(Column number) {
      return functions.abs(number.cast(DataTypes.FloatType)).lt(Float.POSITIVE_INFINITY);
    }

    private static boolean isFinite(@Nullable Vector vector) {
      if (vector == null) {
        return false;
      }

      boolean[] finite = {true};
      vector.foreachActive(
          (index, value) -> {
            finite[0] &= Float.isFinite((float) (double) value);
            return scala.runtime.BoxedUnit.UNIT;
          });
      return finite[0];
    }
  }
}
