package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.optimizers.CustomOptimizerBuilder;
import io.firesteel.optimizers.ElementwiseOptimizer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerArguments;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import org.junit.jupiter.api.Test;

class CustomObjectsTest {

  /** A schedule that stays where it is. */
  public static final class Flat extends LearningRateSchedule {

    private final double rate;

    private Flat(double rate) {
      this.rate = rate;
    }

    /** Returns the schedule of a config. */
    public static Flat fromConfig(Config config) {
      var reader = config.reader("Flat");
      double rate = reader.number("rate");
      reader.finish();
      return new Flat(rate);
    }

    @Override
    public float call(long step) {
      return (float) rate;
    }

    @Override
    public Config getConfig() {
      return Config.builder().put("rate", rate).build();
    }
  }

  @Test
  void aRegisteredClassIsFoundByItsName() {
    register("tests>Flat", "schedule", Flat.class.getName());
    Config serialized =
        Config.parse(
            "{\"class_name\": \"Flat\", \"registered_name\": \"tests>Flat\", \"config\": {\"rate\":"
                + " 0.5}}");
    LearningRateSchedule schedule =
        assertInstanceOf(Flat.class, LearningRateSchedules.get(serialized));
    assertEquals(0.5f, schedule.call(3));
    assertEquals("tests>Flat", LearningRateSchedules.serialize(schedule).get("registered_name"));
  }

  /** An optimizer with a builder, as those of one's own have. */
  public static final class Plain extends ElementwiseOptimizer {
    private final double factor;

    private Plain(OptimizerArguments arguments) {
      super(arguments);
      this.factor = arguments.number("factor", 1);
    }

    public static CustomOptimizerBuilder<Plain> builder() {
      return Optimizers.builder(Plain.class, Plain::new);
    }

    @Override
    protected void updateRange(float[] g, Variable variable, int from, int to, float rate) {
      for (int i = from; i < to; i++) {
        variable.values()[i] -= (float) factor * rate * g[i];
      }
    }
  }

  @Test
  void anOptimizerNeedsNoMoreThanABuilder() {
    register("tests>Plain", "optimizer", Plain.class.getName());
    Config serialized =
        Config.parse("{\"class_name\": \"tests>Plain\", \"config\": {\"factor\": 0.5}}");
    Optimizer optimizer = Optimizers.get(serialized);
    assertEquals(0.5, optimizer.getConfig().get("factor"));
    assertEquals("tests>Plain", Optimizers.serialize(optimizer).get("registered_name"));
  }

  @Test
  void errorsOfItsFactoryComeThrough() {
    register("tests>Flat", "schedule", Flat.class.getName());
    Config serialized =
        Config.parse(
            "{\"class_name\": \"Flat\", \"registered_name\": \"tests>Flat\", \"config\": {\"rat\":"
                + " 0.5}}");
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> LearningRateSchedules.get(serialized));
    assertEquals("Flat: the field 'rate' is missing. Received: rat", error.getMessage());
  }

  @Test
  void classesThatCannotBeUsedAreRefused() {
    assertEquals(
        "custom_objects.p>X: the class no.X is not on the class path. Give its jar with --jars",
        refusal("p>X", "optimizer", "no.X"));
    assertEquals(
        "custom_objects: the name must be a package, '>' and the class's simple name, e.g."
            + " my_package>String. Received: X",
        refusal("X", "optimizer", "java.lang.String"));
    assertEquals(
        "custom_objects.p>String: java.lang.String is no io.firesteel.optimizers.Optimizer",
        refusal("p>String", "optimizer", "java.lang.String"));
    String name = CustomObjectsTest.class.getName() + "$Lost";
    assertEquals(
        "custom_objects.p>Lost: %s has no method 'public static Lost fromConfig(Config)'"
            .formatted(name),
        refusal("p>Lost", "schedule", name));
    assertEquals(
        "custom_objects.p>Adam: 'kind' must be one of optimizer, schedule, callback, layer, loss,"
            + " metric, initializer, regularizer, constraint. Received: nope",
        refusal("p>Adam", "nope", "io.firesteel.optimizers.Adam"));
    assertEquals(false, Optimizers.names().contains("p>String"));
  }

  /** A schedule without a factory. */
  public static final class Lost extends LearningRateSchedule {
    @Override
    public float call(long step) {
      return 0;
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  private static String refusal(String name, String kind, String className) {
    return assertThrows(IllegalArgumentException.class, () -> register(name, kind, className))
        .getMessage();
  }

  private static void register(String name, String kind, String className) {
    Config entry = Config.builder().put("kind", kind).put("class", className).build();
    CustomObjects.register(Config.builder().put(name, entry).build());
  }
}
