package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * An Estimator that trains a Keras model as a regressor.
 *
 * <pre>{@code
 * KerasRegressionModel fitted = new KerasRegressor()
 *     .setModel(new Sequential().add(Dense.of(8).inputShape(3)).add(Dense.of(1)))
 *     .setOptimizer("adam")
 *     .setEpochs(5)
 *     .fit(rows);
 * }</pre>
 *
 * <p>The loss is the mean squared error unless another one is set.
 */
public final class KerasRegressor extends NetworkRegressor<KerasRegressor>
    implements KerasNetworkParams<KerasRegressor> {

  private static final long serialVersionUID = 1L;

  private final NetworkParams networkParams = new NetworkParams(this);

  /** Creates an Estimator with a random uid. */
  public KerasRegressor() {
    super(Uids.announceRandom("kerasRegressor"));
  }

  /** Creates an Estimator. */
  public KerasRegressor(String uid) {
    super(Uids.announce(uid));
  }

  @Override
  public NetworkParams networkParams() {
    return networkParams;
  }

  @Override
  Model newModel(StructType schema) {
    return Compilation.model(this);
  }

  @Override
  Object lossOf(Model model) {
    return Compilation.loss(this, Config.parse(model.toJson()), () -> "mean_squared_error");
  }

  @Override
  public KerasRegressor copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasRegressor load(String path) {
    return read().load(path);
  }
}
