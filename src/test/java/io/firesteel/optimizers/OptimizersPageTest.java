package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.PageTables.Row;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether the page about optimizers says what is so. */
class OptimizersPageTest {

  private static final Map<String, Row> OPTIMIZERS = PageTables.under("Optimizers");
  private static final Map<String, Row> SHARED = PageTables.under("What all optimizers share");
  private static final Map<String, Row> WRAPPERS = PageTables.under("Wrappers");
  private static final Map<String, Row> SCHEDULES = PageTables.under("Schedules");

  /** The required arguments of each schedule. */
  private static final Map<String, String> REQUIRED =
      Map.of(
          "ExponentialDecay",
              "{\"initial_learning_rate\":0.1,\"decay_steps\":10,\"decay_rate\":0.5}",
          "InverseTimeDecay",
              "{\"initial_learning_rate\":0.1,\"decay_steps\":10,\"decay_rate\":0.5}",
          "PolynomialDecay", "{\"initial_learning_rate\":0.1,\"decay_steps\":10}",
          "CosineDecay", "{\"initial_learning_rate\":0.1,\"decay_steps\":10}",
          "CosineDecayRestarts", "{\"initial_learning_rate\":0.1,\"first_decay_steps\":10}",
          "PiecewiseConstantDecay", "{\"boundaries\":[5],\"values\":[0.1,0.2]}",
          "LinearWarmup", "{\"schedule\":%s,\"warmup_steps\":5}",
          "SequentialSchedule", "{\"schedules\":[%s,%s],\"boundaries\":[5]}",
          "OneCycle", "{\"max_learning_rate\":0.1,\"total_steps\":10}");

  static List<String> names() {
    return OptimizerVariant.names();
  }

  static List<String> schedules() {
    return LearningRateSchedules.classNames();
  }

  private static Config serialized(String className, Config config) {
    return Config.builder().put("class_name", className).put("config", config).build();
  }

  private static Optimizer optimizer(String name, Config config) {
    return Optimizers.deserialize(serialized(name, config));
  }

  private static Config arguments(String schedule) {
    String inner = OptimizerVariant.SCHEDULE.toJson();
    return Config.parse(REQUIRED.get(schedule).formatted(inner, inner));
  }

  /** An argument as it stands on the page. */
  private static Object parsed(String value) {
    return switch (value.isEmpty() ? ' ' : value.charAt(0)) {
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Double.valueOf(value);
      default -> value;
    };
  }

  /** An argument as it stands in a config; a float that was widened, as the float. */
  private static Object argument(String key, Object value) {
    if (value instanceof Number number) {
      return key.equals("learning_rate")
          ? Double.parseDouble(Float.toString(number.floatValue()))
          : number.doubleValue();
    }

    return String.valueOf(value);
  }

  private static Config without(Config config, Iterable<String> keys) {
    Config rest = config;
    for (String key : keys) {
      rest = rest.without(key);
    }

    return rest;
  }

  private static void assertDefaults(Config expected, List<String> page) {
    List<String> keys = new ArrayList<>();
    Map<String, Object> values = new TreeMap<>();
    for (String entry : page) {
      String[] parts = entry.split("=", 2);
      keys.add(parts[0]);
      values.put(parts[0], parsed(parts[1]));
    }

    Map<String, Object> defaults = new TreeMap<>();
    expected.keys().forEach(key -> defaults.put(key, argument(key, expected.get(key))));
    assertEquals(defaults, values);
    assertEquals(List.copyOf(expected.keys()), keys);
  }

  private static Variable variable(int... dims) {
    return Variable.zeros("kernel", "dense/kernel", Shape.of(dims));
  }

  private static List<Variable> state(Optimizer optimizer, Variable variable) {
    optimizer.build(List.of(variable));
    return optimizer.variables().subList(2, optimizer.variables().size());
  }

  private static long bytesPerParameter(Optimizer optimizer, Variable variable) {
    return state(optimizer, variable).stream()
            .filter(v -> !v.isInteger() && v.shape().equals(variable.shape()))
            .mapToLong(v -> v.values().length * (long) Float.BYTES)
            .sum()
        / variable.shape().size();
  }

