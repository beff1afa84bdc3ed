package io.firesteel.benchmark;

import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Steps of an optimizer on one tensor or several equal ones, with the gradients of the step before.
 * {@link OptimizerBenchmark} runs it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OptimizerSteps {

  private static final int COLUMNS = 100;

  /** A class name and, after a space, a config if it is not the default. */
  @Param("Adam")
  public String optimizer;

  /** The number of parameters of all tensors together. */
  @Param("1000000")
  public int size;

  /** The number of tensors. */
  @Param("1")
  public int tensors;

  private Optimizer subject;
  private final List<GradAndVar> pairs = new ArrayList<>();

  /** Makes the optimizer and random tensors. */
  @Setup
  public void create() {
    subject = create(optimizer);
    Random random = new Random(1);
    for (int t = 0; t < tensors; t++) {
      Shape shape = Shape.of(size / tensors / COLUMNS, COLUMNS);
      String name = "kernel" + t;
      Variable variable = Variable.of(name, name, shape, normal(random, shape.size(), 1));
      Tensor gradient = Tensor.wrap(shape, normal(random, shape.size(), 0.01f));
      pairs.add(new GradAndVar(gradient, variable));
    }

    subject.build(pairs.stream().map(GradAndVar::variable).toList());
  }

  /** Returns the optimizer of a value of the parameter. */
  static Optimizer create(String optimizer) {
    String[] parts = optimizer.split(" ", 2);
    return Optimizers.deserialize(
        Config.builder()
            .put("class_name", parts[0])
            .put("config", parts.length == 1 ? Config.empty() : Config.parse(parts[1]))
            .build());
  }

  private static float[] normal(Random random, int size, float deviation) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * deviation;
    }

    return values;
  }

  /** Makes a step. */
  @Benchmark
  public void step() {
    subject.applyGradients(pairs);
  }
}
