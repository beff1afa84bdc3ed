package io.firesteel.training;

import io.firesteel.network.GradientSums;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the sums of a step into {@code grads_and_vars}: divides once by what the loss's reduction
 * says, adds the regularizers once, and has the optimizer apply them.
 */
final class StepUpdate {

  private final TrainableModel model;
  private final List<Variable> trainable;

  StepUpdate(TrainableModel model) {
    this.model = model;
    this.trainable = model.variables().stream().filter(Variable::trainable).toList();
  }

  List<Variable> trainable() {
    return trainable;
  }

  /** Returns the loss of some rows: reduced, and with the penalties of the current weights. */
  double loss(GradientSums sums) {
    double divisor = divisor(sums);
    double loss = divisor == 0 ? 0 : sums.loss() / divisor;
    for (Variable variable : model.variables()) {
      Regularizer regularizer = variable.regularizer();
      if (regularizer != null) {
        loss += regularizer.call(variable.shape(), variable.values());
      }
    }

    return loss;
  }

  /** Performs the step and returns the loss before it. The gradients are overwritten. */
  double apply(GradientSums sums, float lossScale) {
    double loss = loss(sums);
    double divisor = divisor(sums);
    List<GradAndVar> gradsAndVars = new ArrayList<>(trainable.size());
    for (int v = 0; v < trainable.size(); v++) {
      Variable variable = trainable.get(v);
      float[] gradient = sums.gradients()[v];
      divide(gradient, divisor);
      addPenalty(variable, gradient, lossScale);
      gradsAndVars.add(new GradAndVar(Tensor.wrap(variable.shape(), gradient), variable));
    }

    model.optimizer().applyGradients(gradsAndVars);
    return loss;
  }

  private double divisor(GradientSums sums) {
    return model.loss().reduction().divisor(sums.samples(), sums.weights());
  }

  private static void divide(float[] gradient, double divisor) {
    if (divisor == 0) {
      Arrays.fill(gradient, 0);
      return;
    }

    float count = (float) divisor;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= count;
    }
  }

  private static void addPenalty(Variable variable, float[] gradient, float lossScale) {
    Regularizer regularizer = variable.regularizer();
    if (regularizer == null) {
      return;
    }

    if (lossScale == 1) {
      regularizer.addGradient(variable.shape(), variable.values(), gradient);
      return;
    }

    float[] penalty = new float[gradient.length];
    regularizer.addGradient(variable.shape(), variable.values(), penalty);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] += lossScale * penalty[i];
    }
  }
}
