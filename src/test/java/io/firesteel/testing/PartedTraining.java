package io.firesteel.testing;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.tensor.RowSums;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Training of large models by plain SGD, whose variables are updated early where the source does
 * so; what comes out of each step is one short line.
 */
public final class PartedTraining implements EarlyUpdates {

  private static final AtomicLong EARLY = new AtomicLong();

  private final VariableValues variables;
  private final float[][] before;
  private final String[] digests;

  private PartedTraining(VariableValues variables) {
    this.variables = variables;
    this.before = Stream.of(variables.values()).map(float[]::clone).toArray(float[][]::new);
    this.digests = new String[before.length];
  }

  /** Returns how many variables were updated before all sums were there. */
  public static long early() {
    return EARLY.get();
  }

  /** Returns the first variables of a network. */
  public static VariableValues variables(NetworkSpec network) {
    return VariableValues.copyOf(Network.of(network).createVariables(3));
  }

  /** Trains, in arrays that stay, and returns a line for each step. */
  public static List<String> train(
      GradientSource source, NetworkSpec network, BatchPlan plan, int steps) {
    return train(source, network, plan, steps, false);
  }

  /** Trains as {@link #train} does, and validates after each step. */
  public static List<String> trainAndValidate(
      GradientSource source, NetworkSpec network, BatchPlan plan, int steps) {
    return train(source, network, plan, steps, true);
  }

  private static List<String> train(
      GradientSource source, NetworkSpec network, BatchPlan plan, int steps, boolean validates) {
    VariableValues variables = variables(network);
    PartedTraining training = new PartedTraining(variables);
    List<String> lines = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      int epoch = step / plan.batches();
      Step next = new Step(step, epoch, step % plan.batches(), 2.0f);
      Arrays.fill(training.digests, null);
      GradientSums sums = source.gradients(variables, next, training);
      for (int v = 0; v < sums.gradients().length; v++) {
        training.update(sums, v);
      }

      lines.add(
          TinyTraining.describe(sums.totals()).strip() + " " + String.join(" ", training.digests));
      if (validates) {
        lines.add(TinyTraining.describe(source.evaluate(DataSet.VALIDATION, variables)));
      }
    }

    lines.add(TinyTraining.describe(source.evaluate(DataSet.TRAINING, variables)));
    return lines;
  }

  @Override
  public VariableValues begin(Step step) {
    copy(variables.values(), before);
    return VariableValues.wrap(before);
  }

  private static void copy(float[][] from, float[][] to) {
    for (int v = 0; v < from.length; v++) {
      System.arraycopy(from[v], 0, to[v], 0, from[v].length);
    }
  }

  @Override
  public int variable(int gradient) {
    return gradient;
  }

  @Override
  public void update(GradientSums sums, List<Integer> gradients) {
    gradients.forEach(gradient -> update(sums, gradient));
    EARLY.addAndGet(gradients.size());
  }

  @Override
  public void undo() {
    copy(before, variables.values());
  }

  /** Updates a variable that was not updated early. */
  private void update(GradientSums sums, int v) {
    if (digests[v] != null) {
      return;
    }

    digests[v] = digest(sums, v);
    float[] values = variables.values()[v];
    float[] gradient = sums.gradients()[v];
    for (int i = 0; i < gradient.length; i++) {
      values[i] -= 0.05f * (gradient[i] / (float) sums.totals().samples());
    }

    RowSums rows = sums.rowSums(v);
    for (int row = 0; rows != null && row < rows.size(); row++) {
      for (int i = 0; i < rows.rowSize(); i++) {
        values[rows.rows()[row] * rows.rowSize() + i] -=
            0.05f * rows.values()[row * rows.rowSize() + i];
      }
    }
  }

  private static String digest(GradientSums sums, int v) {
    RowSums rows = sums.rowSums(v);
    return Arrays.hashCode(sums.gradients()[v]) + (rows == null ? "" : " " + digest(rows));
  }

  private static String digest(RowSums rows) {
    return Arrays.hashCode(Arrays.copyOf(rows.rows(), rows.size()))
        + " "
        + Arrays.hashCode(Arrays.copyOf(rows.values(), rows.size() * rows.rowSize()));
  }

  /** Returns the totals of sums, and hashes of the bits of their arrays and rows. */
  public static String digest(GradientSums sums) {
    StringBuilder text = new StringBuilder(TinyTraining.describe(sums.totals()).strip());
    for (float[] array : sums.arrays()) {
      text.append(' ').append(Arrays.hashCode(array));
    }

    for (int v = 0; v < sums.gradients().length; v++) {
      RowSums rows = sums.rowSums(v);
      if (rows != null) {
        text.append(' ').append(digest(rows));
      }
    }

    return text.toString();
  }
}
