package io.firesteel.training;

import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientChunks;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Penalties;
import io.firesteel.internal.network.Totals;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the sums of a step into {@code grads_and_vars}: divides once by what the loss's reduction
 * says, adds the regularizers once, has the optimizer apply them, and moves the layers' statistics.
 * Some variables may be updated before the others' gradients are there.
 */
final class StepUpdate implements EarlyUpdates {

  private final TrainableModel model;
  private final List<Variable> trainable;
  private final List<Integer> all;
  private final int[] indices;
  private final double[] squares;
  private final GradientChunks chunks = new GradientChunks(ChunkPool.shared());
  private final List<GradAndVar> gradsAndVars = new ArrayList<>();
  private final BitSet updated = new BitSet();
  private @Nullable StateCopy before;
  private boolean inParts;
  private float lossScale = 1;
  private double penalty;
  private boolean measured;
  private double norm = Double.NaN;

  StepUpdate(TrainableModel model) {
    this.model = model;
    List<Variable> variables = model.variables();
    this.trainable = variables.stream().filter(Variable::trainable).toList();
    this.all = IntStream.range(0, trainable.size()).boxed().toList();
    this.squares = new double[trainable.size()];
    this.indices =
        IntStream.range(0, variables.size()).filter(i -> variables.get(i).trainable()).toArray();
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

  /**
   * {@inheritDoc}
   *
   * <p>The copy takes as much memory as the variables and the optimizer's state; without ample room
   * for it, steps stay whole.
   */
  @Override
  public @Nullable VariableValues begin(Step step) {
    StateCopy copy = before;
    if (copy == null && !VariableMemory.hasRoomForCopy(model.network(), model.optimizer())) {
      return null;
    }

    if (!model.optimizer().beginParts()) {
      return null;
    }

    if (copy == null) {
      copy = new StateCopy(model.variables(), model.optimizer().variables());
      before = copy;
    }

    copy.take();
    begin(step.lossScale());
    inParts = true;
    return copy.values();
  }

  private void begin(float scale) {
    updated.clear();
    inParts = false;
    lossScale = scale;
    penalty = Penalties.sum(model.variables());
  }

  @Override
  public int variable(int gradient) {
    return indices[gradient];
  }

  @Override
  public void update(GradientSums sums, List<Integer> gradients) {
    prepare(sums, gradients);
    model.optimizer().applyPart(gradsAndVars(sums, gradients));
    gradients.forEach(updated::set);
  }

  @Override
  public void undo() {
    if (inParts && before != null) {
      before.restore();
      updated.clear();
      inParts = false;
    }
  }

  /**
   * Performs the step, or the rest of it, and returns the loss before it. The gradients are
   * overwritten.
   */
  double apply(GradientSums sums, float scale) {
    if (inParts) {
      finishParts(sums);
    } else {
      begin(scale);
      prepare(sums, all);
      model.optimizer().applyGradients(gradsAndVars(sums, all));
    }

    norm = measured ? Math.sqrt(DoubleStream.of(squares).sum()) / lossScale : Double.NaN;
    measured = false;
    model.network().moveStatistics(model.variables(), sums.statistics(), sums.totals().rows());
    return mean(sums.totals()) + penalty;
  }

  private void finishParts(GradientSums sums) {
    inParts = false;
    List<Integer> rest = all.stream().filter(v -> !updated.get(v)).toList();
    if (!rest.isEmpty()) {
      update(sums, rest);
    }

    model.optimizer().endParts();
  }

  /** Makes gradients of sums. */
  private void prepare(GradientSums sums, List<Integer> gradients) {
    divide(sums, gradients, divisor(sums.totals()));
    for (int i = 0; i < gradients.size(); i++) {
      int v = gradients.get(i);
      Penalties.addGradient(trainable.get(v), sums.gradients()[v], lossScale);
      if (measured) {
        squares[v] = squares(sums, v);
      }
    }
  }

  private void divide(GradientSums sums, List<Integer> gradients, double by) {
    chunks.divide(
        gradients == all
            ? sums.gradients()
            : gradients.stream().map(v -> sums.gradients()[v]).toArray(float[][]::new),
        by);
    for (int i = 0; i < gradients.size(); i++) {
      RowSums rows = sums.rowSums(gradients.get(i));
      if (rows != null) {
        chunks.divide(rows, by);
      }
    }
  }

  /** Pairs gradients and variables; anew only those that are in other arrays than before. */
  private List<GradAndVar> gradsAndVars(GradientSums sums, List<Integer> gradients) {
    while (gradsAndVars.size() < trainable.size()) {
      gradsAndVars.add(new GradAndVar(null, trainable.get(gradsAndVars.size())));
    }

    for (int i = 0; i < gradients.size(); i++) {
      int v = gradients.get(i);
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

    return gradients == all ? gradsAndVars : gradients.stream().map(gradsAndVars::get).toList();
  }

  private static double squares(GradientSums sums, int v) {
    RowSums rows = sums.rowSums(v);
    float[] values = rows == null ? sums.gradients()[v] : rows.values();
    int count = rows == null ? values.length : rows.size() * rows.rowSize();
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (double) values[i] * values[i];
    }

    return squares;
  }

  private double divisor(Totals totals) {
    return model.network().objectives().divisor(totals);
  }

  private double mean(Totals totals) {
    return model.network().objectives().loss(totals);
  }
}
