package io.firesteel.internal.network;

import io.firesteel.regularizers.Regularizer;
import io.firesteel.variables.Variable;
import java.util.List;

/** The penalties of regularizers on trainable variables. */
public final class Penalties {

  private Penalties() {}

  /** Returns their sum, as an evaluation reports it. */
  public static double sum(List<Variable> variables) {
    double penalty = 0.0;
    for (Variable variable : variables) {
      Regularizer regularizer = variable.regularizer();
      if (variable.trainable() && regularizer != null) {
        penalty += regularizer.call(variable.shape(), variable.values());
      }
    }

    return penalty;
  }

  /**
   * Adds the gradient of a variable's penalty, if it has one, to the gradient of the loss. To be
   * called once a step, on the driver, after the sums over samples were divided.
   *
   * @param variable a trainable one
   * @param lossScale what the penalty's gradient is multiplied by
   */
  public static void addGradient(Variable variable, float[] gradient, float lossScale) {
    Regularizer regularizer = variable.regularizer();
    if (regularizer != null) {
      addScaled(regularizer, variable, gradient, lossScale);
    }
  }

  private static void addScaled(
      Regularizer regularizer, Variable variable, float[] gradient, float lossScale) {
    if (lossScale == 1.0f) {
      regularizer.addGradient(variable.shape(), variable.values(), gradient);
      return;
    }

    float[] own = new float[gradient.length];
    regularizer.addGradient(variable.shape(), variable.values(), own);
    for (int i = 0; i < own.length; i++) {
      gradient[i] += lossScale * own[i];
    }
  }
}
