package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * An Estimator that trains a Keras model as a classifier.
 *
 * <pre>{@code
 * KerasClassificationModel fitted = new KerasClassifier()
 *     .setModel(new Sequential()
 *         .add(Dense.of(64).activation("relu").inputShape(10))
 *         .add(Dense.of(3).activation("softmax")))
 *     .setOptimizer(Adam.builder().learningRate(0.002).build())
 *     .setEpochs(5)
 *     .fit(rows);
 * }</pre>
 *
 * <p>The model's last layer gives one value with the activation sigmoid (two classes) or one a
 * class with softmax; with a loss {@code from_logits} it has no activation. Where no loss is set it
 * is the crossentropy that fits.
 */
public final class KerasClassifier extends NetworkClassifier<KerasClassifier>
    implements KerasNetworkParams<KerasClassifier> {

  private static final long serialVersionUID = 1L;

  private final NetworkParams networkParams = new NetworkParams(this);

  /** Creates an Estimator with a random uid. */
  public KerasClassifier() {
    super(Uids.announceRandom("kerasClassifier"));
  }

  /** Creates an Estimator. */
  public KerasClassifier(String uid) {
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
    Config json = Config.parse(model.toJson());
    int width = Networks.outputSize(model);
    return Compilation.loss(this, json, () -> ClassOutput.defaultLoss(json, width));
  }

  @Override
  public KerasClassifier copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasClassifier load(String path) {
    return read().load(path);
  }
}