  @Test
  void everyClassHasARow() {
    assertEquals(names(), List.copyOf(OPTIMIZERS.keySet()));
    List<String> wrappers = new ArrayList<>(Optimizers.classNames());
    wrappers.removeAll(names());
    assertEquals(wrappers, List.copyOf(WRAPPERS.keySet()));
    assertEquals(LearningRateSchedules.classNames(), List.copyOf(SCHEDULES.keySet()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void defaultsAreThoseOfTheConfig(String name) {
    Config config = Optimizers.get(name).getConfig();
    List<String> shared = new ArrayList<>(SHARED.keySet());
    if (config.get("weight_decay") != null) {
      shared.remove("weight_decay");
    }

    assertDefaults(without(config, shared), OPTIMIZERS.get(name).codes("Defaults"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void sharedDefaultsAreThoseOfTheConfig(String name) {
    Config config = Optimizers.get(name).getConfig();
    for (String key : SHARED.keySet()) {
      boolean own = key.equals("name") || key.equals("weight_decay") && config.get(key) != null;
      if (config.has(key) && !own) {
        Object value = parsed(SHARED.get(key).codes("Default").get(0));
        assertEquals(argument(key, config.get(key)), value);
      }
    }
  }

  @Test
  void sharedArgumentsAreAllThere() {
    Config config =
        optimizer("SGD", Config.parse("{\"non_finite_gradients\":\"skip\"}")).getConfig();
    Config shared = without(config, List.of("learning_rate", "momentum", "nesterov"));
    assertEquals(shared.keys(), SHARED.keySet());
    assertEquals(
        List.of(NonFiniteGradients.PROPAGATE.toConfig()),
        SHARED.get("non_finite_gradients").codes("Default"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void stateIsAsLargeAsThePageSays(String name) {
    Row row = OPTIMIZERS.get(name);
    assertEquals(
        List.of(row.cell("State, matrix"), row.cell("State, vector")),
        List.of(
            "" + bytesPerParameter(Optimizers.get(name), variable(8, 4)),
            "" + bytesPerParameter(Optimizers.get(name), variable(32))));
  }

  @ParameterizedTest
  @MethodSource("names")
  void furtherStateIsAsThePageSays(String name) {
    List<String> further =
        state(Optimizers.get(name), variable(8, 4)).stream()
            .filter(v -> !v.shape().equals(Shape.of(8, 4)))
            .map(v -> "`" + v.name().replaceFirst("^.*/", "") + "` " + v.shape())
            .toList();
    assertEquals(String.join(", ", further), OPTIMIZERS.get(name).cell("Further state"));
  }

  /** First comes what is so by default, then in which variants it is the other way. */
  @ParameterizedTest
  @MethodSource("names")
  void rowSparseGradientsVisitTheRowsThatThePageSays(String name) {
    Row row = OPTIMIZERS.get(name);
    String cell = row.cell("Row-sparse gradients visit");
    boolean touched = cell.startsWith("touched rows");
    assertTrue(touched || cell.startsWith("all rows"), cell);
    assertEquals(touched, VisitedRows.areTouchedOnesOnly(Optimizers.get(name)));
    for (String code : row.codes("Row-sparse gradients visit")) {
      String[] parts = code.split("=", 2);
      Object value = parts[1].equals("true") ? Boolean.TRUE : Double.valueOf(parts[1]);
      Optimizer changed = optimizer(name, Config.empty().with(parts[0], value));
      assertEquals(!touched, VisitedRows.areTouchedOnesOnly(changed), code);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "weight_decay,0.1,false",
    "gradient_accumulation_steps,2,false",
    "clipnorm,1,true",
    "global_clipnorm,1,true",
    "clipvalue,1,true",
    "loss_scale_factor,8,true",
    "use_ema,true,true"
  })
  void sharedArgumentsMakeStepsVisitTheRowsThatThePageSays(
      String key, String value, boolean touchedOnly) {
    Config config = Config.parse("{\"%s\":%s}".formatted(key, value));
    assertEquals(touchedOnly, VisitedRows.areTouchedOnesOnly(optimizer("SGD", config)));
  }

  /** Every flag, and momentum, is tried; the other arguments don't add state. */
  @ParameterizedTest
  @MethodSource("names")
  void optionsAddAsMuchStateAsThePageSays(String name) {
    Config config = Optimizers.get(name).getConfig();
    long plain = bytesPerParameter(Optimizers.get(name), variable(8, 4));
    Map<String, Long> measured = new TreeMap<>();
    for (String key : without(config, SHARED.keySet()).keys()) {
      Object value = config.get(key);
      Object other = key.equals("momentum") ? Double.valueOf(0.9) : !Boolean.TRUE.equals(value);
      if (value instanceof Boolean || key.equals("momentum")) {
        Optimizer changed = optimizer(name, Config.empty().with(key, other));
        long added = bytesPerParameter(changed, variable(8, 4)) - plain;
        if (added != 0) {
          measured.put(key + "=" + other, added);
        }
      }
    }

    assertEquals(measured, new TreeMap<>(OPTIMIZERS.get(name).numbers("Options that add state")));
  }

  @ParameterizedTest
  @MethodSource("names")
  void sharedArgumentsAddAsMuchStateAsThePageSays(String name) {
    long plain = bytesPerParameter(Optimizers.get(name), variable(8, 4));
    Config values =
        Config.parse(
            """
            {"name": "x", "weight_decay": 0.1, "clipnorm": 1, "global_clipnorm": 1, "clipvalue": 1,
             "use_ema": true, "ema_momentum": 0.5, "ema_overwrite_frequency": 2,
             "loss_scale_factor": 2, "gradient_accumulation_steps": 2,
             "non_finite_gradients": "skip"}
            """);
    assertEquals(SHARED.keySet(), values.keys());
    for (String key : values.keys()) {
      Optimizer changed = optimizer(name, Config.empty().with(key, values.get(key)));
      long added = bytesPerParameter(changed, variable(8, 4)) - plain;
      Map<String, Long> expected =
          added == 0 ? Map.of() : Map.of(String.valueOf(values.get(key)), added);
      assertEquals(expected, SHARED.get(key).numbers("State"), key);
    }
  }

  @Test
  void wrappersAreAsThePageSays() {
    SGD inner = SGD.builder().build();
    Map<String, Optimizer> wrappers =
        Map.of(
            "LossScaleOptimizer", LossScaleOptimizer.builder(inner).build(),
            "MultiOptimizer", MultiOptimizer.builder(OptimizerMap.builder(inner).build()).build());
    assertEquals(WRAPPERS.keySet(), new TreeSet<>(wrappers.keySet()));
    for (Map.Entry<String, Row> row : WRAPPERS.entrySet()) {
      Optimizer wrapper = wrappers.get(row.getKey());
      assertDefaults(
          without(wrapper.getConfig(), List.of("name", "inner_optimizer", "optimizer_map")),
          row.getValue().codes("Defaults"));
      wrapper.build(List.of(variable(8, 4)));
      int own = wrapper.variables().size() - inner.variables().size();
      assertEquals(
          wrapper.variables().stream().limit(own).map(Variable::name).toList(),
          row.getValue().codes("State beside the inner optimizers'"));
    }
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void argumentsOfSchedulesAreAsThePageSays(String name) {
    Config required = arguments(name);
    LearningRateSchedule schedule = LearningRateSchedules.deserialize(serialized(name, required));
    List<String> page = SCHEDULES.get(name).codes("Arguments");
    List<String> bare = page.stream().filter(entry -> !entry.contains("=")).toList();
    assertEquals(List.copyOf(required.keys()), bare);
    for (String key : required.keys()) {
      Config refused = serialized(name, required.without(key));
      assertEquals(
          name
              + ": the field '"
              + key
              + "' is missing. Received: "
              + String.join(", ", required.without(key).keys()),
          assertThrows(
                  IllegalArgumentException.class, () -> LearningRateSchedules.deserialize(refused))
              .getMessage());
    }

    assertDefaults(
        without(schedule.getConfig(), required.keys()),
        page.stream().filter(entry -> entry.contains("=")).toList());
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void schedulesThatKerasLacksAreMarkedAsOurs(String name) throws IOException {
    try (var stream = getClass().getResourceAsStream("/keras/keras-serialized.json")) {
      String keras = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      boolean isKerass = keras.contains("\"class_name\": \"" + name + "\"");
      assertEquals(isKerass ? "Keras" : "Firesteel", SCHEDULES.get(name).cell("From"));
    }
  }
}
