package io.firesteel.ml;

import io.firesteel.layers.Dense;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.HasTrainingSummary;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** A trained regressor. A saved one holds a {@code .keras} file. */
public final class KerasRegressionModel extends RegressionModel<Vector, KerasRegressionModel>
    implements KerasColumnParams<KerasRegressionModel>,
        KerasIdParams<KerasRegressionModel>,
        KerasInputParams<KerasRegressionModel>,
        ConnectModel,
        HasTrainingSummary<KerasTrainingSummary>,
        MLWritable {

  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // Has no initializer: Spark's constructor asks for it first.
  private final ColumnParams columnParams = new ColumnParams(this);
  private final IdParams idParams = new IdParams(this);
  private final Param<String> inputs = Features.inputsParam(this);
  private final transient Model network;
  private transient Option<KerasTrainingSummary> trainingSummary;

  /** Creates a model that knows nothing, for Spark Connect, which looks for classes so. */
  public KerasRegressionModel() {
    this("kerasRegressionModel", new Sequential().add(Dense.of(1).inputShape(1)), null);
  }

  KerasRegressionModel(String uid, Model network, @Nullable KerasTrainingSummary summary) {
    this(Uids.announce(uid), network, summary);
  }

  private KerasRegressionModel(
      Uids.Announced unusedUid, Model network, @Nullable KerasTrainingSummary summary) {
    this.network = network;
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
  public int numFeatures() {
    return Networks.inputSize(network);
  }

  @Override
  public double predict(Vector features) {
    return Networks.predict(network, features)[0];
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Features.of(this).check(schema, network);
    return OutputColumns.ofNumber(this, schema);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    return new Scoring(network, Features.of(this), getHandleInvalid())
        .ofValue(dataset.toDF(), getPredictionCol());
  }

  @Override
  public KerasRegressionModel copy(ParamMap extra) {
    KerasRegressionModel copy =
        copyValues(new KerasRegressionModel(uid(), network, summaryOrNull()), extra);
    return copy.setParent(parent());
  }

  private @Nullable KerasTrainingSummary summaryOrNull() {
    return hasSummary() ? summary() : null;
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
  public static MLReader<KerasRegressionModel> read() {
    return new ModelReader<>(KerasRegressionModel.class, KerasRegressionModel::new);
  }

  /** Reads a saved model. */
  public static KerasRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return "KerasRegressionModel: uid=%s, numFeatures=%d".formatted(uid(), numFeatures());
  }
}
