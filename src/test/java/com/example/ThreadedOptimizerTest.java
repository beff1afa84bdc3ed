package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.BaseOptimizer;
import io.firesteel.optimizers.CustomOptimizerBuilder;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Lamb;
import io.firesteel.optimizers.OptimizerArguments;
import io.firesteel.optimizers.OptimizerVariables;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SquareSums;
import io.firesteel.optimizers.StepPlan;
import io.firesteel.saving.Argument;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A Lamb of one's own, which shares its elements among threads between the sums for its norms. */
class ThreadedOptimizerTest {

  /** Steps of Adam, scaled to the norm of each variable. */
  public static final class MyLamb extends BaseOptimizer {
    private final double beta1;
    private final double beta2;
    private final float epsilon;
    private final SquareSums weights = SquareSums.ofVariables();
    private final SquareSums updates = SquareSums.ofGradients();
    private final StepPlan.Part makeUpdates = this::makeUpdates;
    private final StepPlan.Part move = this::move;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private OptimizerVariables momentums;
    private OptimizerVariables velocities;
    private float unbias1;
    private float unbias2;
    private float[] rates;

    private MyLamb(OptimizerArguments arguments) {
      super(arguments);
      beta1 = arguments.number("beta_1", 0.9, Argument::belowOne);
      beta2 = arguments.number("beta_2", 0.999, Argument::belowOne);
      epsilon = (float) arguments.number("epsilon", 1e-7, Argument::nonNegative);
    }

    static CustomOptimizerBuilder<MyLamb> builder() {
      return Optimizers.builder(MyLamb.class, MyLamb::new);
    }

    @Override
    protected void buildVariables(List<Variable> variables) {
      List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "velocity");
      momentums = slots.get(0);
      velocities = slots.get(1);
      rates = new float[variables.size()];
    }

    @Override
    protected void updateVariables(StepPlan step, float learningRate) {
      float t = iterations() + 1;
      unbias1 = 1 / (1 - (float) StrictMath.pow((float) beta1, t));
      unbias2 = 1 / (1 - (float) StrictMath.pow((float) beta2, t));
      step.touchAll();
      step.then(makeUpdates);
      weights.join(step);
      updates.take(step);
      for (int i = 0; i < step.size(); i++) {
        float norm = (float) Math.sqrt(weights.sum(i));
        float updateNorm = (float) Math.sqrt(updates.sum(i));
        rates[i] = (norm > 0 && updateNorm > 0 ? norm / updateNorm : 1) * learningRate;
      }

      step.then(move).run();
    }

    private void makeUpdates(StepPlan step, int pair, int from, int to) {
      threads.add(Thread.currentThread());
      float[] g = step.gradient(pair).values();
      float[] m = momentums.values(step.variable(pair));
      float[] v = velocities.values(step.variable(pair));
      float take1 = (float) (1 - beta1);
      float take2 = (float) (1 - beta2);
      for (int i = from; i < to; i++) {
        m[i] = m[i] + (g[i] - m[i]) * take1;
        v[i] = v[i] + (g[i] * g[i] - v[i]) * take2;
        g[i] = m[i] * unbias1 / ((float) Math.sqrt(v[i] * unbias2) + epsilon);
      }
    }

    private void move(StepPlan step, int pair, int from, int to) {
      float[] g = step.gradient(pair).values();
      float[] w = step.variable(pair).values();
      for (int i = from; i < to; i++) {
        w[i] -= rates[pair] * g[i];
      }
    }
  }

  private static List<Variable> variables() {
    List<Variable> variables = new ArrayList<>();
    Random random = new Random(5);
    for (int size : new int[] {600_000, 7, 40_000}) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextGaussian();
      }

      String name = "w" + variables.size();
      variables.add(Variable.of(name, name, Shape.of(size), values));
    }

    return variables;
  }

  private static List<GradAndVar> gradients(List<Variable> variables, int step) {
    Random random = new Random(step);
    List<GradAndVar> pairs = new ArrayList<>();
    for (Variable variable : variables) {
      float[] values = new float[variable.values().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }

      pairs.add(new GradAndVar(Tensor.wrap(variable.shape(), values), variable));
    }

    return pairs;
  }

  @Test
  void doesWhatLambDoesOnSeveralThreads() {
    List<Variable> mine = variables();
    List<Variable> theirs = variables();
    MyLamb own = MyLamb.builder().learningRate(0.01).weightDecay(0.1).globalClipnorm(100).build();
    Lamb lamb = Lamb.builder().learningRate(0.01).weightDecay(0.1).globalClipnorm(100).build();
    for (int step = 0; step < 4; step++) {
      own.applyGradients(gradients(mine, step));
      lamb.applyGradients(gradients(theirs, step));
    }

    for (int v = 0; v < mine.size(); v++) {
      assertArrayEquals(theirs.get(v).values(), mine.get(v).values());
    }

    assertTrue(Runtime.getRuntime().availableProcessors() < 2 || own.threads.size() > 1);
  }
}
