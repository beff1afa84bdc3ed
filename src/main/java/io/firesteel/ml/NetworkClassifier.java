package io.firesteel.ml;

import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * An Estimator of classifiers that are trained with Keras's optimizers. Labels are class numbers
 * from 0, or one-hot vectors or arrays.
 *
 * @param <E> the Estimator
 */
public abstract class NetworkClassifier<E extends NetworkClassifier<E>>
    extends ProbabilisticClassifier<Vector, E, KerasClassificationModel>
    implements KerasFitParams<E>, DefaultParamsWritable, ConnectModel.ConnectEstimator {

  private @Nullable String uid; // Has no initializer: Spark's constructor asks for it first.
  private final ColumnParams columnParams;
  private final FitParams fitParams;
  private final Param<String> classWeight;

  NetworkClassifier(Uids.Announced uid) {
    columnParams = new ColumnParams(this);
    fitParams = new FitParams(this);
    classWeight =
        new Definitions(this)
            .text("classWeight", "weights of the classes: a JSON object, {\"0\": 1.5} say");
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

  /** Returns the param of the weights of rows by their class, a JSON object. */
  public Param<String> classWeight() {
    return classWeight;
  }

  /** Returns the weights of rows by their class, a JSON object. */
  public String getClassWeight() {
    return getOrDefault(classWeight);
  }

  /** Sets the weights of rows by their class: a JSON object such as {@code {"0": 1, "1": 2.5}}. */
  public E setClassWeight(String json) {
    return Stages.with(this, classWeight, json);
  }

  /** Sets the weights of rows by their class; others have the weight 1. */
  public E setClassWeight(Map<Integer, Double> weights) {
    Map<String, Double> named = new LinkedHashMap<>();
    weights.forEach((label, weight) -> named.put(label.toString(), weight));
    return setClassWeight(Config.of(named).toJson());
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
    Model model = checked(schema);
    int classes =
        model == null || !model.isBuilt()
            ? ClassLabels.of(schema, getLabelCol()).known()
            : ClassOutput.of(model).classes();
    return OutputColumns.ofClasses(this, schema, classes);
  }

  /** Checks params and columns. Returns the new model if it is known, compiled if it is built. */
  private @Nullable Model checked(StructType schema) {
    Model model = newModel(schema);
    new Fitting<>(this, Features.of(this)).check(schema, model);
    classWeights();
    if (model != null && model.isBuilt()) {
      Compilation.compile(this, model, lossOf(model));
      int classes = ClassOutput.of(model).classes();
      ClassLabels.of(schema, getLabelCol()).requireKnown(classes);
      ClassOutput.requireThresholds(this, classes);
    }

    return model;
  }

  @Override
  public KerasClassificationModel fit(Dataset<?> dataset) {
    KerasClassificationModel model = train(dataset);
    model.setParent(this);
    return copyValues(model, ParamMap.empty());
  }

  @Override
  public KerasClassificationModel train(Dataset<?> dataset) {
    Dataset<Row> given = dataset.toDF();
    Model known = checked(given.schema());
    Features features = Features.of(this);
    Fitting<NetworkClassifier<E>> fitting = new Fitting<>(this, features);
    Dataset<Row> rows = fitting.valid(given);
    Model model = known == null ? newModel(rows) : known;
    if (known == null || !known.isBuilt()) {
      fitting.prepare(model, rows, this::lossOf);
    }

    ClassLabels labels = ClassLabels.of(rows, getLabelCol());
    int classes = ClassOutput.of(model).classes();
    ClassOutput.requireThresholds(this, classes);
    Object loss = Networks.network(model).loss();
    if (!(loss instanceof SparseCategoricalCrossentropy)) {
      labels.require(rows, classes); // Other losses take labels that are no classes.
    }

    int labelWidth = Networks.network(model).labelWidth();
    try {
      fitting.fit(model, labels.prepared(rows, labelWidth), classWeights());
    } catch (IllegalArgumentException e) {
      labels.require(rows, classes); // Tells column and row, where labels are what is wrong.
      throw e;
    }

    return new KerasClassificationModel(uid(), model, Summaries.of(model));
  }

  private Map<Integer, Double> classWeights() {
    String json = Stages.textOrNull(this, classWeight);
    Map<Integer, Double> weights = new TreeMap<>();
    if (json == null) {
      return weights;
    }

    Config config = Identifiers.config("classWeight", json);
    ConfigReader reader = config.reader("classWeight");
    for (String label : config.keys()) {
      if (!label.matches("\\d{1,9}")) {
        throw new IllegalArgumentException(
            "classWeight: the names must be class numbers. Received: '%s'".formatted(label));
      }

      weights.put(Integer.valueOf(label), reader.number(label));
    }

    return weights;
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
