package io.firesteel.optimizers;

import io.firesteel.saving.KerasSerializable;
import io.firesteel.variables.Variable;
import java.util.List;

/**
 * Changes variables along their gradients. {@link BaseOptimizer} is what optimizers extend;
 * wrappers around optimizers implement this directly.
 *
 * <p>The order of use is {@code build} once, then {@code applyGradients} per step, then {@code
 * finalizeVariableValues} once. An optimizer belongs to one thread, and is deliberately not {@link
 * java.io.Serializable}: it stays on the driver.
 */
public interface Optimizer extends KerasSerializable {

  /** Returns the name, e.g. {@code adam}. */
  String name();

  /** Creates the state for these variables, whose order it keeps. A second call changes nothing. */
  void build(List<Variable> variables);

  /** Tells whether {@link #build} was called. */
  boolean isBuilt();

  /**
   * Performs one step. Builds the optimizer on the variables of the list if it is not built. An
   * empty list changes nothing.
   *
   * @throws IllegalArgumentException if no pair has a gradient, a variable is not one that the
   *     optimizer was built with, or shapes differ
   * @throws ArithmeticException if a gradient is not finite and {@link NonFiniteGradients#FAIL} is
   *     set
   */
  void applyGradients(List<GradAndVar> gradsAndVars);

  /**
   * Begins a step that is performed variable by variable, as gradients come: {@link #applyPart} for
   * some of them, in any order, and {@link #endParts}. The result has the bits of {@link
   * #applyGradients} with all of them. A step that was begun and not ended is given up by beginning
   * another; what it changed stays. An addition to Keras.
   *
   * @return whether that is possible; if not, nothing has changed. It is where the update of a
   *     variable needs no other's gradient: not with {@code global_clipnorm}, with moving averages,
   *     with {@link NonFiniteGradients}, where losses are scaled dynamically, and where a rule
   *     needs more than the elements of one variable
   */
  default boolean beginParts() {
    return false;
  }

  /**
   * Updates some variables in a step that was begun by {@link #beginParts}.
   *
   * @param gradsAndVars pairs with gradients, of variables that are in no other part
   * @throws IllegalStateException if no step was begun
   */
  default void applyPart(List<GradAndVar> gradsAndVars) {
    throw new UnsupportedOperationException(name() + " performs whole steps only");
  }

  /**
   * Ends a step that was begun by {@link #beginParts}: counts it.
   *
   * @throws IllegalStateException if no step was begun
   */
  default void endParts() {
    throw new UnsupportedOperationException(name() + " performs whole steps only");
  }

  /**
   * Returns the state in Keras's saved order: {@code iteration}, {@code learning_rate} if it is a
   * number, averages, accumulators, slots.
   */
  List<Variable> variables();

  /**
   * Restores a saved state by position. Nothing is changed if it is refused.
   *
   * <p>Stricter than Keras, which warns and loads nothing where the counts differ.
   *
   * @param saved the variables of an optimizer of the same kind, built for variables of the same
   *     shapes
   * @throws IllegalArgumentException if the number, a shape or a kind (integer or float) differs
   * @throws IllegalStateException if the optimizer is not built
   */
  void loadVariables(List<Variable> saved);

  /**
   * Builds the optimizer for these variables, and restores a saved state as {@link #loadVariables}
   * does. A state that was saved before its optimizer was built, that of a model compiled and never
   * trained, is that of a new optimizer, as in Keras.
   *
   * @throws IllegalArgumentException if it is the state of another optimizer
   */
  default void restore(List<Variable> variables, List<Variable> saved) {
    int unbuilt = isBuilt() ? -1 : variables().size();
    build(variables);
    boolean isUnbuilt =
        saved.size() == unbuilt
            && saved.size() != variables().size()
            && saved.stream().noneMatch(v -> v.isInteger() && v.integer() != 0);
    if (!isUnbuilt) {
      loadVariables(saved);
    }
  }

  /** Returns the number of completed updates (not counting steps that only accumulated). */
  long iterations();

  /**
   * Tells whether there is one learning rate; there is none where several optimizers have their
   * own.
   */
  default boolean hasLearningRate() {
    return true;
  }

  /**
   * Returns the current learning rate.
   *
   * @throws IllegalStateException if there is none
   */
  float learningRate();

  /**
   * Sets the learning rate.
   *
   * @throws IllegalStateException if a schedule or a function determines it
   */
  void setLearningRate(double learningRate);

  /**
   * Returns the factor by which losses are to be multiplied before gradients are taken, 1 if none.
   */
  float lossScale();

  /**
   * Tells whether there are values to evaluate a model with other than those it is trained with:
   * averages where {@code use_ema} is set, and those of {@link ScheduleFreeAdamW}.
   */
  default boolean hasEvaluationValues() {
    return false;
  }

  /**
   * Returns the values of a variable that its model should be evaluated with, see {@link
   * #hasEvaluationValues}: its own where there are no others, and before the first update. Not to
   * be written to. An addition to Keras.
   *
   * @throws IllegalArgumentException if the optimizer was not built with the variable
   * @throws IllegalStateException if the optimizer is not built
   */
  default float[] evaluationValues(Variable variable) {
    return variable.values();
  }

  /** Ends training: writes the averages into the variables where {@code use_ema} is set. */
  void finalizeVariableValues(List<Variable> variables);
}
