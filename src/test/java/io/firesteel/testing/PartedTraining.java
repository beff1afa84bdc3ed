package io.firesteel.testing;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
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

/** Training of large models by plain SGD; what comes out of each step is one short line. */
public final class PartedTraining {

  private PartedTraining() {}

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
    List<String> lines = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      int epoch = step / plan.batches();
      GradientSums sums =
          source.gradients(variables, new Step(step, epoch, step % plan.batches(), 2.0f));
      lines.add(digest(sums));
      update(variables, sums);
      if (validates) {
        lines.add(TinyTraining.describe(source.evaluate(DataSet.VALIDATION, variables)));
      }
    }

    lines.add(TinyTraining.describe(source.evaluate(DataSet.TRAINING, variables)));
    return lines;
  }

  private static void update(VariableValues variables, GradientSums sums) {
    for (int v = 0; v < sums.gradients().length; v++) {
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
        text.append(' ').append(Arrays.hashCode(Arrays.copyOf(rows.rows(), rows.size())));
        text.append(' ')
            .append(Arrays.hashCode(Arrays.copyOf(rows.values(), rows.size() * rows.rowSize())));
      }
    }

    return text.toString();
  }
}
