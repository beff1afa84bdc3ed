package io.firesteel.testing;

import io.firesteel.callbacks.LambdaCallback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.SGD;
import io.firesteel.spark.Predictions;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.training.FitOptions;
import java.util.Map;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** A fit on {@link TinyDatasets} as Spark ML sees it, with a learning rate to choose. */
public final class FitEstimator extends Estimator<FitEstimator.Fitted> {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final DoubleParam learningRate;
  private final transient Map<String, String> weights;
  private final transient Runnable afterFirstStep;

  /**
   * Creates an estimator.
   *
   * @param weights takes the hash of the weights of each fit, by its learning rate and its rows
   * @param afterFirstStep done in each fit
   */
  public FitEstimator(Map<String, String> weights, Runnable afterFirstStep) {
    this("fit", weights, afterFirstStep);
  }

  private FitEstimator(String uid, Map<String, String> weights, Runnable afterFirstStep) {
    this.uid = uid;
    this.weights = weights;
    this.afterFirstStep = afterFirstStep;
    this.learningRate = new DoubleParam(this, "learningRate", "the learning rate");
  }

  /** What is to be chosen. */
  public DoubleParam learningRate() {
    return learningRate;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Fitted fit(Dataset<?> dataset) {
    double rate = (Double) getOrDefault(learningRate);
    dataset.sparkSession().sparkContext().setLocalProperty("spark.scheduler.pool", "rate" + rate);
    ShardedDataset data = ShardedDataset.of(dataset.toDF()).features("x").label("y").weight("w");
    Sequential model =
        new Sequential()
            .seed(3)
            .add(Dense.of(5).activation("tanh").inputShape(TinyTraining.FEATURES))
            .add(Dense.of(1));
    model.compile(SGD.builder().learningRate(rate).build(), "mse");
    model.fit(data, options());
    weights.put(rate + " " + data.fingerprint(), model.weightsSha256());
    return new Fitted(model);
  }

  private FitOptions options() {
    int[] steps = {0};
    return FitOptions.builder()
        .epochs(3)
        .batchSize(17)
        .shards(3)
        .seed(1)
        .verbose(0)
        .observers(
            LambdaCallback.builder()
                .onTrainBatchEnd(
                    (batch, logs) -> {
                      if (steps[0]++ == 0) {
                        afterFirstStep.run();
                      }
                    })
                .build())
        .build();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return schema;
  }

  @Override
  public FitEstimator copy(ParamMap extra) {
    return copyValues(new FitEstimator(uid, weights, afterFirstStep), extra);
  }

  /** What came out. */
  public static final class Fitted extends Model<Fitted> {

    private static final long serialVersionUID = 1L;

    private final transient Sequential model;

    private Fitted(Sequential model) {
      this.model = model;
    }

    @Override
    public String uid() {
      return "fitted";
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      return Predictions.of(model, "x").addTo(dataset.toDF());
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }

    @Override
    public Fitted copy(ParamMap extra) {
      return this;
    }
  }

  /** The mean squared error of its predictions. */
  public static final class SquaredError extends Evaluator {

    private static final long serialVersionUID = 1L;

    @Override
    public String uid() {
      return "squaredError";
    }

    @Override
    public double evaluate(Dataset<?> dataset) {
      return dataset
          .select(functions.avg(functions.expr("pow(prediction - y, 2)")))
          .as(org.apache.spark.sql.Encoders.DOUBLE())
          .first();
    }

    @Override
    public boolean isLargerBetter() {
      return false;
    }

    @Override
    public SquaredError copy(ParamMap extra) {
      return this;
    }
  }
}
