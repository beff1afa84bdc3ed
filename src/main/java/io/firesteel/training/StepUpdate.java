package io.firesteel.training;

import io.firesteel.internal.gradients.GradientChunks;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Penalties;
import io.firesteel.internal.network.Totals;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the sums of a step into {@code grads_and_vars}: divides once by what the loss's reduction
 * says, adds the regularizers once, has the optimizer apply them, and moves the layers' statistics.
 */
final class StepUpdate {

  private final TrainableModel model;
  private final List<Variable> trainable;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());
  private final List<GradAndVar> gradsAndVars = new ArrayList<>();
  private boolean measured;
  private double norm = Double.NaN;

  StepUpdate(TrainableModel model) {
    this.model = model;
    this.trainable = model.variables().stream().filter(Variable::trainable).toList();
  }

  List<Variable> trainable() {
    return trainable;
  }

  /** Returns the loss of some rows: reduced, and with the penalties of the current weights. */
  double loss(Totals totals) {
    return mean(totals) + Penalties.sum(model.variables());
  }

  /** Has the next step measure the norm of its gradients. */
  void measureNext() {
    measured = true;
  }

  /** Returns the norm of all gradients of the last step before clipping, NaN if unmeasured. */
  double norm() {
    return norm;
  }

  /** Performs the step and returns the loss before it. The gradients are overwritten. */
  double apply(GradientSums sums, float lossScale) {
    float[][] gradients = sums.gradients();
    divide(sums, divisor(sums.totals()));
    double penalty = Penalties.sum(model.variables());
    Penalties.addGradients(model.variables(), gradients, lossScale);
    norm = measured ? norm(sums) / lossScale : Double.NaN;
    measured = false;
    model.optimizer().applyGradients(gradsAndVars(sums));
    model.network().moveStatistics(model.variables(), sums.statistics(), sums.totals().rows());
    return mean(sums.totals()) + penalty;
  }

  private void divide(GradientSums sums, double by) {
    chunks.divide(sums.gradients(), by);
    for (int v = 0; v < trainable.size(); v++) {
      RowSums rows = sums.rowSums(v);
      if (rows != null) {
        chunks.divide(rows, by);
      }
    }
  }

  /** Pairs gradients and variables; anew only those that are in other arrays than before. */
  private List<GradAndVar> gradsAndVars(GradientSums sums) {
    while (gradsAndVars.size() < trainable.size()) {
      gradsAndVars.add(new GradAndVar(null, trainable.get(gradsAndVars.size())));
    }

    for (int v = 0; v < trainable.size(); v++) {
      Variable variable = trainable.get(v);
      RowSums rows = sums.rowSums(v);
      float[] values = sums.gradients()[v];
      Gradient known = gradsAndVars.get(v).gradient();
      if (rows != null) {
        gradsAndVars.set(v, new GradAndVar(rows.toRowSparse(variable.shape()), variable));
      } else if (known == null || known.values() != values) {
        gradsAndVars.set(v, new GradAndVar(Tensor.wrap(variable.shape(), values), variable));
      }
    }

    return gradsAndVars;
  }

  private double norm(GradientSums sums) {
    double squares = 0;
    for (int v = 0; v < trainable.size(); v++) {
      RowSums rows = sums.rowSums(v);
      float[] values = rows == null ? sums.gradients()[v] : rows.values();
      int count = rows == null ? values.length : rows.size() * rows.rowSize();
      for (int i = 0; i < count; i++) {
        squares += (double) values[i] * values[i];
      }
    }

    return Math.sqrt(squares);
  }

  private double divisor(Totals totals) {
    return model.network().objectives().divisor(totals);
  }

  private double mean(Totals totals) {
    return model.network().objectives().loss(totals);
  }
}
