package io.firesteel.testing;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.internal.network.Totals;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.List;

/** A small classification task, and its training by plain SGD, down to the bits. */
public final class TinyTraining {

  public static final int FEATURES = 5;
  public static final int CLASSES = 3;

  private TinyTraining() {}

  /** Returns a network with dropout, so that seeds take part. */
  public static NetworkSpec network() {
    return network(Losses.get("sparse_categorical_crossentropy"));
  }

  /** Returns the network with a hidden layer of another width. */
  public static NetworkSpec network(int hidden) {
    return network(hidden, Losses.get("sparse_categorical_crossentropy"));
  }

  /** Returns the network with another loss. */
  public static NetworkSpec network(Loss loss) {
    return network(7, loss);
  }

  /** Returns the network with a hidden layer of another width and another loss. */
  public static NetworkSpec network(int hidden, Loss loss) {
    return Network.of(
            "tiny",
            Shape.of(FEATURES),
            List.of(
                Dense.of(hidden).activation("tanh").withName("hidden"),
                Dropout.of(0.25).withName("dropout"),
                Dense.of(CLASSES).activation("softmax").withName("output")),
            loss,
            List.of(Metrics.resolve("accuracy", CLASSES, 1)))
        .spec();
  }

  /** Returns row {@code i} of the task: features, a class, a weight. Some rows are equal. */
  public static float[] row(int i) {
    RandomStream random = RandomStream.of(7, i % 11 == 3 ? 0 : i);
    float[] row = new float[FEATURES + 2];
    for (int f = 0; f < FEATURES; f++) {
      row[f] = random.nextFloat() * 2 - 1;
    }

    row[FEATURES] = row[0] > 0.3f ? 2 : row[1] > 0 ? 1 : 0;
    row[FEATURES + 1] = 0.5f + random.nextFloat();
    return row;
  }

  /** Returns rows 0 to n-1 in memory. */
  public static LocalData local(int n) {
    float[][] features = new float[n][FEATURES];
    float[] labels = new float[n];
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      float[] row = row(i);
      System.arraycopy(row, 0, features[i], 0, FEATURES);
      labels[i] = row[FEATURES];
      weights[i] = row[FEATURES + 1];
    }

    return LocalData.of(features, labels).weights(weights);
  }

  /** Trains and returns everything that came out, as text that shows every bit. */
  public static String train(TrainingData data, BatchPlan plan, int epochs) {
    try (GradientSource source = data.open(network(), plan)) {
      return train(source, plan, epochs);
    }
  }

  /** Trains and returns everything that came out, as text that shows every bit. */
  public static String train(GradientSource source, BatchPlan plan, int epochs) {
    List<Variable> variables = Network.of(network()).createVariables(3);
    StringBuilder trace = new StringBuilder();
    long step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int batch = 0; batch < plan.batches(); batch++) {
        VariableValues snapshot = VariableValues.copyOf(variables);
        GradientSums sums = source.gradients(snapshot, new Step(step++, epoch, batch, 2.0f));
        trace.append(describe(sums));
        update(variables, sums);
      }
    }

    trace.append(describe(source.evaluate(DataSet.TRAINING, VariableValues.copyOf(variables))));
    for (Variable variable : variables) {
      trace.append(bits(variable.values()));
    }

    return trace.toString();
  }

  private static void update(List<Variable> variables, GradientSums sums) {
    for (int v = 0; v < variables.size(); v++) {
      float[] values = variables.get(v).values();
      float[] gradient = sums.gradients()[v];
      for (int i = 0; i < values.length; i++) {
        values[i] -= 0.05f * (gradient[i] / (float) sums.totals().samples());
      }
    }
  }

  /** Returns sums as text that shows every bit. */
  public static String describe(GradientSums sums) {
    StringBuilder text = new StringBuilder(describe(sums.totals()).strip());
    for (float[] array : sums.arrays()) {
      text.append(' ').append(bits(array));
    }

    return text.append('\n').toString();
  }

  /** Returns totals as text that shows every bit. */
  public static String describe(Totals totals) {
    StringBuilder text = new StringBuilder();
    text.append(totals.rows()).append(' ').append(totals.samples());
    text.append(' ').append(Double.toHexString(totals.weights()));
    text.append(' ').append(Double.toHexString(totals.loss()));
    for (double metric : totals.metrics()) {
      text.append(' ').append(Double.toHexString(metric));
    }

    return text.append('\n').toString();
  }

  private static String bits(float[] values) {
    StringBuilder text = new StringBuilder();
    for (float value : values) {
      text.append(Integer.toHexString(Float.floatToRawIntBits(value))).append(',');
    }

    return text.toString();
  }
}
