package io.firesteel.ml;

import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.models.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/**
 * A factorization machine for two classes, trained by minibatches with one of Keras's optimizers:
 * Adagrad with a learning rate of 0.1, 10 epochs and batches of 256 unless set. The model has the
 * inputs {@code numbers}, if there are any, and {@code ids}, indices of all columns; Keras opens it
 * with the class {@code FMInteraction} that the page on sparse data shows.
 */
public final class KerasFMClassifier extends NetworkClassifier<KerasFMClassifier>
    implements KerasFactorParams<KerasFMClassifier> {

  private static final long serialVersionUID = 1L;

  private final FactorParams factorParams;

  /** Creates an Estimator with a random uid. */
  public KerasFMClassifier() {
    this(Uids.announceRandom("kerasFMClassifier"));
  }

  /** Creates an Estimator. */
  public KerasFMClassifier(String uid) {
    this(Uids.announce(uid));
  }

  private KerasFMClassifier(Uids.Announced uid) {
    super(uid);
    factorParams = new FactorParams(this);
  }

  @Override
  public FactorParams factorParams() {
    return factorParams;
  }

  @Override
  Model newModel(StructType schema) {
    return FactorParams.model(this, "fm_classifier");
  }

  @Override
  Object lossOf(Model model) {
    return BinaryCrossentropy.builder().fromLogits().build();
  }

  @Override
  public KerasFMClassifier copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasFMClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasFMClassifier load(String path) {
    return read().load(path);
  }
}
