package io.firesteel.ml;

import io.firesteel.models.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * A factorization machine for numbers, on the mean squared error, trained by minibatches with one
 * of Keras's optimizers: Adagrad with a learning rate of 0.1, 10 epochs and batches of 256 unless
 * set. The model has the inputs {@code numbers}, if there are any, and {@code ids}, indices of all
 * columns; Keras opens it with the class {@code FMInteraction} that the page on sparse data shows.
 */
public final class KerasFMRegressor extends NetworkRegressor<KerasFMRegressor>
    implements KerasFactorParams<KerasFMRegressor> {

  private static final long serialVersionUID = 1L;

  private final FactorParams factorParams;

  /** Creates an Estimator with a random uid. */
  public KerasFMRegressor() {
    this(Uids.announceRandom("kerasFMRegressor"));
  }

  /** Creates an Estimator. */
  public KerasFMRegressor(String uid) {
    this(Uids.announce(uid));
  }

  private KerasFMRegressor(Uids.Announced uid) {
    super(uid);
    factorParams = new FactorParams(this);
  }

  @Override
  public FactorParams factorParams() {
    return factorParams;
  }

  @Override
  Model newModel(StructType schema) {
    return FactorParams.model(this, "fm_regressor");
  }

  @Override
  Object lossOf(Model model) {
    return "mean_squared_error";
  }

  @Override
  public KerasFMRegressor copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasFMRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasFMRegressor load(String path) {
    return read().load(path);
  }
}
