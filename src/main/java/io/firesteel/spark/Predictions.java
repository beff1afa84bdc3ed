package io.firesteel.spark;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkOutput;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.models.Model;
import io.firesteel.saving.Argument;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.rows.ColumnLookup;
import io.firesteel.spark.internal.rows.NetworkColumns;
import io.firesteel.spark.internal.rows.OutputForm;
import io.firesteel.spark.internal.rows.PredictedColumns;
import io.firesteel.spark.internal.rows.RowColumns;
import io.firesteel.spark.internal.rows.RowReader;
import io.firesteel.spark.internal.rows.RowReader.RowProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag$;

/**
 * Computes a model's predictions where the rows are. The values of the model are those of the
 * moment when {@link #addTo} is called.
 *
 * <pre>{@code
 * Dataset<Row> predicted = Predictions.of(model, "pixels").addTo(df);
 * Dataset<Row> both = Predictions.of(other).predictionCol("other").probabilityCol("").addTo(predicted);
 * }</pre>
 *
 * <p>The columns are those of Spark ML's models. A classifier (by its loss, or the activation
 * {@code softmax} or {@code sigmoid} of its last layer) adds {@code rawPrediction} and {@code
 * probability}, vectors with a value for each class, and {@code prediction}, the class as a double,
 * whose metadata has the names of the classes if the model knows them. A model of one value adds
 * {@code prediction}, a double, one of several values {@code prediction}, an array of floats.
 * {@code rawPrediction} is the model's output itself; for two classes by one value v it is (1 - v,
 * v), or (-v, v) if that is a logit. A model of several outputs adds a column for each, {@code
 * prediction_<output>}: a double for one value, an array of floats for several.
 *
 * <p>Objects are immutable; the methods that set something return another one.
 */
public final class Predictions {

  /** What is done with rows that hold null or what is not finite in float32. */
  private enum Invalid {
    ERROR,
    SKIP,
    KEEP
  }

  private static final List<String> DEFAULTS =
      List.of("", "rawPrediction", "probability", "prediction");

  private static final int MOST_ROWS_TRIED = 100;
  private static final int OUTPUT = 0;
  private static final int RAW_PREDICTION = 1;
  private static final int PROBABILITY = 2;
  private static final int PREDICTION = 3;

  private final Model model;
  private final RowColumns columns;
  private final List<@Nullable String> names;
  private final Invalid invalid;

  private Predictions(
      Model model, RowColumns columns, List<@Nullable String> names, Invalid invalid) {
    this.model = model;
    this.columns = columns;
    this.names = names;
    this.invalid = invalid;
  }

