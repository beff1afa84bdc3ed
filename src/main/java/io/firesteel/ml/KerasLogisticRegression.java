package io.firesteel.ml;

import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.losses.SparseCategoricalCrossentropy;
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
 * Logistic regression, of two classes or many, trained by minibatches with one of Keras's
 * optimizers: Adam with a learning rate of 0.05, 50 epochs and batches of 64 unless set. The number
 * of classes is that of the label's metadata, or else the greatest label and one more.
 */
public final class KerasLogisticRegression extends NetworkClassifier<KerasLogisticRegression>
    implements KerasLinearParams<KerasLogisticRegression> {

  private static final long serialVersionUID = 1L;

  private final LinearParams linearParams;

  /** Creates an Estimator with a random uid. */
  public KerasLogisticRegression() {
    this(Uids.announceRandom("kerasLogisticRegression"));
  }

  /** Creates an Estimator. */
  public KerasLogisticRegression(String uid) {
    this(Uids.announce(uid));
  }

  private KerasLogisticRegression(Uids.Announced uid) {
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
    int classes = ClassLabels.of(schema, getLabelCol()).known();
    return width < 0 || classes < 0
        ? null
        : model(width, Math.max(2, classes), features.isVector(schema));
  }

  @Override
  Model newModel(Dataset<Row> rows) {
    Features features = Features.of(this);
    int width = FeatureCount.of(rows, features);
    int classes = ClassLabels.of(rows, getLabelCol()).count(rows);
    return model(width, classes, features.isVector(rows.schema()));
  }

  private Model model(int width, int classes, boolean vectors) {
    int outputs = classes == 2 ? 1 : classes;
    return LinearParams.model(this, "logistic_regression", width, vectors, outputs);
  }

  @Override
  Object lossOf(Model model) {
    return Networks.outputSize(model) == 1
        ? BinaryCrossentropy.builder().fromLogits().build()
        : SparseCategoricalCrossentropy.builder().fromLogits().build();
  }

  @Override
  public KerasLogisticRegression copy(ParamMap extra) {
    return super.copy(extra);
  }

  /** Returns a reader of saved Estimators. */
  public static MLReader<KerasLogisticRegression> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved Estimator. */
  public static KerasLogisticRegression load(String path) {
    return read().load(path);
  }
}
