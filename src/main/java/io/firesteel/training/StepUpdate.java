package io.firesteel.training;

import io.firesteel.losses.Loss;
import io.firesteel.network.GradientSums;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.tensor.ChunkPool;
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
  private final Loss loss;
  private final List<Variable> trainable;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());
  private List<GradAndVar> gradsAndVars = List.of();
  private float[][] arrays = new float[0][];
  private boolean measured;
  private double norm = Double.NaN;

  StepUpdate(TrainableModel model) {
    this.model = model;
    this.loss = model.network().loss();
    this.trainable = model.variables().stream().filter(Variable::trainable).toList();
  }

  List<Variable> trainable() {
    return trainable;
  }

  /** Returns the loss of some rows: reduced, and with the penalties of the current weights. */
  double loss(GradientSums sums) {
    return mean(sums) + model.network().regularization(model.variables());
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
    chunks.divide(gradients, trainable.size(), divisor(sums));
    double penalty = model.network().addRegularization(model.variables(), gradients, lossScale);
    norm = measured ? norm(gradients) / lossScale : Double.NaN;
    measured = false;
    model.optimizer().applyGradients(gradsAndVars(gradients));
    model.network().moveStatistics(model.variables(), gradients, sums.rows());
    return mean(sums) + penalty;
  }

  /** Pairs gradients and variables; anew only if the gradients are in other arrays than before. */
  private List<GradAndVar> gradsAndVars(float[][] gradients) {
    for (int v = 0; v < trainable.size(); v++) {
      if (gradsAndVars.size() <= v || arrays[v] != gradients[v]) {
        arrays = gradients.clone();
        gradsAndVars = pair(gradients);
      }
    }

    return gradsAndVars;
  }

  private List<GradAndVar> pair(float[][] gradients) {
    List<GradAndVar> pairs = new ArrayList<>(trainable.size());
    for (int v = 0; v < trainable.size(); v++) {
      Variable variable = trainable.get(v);
      pairs.add(new GradAndVar(Tensor.wrap(variable.shape(), gradients[v]), variable));
    }

    return pairs;
  }

  private double norm(float[][] gradients) {
    double squares = 0;
    for (int v = 0; v < trainable.size(); v++) {
      for (float gradient : gradients[v]) {
        squares += (double) gradient * gradient;
      }
    }

    return Math.sqrt(squares);
  }

  private double divisor(GradientSums sums) {
    return loss.reduction().divisor(sums.samples(), sums.weights());
  }

  private double mean(GradientSums sums) {
    return loss.reduction().reduce(sums.loss(), sums.samples(), sums.weights());
  }
}
