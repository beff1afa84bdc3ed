package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.BaseOptimizer;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerBuilder;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user's own optimizer and schedule, seen from outside the product's packages. */
class CustomOptimizerTest {

  /** The example of Keras's documentation: gradient descent with momentum. */
  public static final class MyOpt extends BaseOptimizer {

    private final double momentum;
    private final List<Variable> momentums = new ArrayList<>();

    private MyOpt(Builder builder) {
      super(builder);
      this.momentum = builder.momentum;
    }

    public static Builder builder() {
      return new Builder();
    }

    public static MyOpt fromConfig(Config config) {
      return builder().read(config.reader("MyOpt")).build();
    }

    @Override
    public void build(List<Variable> variables) {
      super.build(variables);
      for (Variable variable : variables) {
        momentums.add(addVariableFromReference(variable, "momentum"));
      }
    }

    @Override
    protected void updateStep(Tensor gradient, Variable variable, float learningRate) {
      float[] m = momentums.get(variableIndex(variable)).values();
      float[] w = variable.values();
      float[] g = gradient.values();
      for (int i = 0; i < w.length; i++) {
        m[i] = m[i] * (float) momentum - g[i] * learningRate;
        w[i] += m[i];
      }
    }

    @Override
    public Config getConfig() {
      return super.getConfig().with("momentum", momentum);
    }

    public static final class Builder extends OptimizerBuilder<Builder> {
      private double momentum = 0.9;

      private Builder() {
        super(0.01);
      }

      public Builder momentum(double value) {
        this.momentum = value;
        return this;
      }

      @Override
      public Builder read(ConfigReader reader) {
        momentum(reader.number("momentum", momentum));
        return super.read(reader);
      }

      @Override
      protected Builder self() {
        return this;
      }

      @Override
      public MyOpt build() {
        return new MyOpt(this);
      }
    }
  }

  /** A schedule of one's own. */
  public static final class Halving extends LearningRateSchedule {

    private final double start;

    public Halving(double start) {
      this.start = start;
    }

    public static Halving fromConfig(Config config) {
      return new Halving(config.reader("Halving").number("start"));
    }

    @Override
    public float call(long step) {
      return (float) start / (1L << step);
    }

    @Override
    public Config getConfig() {
      return Config.builder().put("start", start).build();
    }
  }

  @BeforeAll
  static void register() {
    Optimizers.register("my_package", MyOpt.class, MyOpt::fromConfig);
    LearningRateSchedules.register("my_package", Halving.class, Halving::fromConfig);
  }

  private static Variable weight() {
    return Variable.of("kernel", "dense/kernel", Shape.of(3), new float[] {1, -2, 0.5f});
  }

  private static void step(Optimizer optimizer, Variable variable) {
    Tensor gradient = Tensor.of(0.1f, -0.3f, 0.7f);
    optimizer.applyGradients(List.of(new GradAndVar(gradient, variable)));
  }

  @Test
  void doesWhatSgdWithMomentumDoes() {
    Variable mine = weight();
    Variable builtIn = weight();
    MyOpt custom =
        MyOpt.builder().learningRate(0.1).momentum(0.8).weightDecay(0.01).clipnorm(0.5).build();
    SGD sgd = SGD.builder().learningRate(0.1).momentum(0.8).weightDecay(0.01).clipnorm(0.5).build();
    for (int i = 0; i < 5; i++) {
      step(custom, mine);
      step(sgd, builtIn);
    }

    assertArrayEquals(builtIn.values(), mine.values());
    assertEquals(5, custom.iterations());
  }

  @Test
  void itsVariablesAreNamedAsInKeras() {
    MyOpt optimizer = MyOpt.builder().build();
    optimizer.build(List.of(weight()));
    assertEquals("my_opt", optimizer.name());
    assertEquals(
        List.of("my_opt/iteration", "my_opt/learning_rate", "my_opt/dense_kernel_momentum"),
        optimizer.variables().stream().map(Variable::path).toList());
  }

  @Test
  void isSerializedUnderItsPackageAndRebuilt() {
    MyOpt optimizer =
        MyOpt.builder()
            .learningRate(ExponentialDecay.builder(0.1, 10, 0.9).build())
            .momentum(0.7)
            .useEma(true)
            .name("mine")
            .build();
    Config serialized = Optimizers.serialize(optimizer);
    assertEquals("my_package>MyOpt", serialized.get("registered_name"));
    Optimizer rebuilt = Optimizers.deserialize(Config.parse(serialized.toJson()));
    assertInstanceOf(MyOpt.class, rebuilt);
    assertEquals(serialized, Optimizers.serialize(rebuilt));
    assertInstanceOf(MyOpt.class, Optimizers.get("my_package>MyOpt"));
  }

  @Test
  void aScheduleOfOnesOwnIsRebuiltInsideAnOptimizer() {
    MyOpt optimizer = MyOpt.builder().learningRate(new Halving(0.8)).build();
    Optimizer rebuilt = Optimizers.deserialize(Optimizers.serialize(optimizer));
    step(rebuilt, weight());
    assertEquals(0.4f, rebuilt.learningRate());
  }

  @Test
  void isRestoredAndContinues() {
    Variable original = weight();
    MyOpt first = MyOpt.builder().build();
    step(first, original);
    Variable copy = Variable.of("kernel", "dense/kernel", Shape.of(3), original.values().clone());
    MyOpt second = MyOpt.builder().build();
    second.build(List.of(copy));
    second.loadVariables(first.variables());
    step(first, original);
    step(second, copy);
    assertArrayEquals(original.values(), copy.values());
  }

  @Test
  void refusesUnknownAndSharedArgumentsOutOfRange() {
    Config unknown = Config.parse("{\"class_name\":\"my_package>MyOpt\",\"config\":{\"beta\":1}}");
    assertEquals(
        "MyOpt does not know the field 'beta'. Allowed: clipnorm, clipvalue, ema_momentum,"
            + " ema_overwrite_frequency, global_clipnorm, gradient_accumulation_steps,"
            + " learning_rate, loss_scale_factor, momentum, name, non_finite_gradients, use_ema,"
            + " weight_decay, weight_decay_schedule",
        assertThrows(IllegalArgumentException.class, () -> Optimizers.deserialize(unknown))
            .getMessage());
    assertEquals(
        "MyOpt: 'weight_decay' must be finite and >= 0. Received: -1.0",
        assertThrows(IllegalArgumentException.class, () -> MyOpt.builder().weightDecay(-1).build())
            .getMessage());
  }

  @Test
  void aSecondBuildIsRefusedRatherThanDoublingTheState() {
    MyOpt optimizer = MyOpt.builder().build();
    List<Variable> variables = List.of(weight());
    optimizer.build(variables);
    String message =
        assertThrows(IllegalStateException.class, () -> optimizer.build(variables)).getMessage();
    assertTrue(
        message.startsWith(
            "my_opt creates its variables in one call of build. Received one more:"
                + " my_opt/dense_kernel_momentum."),
        message);
    assertEquals(3, optimizer.variables().size());
  }
}
