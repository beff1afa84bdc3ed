package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.spark.internal.rows.ColumnLookup;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Linear regression on the mean squared error, trained by minibatches with one of Keras's
 * optimizers: Adam with a learning rate of 0.05, 50 epochs and batches of 64 unless set.
 */
public final class KerasLinearRegression extends NetworkRegressor<KerasLinearRegression>
    implements KerasLinearParams<KerasLinearRegression> {

  private static final long serialVersionUID = 1L;

  private final LinearParams linearParams;

  /** Creates an Estimator with a random uid. */
  public KerasLinearRegression() {
    this(Uids.announceRandom("kerasLinearRegression"));
  }

  /** Creates an Estimator. */
  public KerasLinearRegression(String uid) {
    this(Uids.announce(uid));
  }

  private KerasLinearRegression(Uids.Announced uid) {
    super(uid);
    linearParams = new LinearParams(this);
    LinearParams.setTraining(fitParams(), this);
  }

  @Override
  public LinearParams linearParams() {
    return linearParams;
  }

  @Override
  @Nullable Model newModel(StructType schema) {
    Features features = Features.of(this);
    features.columns(null).reader(ColumnLookup.of(schema));
    int width = features.width(schema);
    return width < 0 ? null : model(width, features.isVector(schema));
  }

  @Override
  Model newModel(Dataset<Row> rows) {
    Features features = Features.of(this);
    int width = FeatureCount.of(rows, features);
    return model(width, features.isVector(rows.schema()));
  }

  private Model model(int width, boolean vectors) {
    return LinearParams.model(this, "linear_regression", width, vectors, 1);
  }

  @Override
  Object lossOf(Model model) {
    return "mean_squared_error";
  }

  @Override
  public KerasLinearRegression copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasLinearRegression> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasLinearRegression load(String path) {
    return read().load(path);
  }
}
