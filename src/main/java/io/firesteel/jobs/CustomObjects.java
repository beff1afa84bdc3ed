package io.firesteel.jobs;

import io.firesteel.callbacks.Callback;
import io.firesteel.callbacks.Callbacks;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.ObjectRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the classes of {@code custom_objects} known: optimizers, learning-rate schedules and
 * callbacks, which work on the driver alone. A class has a method {@code public static
 * fromConfig(Config)} and comes with {@code --jars}.
 */
final class CustomObjects {

  private static final String FIELD = "custom_objects";

  private CustomObjects() {}

  /**
   * Registers every entry {@code "package>Name": {"kind": ..., "class": ...}}.
   *
   * @throws IllegalArgumentException if an entry can't be used, and why
   */
  static void register(@Nullable Config objects) {
    if (objects == null) {
      return;
    }

    ConfigReader entries = objects.reader(FIELD);
    for (String name : objects.keys()) {
      ConfigReader entry = Fields.read(FIELD + "." + name, entries.config(name), "kind", "class");
      String kind = Fields.oneOf(entry, "kind", "", "optimizer", "schedule", "callback");
      String className = entry.string("class");
      int separator = name.indexOf('>');
      Class<?> type = load(name, className);
      if (separator < 1 || !name.substring(separator + 1).equals(type.getSimpleName())) {
        throw new IllegalArgumentException(
            "%s: the name must be a package, '>' and the class's simple name, e.g. my_package>%s. Received: %s"
                .formatted(FIELD, type.getSimpleName(), name));
      }

      register(kind, name.substring(0, separator), type, name);
    }
  }

  private static void register(String kind, String packageName, Class<?> type, String name) {
    switch (kind) {
      case "optimizer" -> {
        Class<? extends Optimizer> known = subclass(name, type, Optimizer.class);
        registerOptimizer(packageName, known, name);
      }
      case "schedule" -> {
        Class<? extends LearningRateSchedule> known =
            subclass(name, type, LearningRateSchedule.class);
        registerSchedule(packageName, known, name);
      }
      default -> {
        Class<? extends Callback> known = subclass(name, type, Callback.class);
        registerCallback(packageName, known, name);
      }
    }
  }

  private static <S extends Optimizer> void registerOptimizer(
      String packageName, Class<S> type, String name) {
    Optimizers.register(packageName, type, factory(name, type));
  }

  private static <S extends LearningRateSchedule> void registerSchedule(
      String packageName, Class<S> type, String name) {
    LearningRateSchedules.register(packageName, type, factory(name, type));
  }

  private static <S extends Callback> void registerCallback(
      String packageName, Class<S> type, String name) {
    Callbacks.register(packageName, type, factory(name, type));
  }

  private static <T> Class<? extends T> subclass(String name, Class<?> type, Class<T> base) {
    if (!base.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "%s.%s: %s is no %s".formatted(FIELD, name, type.getName(), base.getName()));
    }

    return type.asSubclass(base);
  }

  private static Class<?> load(String name, String className) {
    try {
      return Class.forName(className, true, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "%s.%s: the class %s is not on the class path. Give its jar with --jars"
              .formatted(FIELD, name, className),
          e);
    }
  }

  private static <T> ObjectRegistry.Factory<T> factory(String name, Class<T> type) {
    Method method;
    try {
      method = type.getMethod("fromConfig", Config.class);
    } catch (NoSuchMethodException e) {
      throw withoutFactory(name, type, e);
    }

    if (!Modifier.isStatic(method.getModifiers()) || !type.equals(method.getReturnType())) {
      throw withoutFactory(name, type, null);
    }

    return config -> call(method, type, config);
  }

  private static IllegalArgumentException withoutFactory(
      String name, Class<?> type, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "%s.%s: %s has no method 'public static %s fromConfig(Config)'"
            .formatted(FIELD, name, type.getName(), type.getSimpleName()),
        cause);
  }

  private static <T> T call(Method method, Class<T> type, Config config) {
    try {
      return type.cast(method.invoke(null, config));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }

      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
