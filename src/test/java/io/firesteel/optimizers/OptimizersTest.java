package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import java.io.File;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OptimizersTest {

  @Test
  void classNamesInAnyCaseStandForTheDefaults() {
    for (String name : OptimizerVariant.names()) {
      for (String spelling :
          List.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT))) {
        assertSame(Optimizers.type(name), Optimizers.get(spelling).getClass());
      }
    }
  }

  @Test
  void namesAreTheClassesInSnakeCaseAndNotCounted() {
    assertEquals("sgd", Optimizers.get("SGD").name());
    assertEquals("rm_sprop", Optimizers.get("RMSprop").name());
    assertEquals("adam", Optimizers.get("Adam").name());
    assertEquals("adam_w", Optimizers.get("AdamW").name());
    assertEquals("adam_w", Optimizers.get("AdamW").name());
  }

  @Test
  void lambIsKnownAsTheOthersAre() {
    assertInstanceOf(Lamb.class, Optimizers.get("lamb"));
  }

  @Test
  void snakeCaseIsKerass() {
    class My2Opt {}
    assertEquals(
        "schedule_free_adam_w", KerasNames.snakeCase(ScheduleFreeAdamW.class.getSimpleName()));
    assertEquals(
        "loss_scale_optimizer", KerasNames.snakeCase(LossScaleOptimizer.class.getSimpleName()));
    assertEquals("my2_opt", KerasNames.snakeCase(My2Opt.class.getSimpleName()));
  }

  @Test
  void anOptimizerIsReturnedAsItIs() {
    SGD sgd = SGD.builder().build();
    assertSame(sgd, Optimizers.get(sgd));
  }

  @Test
  void configsMapsAndJsonAreRebuilt() {
    String json = "{\"class_name\":\"Adam\",\"config\":{\"beta_1\":0.5}}";
    assertEquals(0.5, Optimizers.get(json).getConfig().get("beta_1"));
    assertEquals(0.5, Optimizers.get(Config.parse(json)).getConfig().get("beta_1"));
    Map<String, Object> map = Map.of("class_name", "adam", "config", Map.of("beta_1", 0.5));
    assertEquals(0.5, Optimizers.get(map).getConfig().get("beta_1"));
    assertEquals(0.9, Optimizers.get(Map.of("class_name", "adam")).getConfig().get("beta_1"));
  }

  @Test
  void whatTheTorchBackendWroteIsUnderstood() {
    Optimizer optimizer =
        Optimizers.get(
            "{\"module\":\"keras.src.backend.torch.optimizers.torch_adamw\",\"class_name\":\"AdamW\",\"config\":{\"learning_rate\":0.5},\"registered_name\":\"AdamW\"}");
    assertInstanceOf(AdamW.class, optimizer);
    assertEquals("keras.optimizers", Optimizers.serialize(optimizer).get("module"));
  }

  @Test
  void unknownNamesAreRefused() {
    for (Object identifier : new Object[] {"adam_w", "rms_prop", ""}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> Optimizers.get(identifier))
              .getMessage();
      assertTrue(message.startsWith("Unknown optimizer '" + identifier + "'. Allowed: "), message);
    }

    for (Object identifier : new Object[] {null, 3, SGD.class, List.of("sgd")}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> Optimizers.get(identifier))
              .getMessage();
      assertTrue(
          message.startsWith("Could not interpret the optimizer identifier " + identifier),
          message);
    }
  }

  @Test
  void everyConcreteClassIsRegistered() throws URISyntaxException {
    assertEquals(concrete(Optimizer.class), new TreeSet<>(Optimizers.classNames()));
    assertEquals(
        concrete(LearningRateSchedule.class), new TreeSet<>(LearningRateSchedules.classNames()));
  }

  /** The names of the concrete subclasses of a type in its package. */
  private static Set<String> concrete(Class<?> type) throws URISyntaxException {
    String folder = "/" + type.getPackageName().replace('.', '/');
    File classes = new File(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> names = new TreeSet<>();
    for (String file : new File(classes, folder).list()) {
      if (file.endsWith(".class") && !file.contains("-")) {
        Class<?> found = load(type.getPackageName() + "." + file.replace(".class", ""));
        if (type.isAssignableFrom(found) && !Modifier.isAbstract(found.getModifiers())) {
          names.add(found.getSimpleName());
        }
      }
    }

    return names;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