  /**
   * Returns the predictions of a model.
   *
   * @param features one column of vectors or arrays, or any number of columns of numbers; none for
   *     those that the model was trained on
   * @throws IllegalArgumentException if no columns are named and the model knows none
   */
  public static Predictions of(Model model, String... features) {
    List<@Nullable String> names = Arrays.asList(null, null, null, null);
    if (features.length == 0 && !model.columns().inputs().isEmpty()) {
      return new Predictions(
          model, RowColumns.NONE.withInputs(model.columns().inputs()), names, Invalid.ERROR);
    }

    List<String> given = features.length > 0 ? List.of(features) : model.columns().features();
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "The model %s knows no columns, for it was not trained on any: name the columns of features"
              .formatted(model.name()));
    }

    return new Predictions(model, RowColumns.NONE.withFeatures(given), names, Invalid.ERROR);
  }

  /**
   * Returns the predictions of a model of several inputs.
   *
   * @param inputs the columns of each input by the input's name: one column of a number, of vectors
   *     or of arrays, or several of a number each
   */
  public static Predictions of(Model model, Map<String, List<String>> inputs) {
    return new Predictions(
        model,
        RowColumns.NONE.withInputs(new LinkedHashMap<>(inputs)),
        Arrays.asList(null, null, null, null),
        Invalid.ERROR);
  }

  /** Sets the name of the class, or the value or values; an empty one leaves it out. */
  public Predictions predictionCol(String name) {
    return with(PREDICTION, name);
  }

  /** Sets the name of the probabilities; an empty one leaves them out. */
  public Predictions probabilityCol(String name) {
    return with(PROBABILITY, name);
  }

  /** Sets the name of a classifier's output as a vector; an empty one leaves it out. */
  public Predictions rawPredictionCol(String name) {
    return with(RAW_PREDICTION, name);
  }

  /**
   * Sets the name of the model's output as an array of floats, as Keras's {@code predict} returns
   * it, flattened; it is left out unless named.
   */
  public Predictions outputCol(String name) {
    return with(OUTPUT, name);
  }

  /**
   * Sets what is done with a row that holds null or what is not finite in float32.
   *
   * @param value {@code error} (the default), {@code skip} to leave it out, or {@code keep} for
   *     null as its prediction
   * @throws IllegalArgumentException if it is another word
   */
  public Predictions handleInvalid(String value) {
    String word =
        Argument.oneOf("Predictions", "handle_invalid", value, List.of("error", "skip", "keep"));
    return new Predictions(model, columns, names, Invalid.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private Predictions with(int place, String name) {
    List<@Nullable String> changed = new ArrayList<>(names);
    changed.set(place, name);
    return new Predictions(model, columns, changed, invalid);
  }

  /**
   * Returns a data set with the columns of the prediction behind its own.
   *
   * @throws IllegalArgumentException if a column is missing or of a wrong type, the model takes
   *     another number of features, there is a column of a prediction's name already, or
   *     probabilities are asked of a model that has none
   */
  public Dataset<Row> addTo(Dataset<Row> dataset) {
    if (model.hasOpenInputs() && !dataset.isStreaming()) {
      bindToFirstRow(dataset);
    }

    List<NetworkOutput> outputs = Network.of(model.spec()).outputs();
    return outputs.size() == 1 ? addOne(dataset) : addEach(dataset, outputs);
  }

  /** Inputs that leave a length open take that of the first row; all others must have it. */
  private void bindToFirstRow(Dataset<Row> dataset) {
    ColumnLookup lookup = ColumnLookup.of(dataset);
    RowColumns read = NetworkColumns.of(columns, Network.of(model.spec()));
    for (Row row : dataset.select(read.select(lookup)).takeAsList(MOST_ROWS_TRIED)) {
      RowReader reader = read.reader(lookup);
      try {
        reader.read(row);
        model.buildForRows(reader.width(), NetworkColumns.widths(read, reader.widths()));
        return;
      } catch (RowProblem e) {
        // The task that predicts says it, or leaves the row out.
      }
    }
  }

  /** Adds a column for each of several outputs, cut from one of all their values. */
  private Dataset<Row> addEach(Dataset<Row> dataset, List<NetworkOutput> outputs) {
    String whole = Objects.requireNonNullElse(names.get(OUTPUT), "");
    String prediction = Objects.requireNonNullElse(names.get(PREDICTION), "prediction");
    String all = whole.isEmpty() ? "_outputs" : whole;
    List<@Nullable String> ofAll = new ArrayList<>(names);
    ofAll.set(OUTPUT, all);
    ofAll.set(PREDICTION, "");
    Dataset<Row> rows = new Predictions(model, columns, ofAll, invalid).addOne(dataset);
    int first = 0;
    for (NetworkOutput output : outputs) {
      int size = output.shape().size();
      String name = prediction + "_" + output.name();
      if (!prediction.isEmpty() && ColumnLookup.of(dataset).has(name)) {
        throw taken(name, dataset.schema());
      }

      Column values = RowColumns.column(all);
      rows =
          prediction.isEmpty()
              ? rows
              : rows.withColumn(
                  name,
                  size == 1
                      ? values.getItem(first).cast(DataTypes.DoubleType)
                      : functions.slice(values, first + 1, size));
      first += size;
    }

    return whole.isEmpty() ? rows.drop(all) : rows;
  }

  private Dataset<Row> addOne(Dataset<Row> dataset) {
    StructType schema = dataset.schema();
    ColumnLookup lookup = ColumnLookup.of(dataset);
    OutputForm form = OutputForm.of(model);
    PredictedColumns added = added(form);
    requireNew(lookup, added);
    NetworkSpec spec = model.spec();
    if (!Network.of(spec).isSparse()) {
      requireWidth(spec);
    }

    RowColumns ordered =
        columns.inputs().isEmpty()
            ? columns.withFeatures(model.columns().inOrder(columns.features(), lookup::same))
            : columns;
    RowColumns read = NetworkColumns.of(ordered, Network.of(spec));
    RowReader reader = read.reader(lookup);

    Broadcast<float[][]> variables =
        dataset
            .sparkSession()
            .sparkContext()
            .broadcast(model.snapshot().values(), ClassTag$.MODULE$.apply(float[][].class));
    PredictTask task =
        new PredictTask(
            model.name(),
            new ExecutorNetworkSpec(spec),
            reader,
            variables,
            form,
            added,
            invalid == Invalid.SKIP,
            invalid == Invalid.KEEP);
    StructType result = added.addTo(schema, form, invalid == Invalid.KEEP);
    return withMetadata(
        dataset
            .select(featuresThenAll(schema, read.select(lookup)))
            .mapPartitions(task, Encoders.row(result)),
        result);
  }

  /** An encoder of rows loses what metadata there is. */
  private static Dataset<Row> withMetadata(Dataset<Row> rows, StructType schema) {
    Column[] columns =
        Arrays.stream(schema.fields())
            .map(field -> RowColumns.column(field.name()).as(field.name(), field.metadata()))
            .toArray(Column[]::new);
    return rows.select(columns);
  }

  private PredictedColumns added(OutputForm form) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < DEFAULTS.size(); i++) {
      String name = names.get(i);
      boolean ofClasses = i == RAW_PREDICTION || i == PROBABILITY;
      if (ofClasses && !form.isClasses() && name != null && !name.isEmpty()) {
        throw new IllegalArgumentException(
            "The model %s is no classifier and gives no %s. Received: the name '%s'"
                .formatted(model.name(), DEFAULTS.get(i), name));
      }

      String absent = ofClasses && !form.isClasses() ? "" : DEFAULTS.get(i);
      all.add(name == null ? absent : name);
    }

    return new PredictedColumns(
        all.get(OUTPUT),
        all.get(RAW_PREDICTION),
        all.get(PROBABILITY),
        all.get(PREDICTION),
        model.columns().classNames());
  }

  private static void requireNew(ColumnLookup lookup, PredictedColumns added) {
    List<String> fresh = added.names();
    for (String name : fresh) {
      if (lookup.has(name)) {
        throw taken(name, lookup.schema());
      }
    }

    if (fresh.isEmpty() || fresh.stream().distinct().count() < fresh.size()) {
      throw new IllegalArgumentException(
          "The columns of a prediction need names, each its own. Received: " + fresh);
    }
  }

  private static IllegalArgumentException taken(String name, StructType schema) {
    return new IllegalArgumentException(
        "The data set must not have a column '%s' already. Columns: %s"
            .formatted(name, String.join(", ", schema.fieldNames())));
  }

  private void requireWidth(NetworkSpec spec) {
    int size = Network.of(spec).inputShape().size();
    int given = columns.features().size();
    if (columns.inputs().isEmpty() && given > 1 && given != size) {
      throw new IllegalArgumentException(
          "The model %s takes %d features a row. Received %d columns"
              .formatted(model.name(), size, given));
    }
  }

  private static Column[] featuresThenAll(StructType schema, Column[] features) {
    List<Column> all = new ArrayList<>();
    for (Column column : features) {
      all.add(column.as("_feature_" + all.size()));
    }

    for (String name : schema.fieldNames()) {
      all.add(RowColumns.column(name));
    }

    return all.toArray(new Column[0]);
  }
}
