package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.CustomOptimizerBuilder;
import io.firesteel.optimizers.ElementwiseOptimizer;
import io.firesteel.optimizers.GradAndVar;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerArguments;
import io.firesteel.optimizers.OptimizerVariables;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user's own optimizer and schedule, seen from outside the product's packages. */
class CustomOptimizerTest {

  /** The example of Keras's documentation: gradient descent with momentum. */
  public static final class MyOpt extends ElementwiseOptimizer {
    private final float momentum;
    private OptimizerVariables momentums;

    private MyOpt(OptimizerArguments arguments) {
      super(arguments);
      momentum = (float) arguments.number("momentum", 0.9);
    }

    public static CustomOptimizerBuilder<MyOpt> builder() {
      return Optimizers.builder(MyOpt.class, MyOpt::new).learningRate(0.01);
    }

    @Override
    protected void buildVariables(List<Variable> variables) {
      momentums = addOptimizerVariables(variables, "momentum");
    }

    @Override
    protected void updateRange(float[] g, Variable variable, int from, int to, float lr) {
      float[] m = momentums.values(variable);
      float[] w = variable.values();
      for (int i = from; i < to; i++) {
        m[i] = m[i] * momentum - g[i] * lr;
        w[i] += m[i];
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
    Optimizers.register("my_package", MyOpt::builder);
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
        MyOpt.builder()
            .learningRate(0.1)
            .set("momentum", 0.8)
            .weightDecay(0.01)
            .clipnorm(0.5)
            .build();
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
            .set("momentum", 0.7)
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
            + " ema_overwrite_frequency, exclude_from_weight_decay, global_clipnorm,"
            + " gradient_accumulation_steps, learning_rate, loss_scale_factor, momentum, name,"
            + " non_finite_gradients, use_ema, weight_decay, weight_decay_schedule",
        assertThrows(IllegalArgumentException.class, () -> Optimizers.deserialize(unknown))
            .getMessage());
    assertEquals(
        "MyOpt: 'weight_decay' must be finite and >= 0. Received: -1.0",
        assertThrows(IllegalArgumentException.class, () -> MyOpt.builder().weightDecay(-1).build())
            .getMessage());
  }

  @Test
  void refusesWhatItsBuilderWasGivenAndItDoesNotTake() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> MyOpt.builder().set("momentun", 0.8).build())
            .getMessage();
    assertTrue(message.startsWith("MyOpt does not know the field 'momentun'. Allowed:"), message);
    assertEquals(
        "MyOpt: 'momentum' must be a number. Received: high",
        assertThrows(
                IllegalArgumentException.class,
                () -> MyOpt.builder().set("momentum", "high").build())
            .getMessage());
  }

  @Test
  void aSecondBuildChangesNothing() {
    MyOpt optimizer = MyOpt.builder().build();
    List<Variable> variables = List.of(weight());
    optimizer.build(variables);
    optimizer.build(variables);
    assertEquals(3, optimizer.variables().size());
  }

  @Test
  void isTheExampleOfThePage() throws IOException {
    String page = Files.readString(Path.of("src/site/markdown/optimizers.md"));
    String source = Files.readString(Path.of("src/test/java/com/example/CustomOptimizerTest.java"));
    int start = source.indexOf("  /** The example of Keras");
    String example = source.substring(start, source.indexOf("  /** A schedule of one")).strip();
    String shown = example.replace("public static final class", "public final class").indent(-2);
    assertTrue(page.replaceAll("\\s+", " ").contains(shown.replaceAll("\\s+", " ").strip()), shown);
    assertTrue(shown.lines().count() <= 35, shown.lines().count() + " lines");
  }
}
