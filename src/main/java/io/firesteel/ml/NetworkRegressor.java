package io.firesteel.ml;

import io.firesteel.models.Model;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * An Estimator of regressors that are trained with Keras's optimizers. Labels and predictions are
 * one number a row.
 *
 * @param <E> the Estimator
 */
public abstract class NetworkRegressor<E extends NetworkRegressor<E>>
    extends Regressor<Vector, E, KerasRegressionModel>
    implements KerasFitParams<E>, DefaultParamsWritable, ConnectModel.ConnectEstimator {

  private @Nullable String uid; // Has no initializer: Spark's constructor asks for it first.
  private final ColumnParams columnParams;
  private final FitParams fitParams;

  NetworkRegressor(Uids.Announced uid) {
    columnParams = new ColumnParams(this);
    fitParams = new FitParams(this);
  }

  @Override
  public final String uid() {
    if (uid == null) {
      uid = Uids.take();
    }

    return uid;
  }

  @Override
  public final ColumnParams columnParams() {
    return columnParams;
  }

  @Override
  public final FitParams fitParams() {
    return fitParams;
  }

  /** Returns the new model, not compiled, or null where it depends on the rows. */
  abstract @Nullable Model newModel(StructType schema);

  /** Returns the new model for rows whose schema does not tell enough. */
  Model newModel(Dataset<Row> rows) {
    return Objects.requireNonNull(newModel(rows.schema()));
  }

  /** Returns the loss of a model, as {@code compile} takes it. */
  abstract Object lossOf(Model model);

  @Override
  public StructType transformSchema(StructType schema) {
    checked(schema);
    return OutputColumns.ofNumber(this, schema);
  }

  /** Checks params and columns. Returns the new model if it is known, compiled if it is built. */
  private @Nullable Model checked(StructType schema) {
    Model model = newModel(schema);
    new Fitting<>(this, Features.of(this)).check(schema, model);
    if (model != null && model.isBuilt()) {
      requireNumber(model);
      Compilation.compile(this, model, lossOf(model));
    }

    return model;
  }

  private static void requireNumber(Model model) {
    int width = Networks.outputSize(model);
    if (width != 1) {
      throw new IllegalArgumentException(
          "model: a regressor's last layer must give one value. Received: %d values"
              .formatted(width));
    }
  }

  @Override
  public KerasRegressionModel fit(Dataset<?> dataset) {
    KerasRegressionModel model = train(dataset);
    model.setParent(this);
    return copyValues(model, ParamMap.empty());
  }

  @Override
  public KerasRegressionModel train(Dataset<?> dataset) {
    Dataset<Row> given = dataset.toDF();
    Model known = checked(given.schema());
    Fitting<NetworkRegressor<E>> fitting = new Fitting<>(this, Features.of(this));
    Dataset<Row> rows = fitting.valid(given);
    Model model = known == null ? newModel(rows) : known;
    if (known == null || !known.isBuilt()) {
      fitting.prepare(model, rows, this::lossOf);
    }

    requireNumber(model);
    fitting.fit(model, rows, Map.of());
    return new KerasRegressionModel(uid(), model, Summaries.of(model));
  }

  @Override
  public MLWriter write() {
    fitParams.requireWritable();
    return DefaultParamsWritable.super.write();
  }

  @Override
  public E copy(ParamMap extra) {
    E copy = defaultCopy(extra);
    copy.fitParams().takeObjects(fitParams);
    return copy;
  }

  /** Returns about how many bytes the model will need, for Spark Connect. */
  @Override
  public long estimateModelSize(Dataset<?> dataset) {
    return Networks.bytesBefore(checked(dataset.schema()));
  }
}
