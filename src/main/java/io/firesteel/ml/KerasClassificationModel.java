package io.firesteel.ml;

import io.firesteel.layers.Dense;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.spark.internal.rows.OutputForm;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple3;

/**
 * A trained classifier. {@code rawPrediction} is what the model gives, a value a class:
 * probabilities, or logits with a loss {@code from_logits}; for two classes of one value, {@code [1
 * - p, p]} or {@code [-z, z]}. A saved one holds a {@code .keras} file.
 */
public final class KerasClassificationModel
    extends ProbabilisticClassificationModel<Vector, KerasClassificationModel>
    implements KerasColumnParams<KerasClassificationModel>,
        KerasIdParams<KerasClassificationModel>,
        KerasInputParams<KerasClassificationModel>,
        ConnectModel,
        HasTrainingSummary<KerasTrainingSummary>,
        MLWritable {

  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // Has no initializer: Spark's constructor asks for it first.
  private final ColumnParams columnParams = new ColumnParams(this);
  private final IdParams idParams = new IdParams(this);
  private final Param<String> inputs = Features.inputsParam(this);
  private final transient Model network;
  private final OutputForm output;
  private transient Option<KerasTrainingSummary> trainingSummary;

  /** Creates a model that knows nothing, for Spark Connect, which looks for classes so. */
  public KerasClassificationModel() {
    this(
        "kerasClassificationModel",
        new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(1)),
        null);
  }

  KerasClassificationModel(String uid, Model network, @Nullable KerasTrainingSummary summary) {
    this(Uids.announce(uid), network, summary);
  }

  private KerasClassificationModel(
      Uids.Announced unusedUid, Model network, @Nullable KerasTrainingSummary summary) {
    this.network = network;
    this.output = ClassOutput.of(network);
    this.trainingSummary = Option.apply(summary);
  }

  @Override
  public String uid() {
    if (uid == null) {
      uid = Uids.take();
    }

    return uid;
  }

  @Override
  public ColumnParams columnParams() {
    return columnParams;
  }

  @Override
  public IdParams idParams() {
    return idParams;
  }

  @Override
  public Param<String> inputs() {
    return inputs;
  }

  /** Returns the model, to be read; what changes it changes the predictions. */
  public Model kerasModel() {
    return network;
  }

  @Override
  public int numClasses() {
    return output.classes();
  }

  @Override
  public int numFeatures() {
    return Networks.inputSize(network);
  }

  @Override
  public Vector predictRaw(Vector features) {
    return Vectors.dense(output.raw(Networks.predict(network, features), 0));
  }

  @Override
  public Vector raw2probabilityInPlace(Vector rawPrediction) {
    if (!(rawPrediction instanceof DenseVector dense)) {
      throw new IllegalArgumentException(
          "A raw prediction must be dense. Received: " + rawPrediction);
    }

    double[] probabilities = output.probabilities(dense.values());
    System.arraycopy(probabilities, 0, dense.values(), 0, probabilities.length);
    return dense;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Features.of(this).check(schema, network);
    ClassOutput.requireThresholds(this, numClasses());
    return OutputColumns.ofClasses(this, schema, numClasses());
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    double @Nullable [] thresholds = isDefined(thresholds()) ? getThresholds() : null;
    return new Scoring(network, Features.of(this), getHandleInvalid())
        .ofClasses(dataset.toDF(), this, schema, thresholds);
  }

  @Override
  public KerasClassificationModel copy(ParamMap extra) {
    KerasClassificationModel copy =
        copyValues(new KerasClassificationModel(uid(), network, summaryOrNull()), extra);
    return copy.setParent(parent());
  }

  private @Nullable KerasTrainingSummary summaryOrNull() {
    return hasSummary() ? summary() : null;
  }

  /**
   * Returns this model with the names of its columns. Spark's own summaries use it; it stands here
   * because Java sees two of it in Spark's classes, of which it can't inherit both.
   */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    return new Tuple3(this, getProbabilityCol(), getPredictionCol());
  }

  @Override
  public Option<KerasTrainingSummary> trainingSummary() {
    return trainingSummary;
  }

  @Override
  public void trainingSummary_$eq(Option<KerasTrainingSummary> summary) {
    this.trainingSummary = summary;
  }

  @Override
  public void saveSummary(String path) {
    ModelFolder.local(path).saveSummary(summary());
  }

  @Override
  public void loadSummary(String path, Dataset<Row> dataset) {
    trainingSummary = Option.apply(ModelFolder.local(path).summary());
  }

  @Override
  public long estimatedSize() {
    return Networks.bytes(network);
  }

  @Override
  public MLWriter write() {
    return new ModelReader.ModelWriter(this, network, summaryOrNull());
  }

  /** Returns a reader of saved models. */
  public static MLReader<KerasClassificationModel> read() {
    return new ModelReader<>(KerasClassificationModel.class, KerasClassificationModel::new);
  }

  /** Reads a saved model. */
  public static KerasClassificationModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return "KerasClassificationModel: uid=%s, numClasses=%d, numFeatures=%d"
        .formatted(uid(), numClasses(), numFeatures());
  }
}
