package io.firesteel.jobs;

import io.firesteel.callbacks.Callback;
import io.firesteel.constraints.Constraint;
import io.firesteel.initializers.Initializer;
import io.firesteel.internal.saving.CustomClass;
import io.firesteel.internal.saving.CustomClasses;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Loss;
import io.firesteel.metrics.Metric;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.OptimizerBuilder;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigFactory;
import io.firesteel.saving.ConfigReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes the classes of {@code custom_objects} known. A class has a method {@code public static
 * fromConfig(Config)}, or {@code builder()} if it is an optimizer, and comes with {@code --jars}.
 */
final class CustomObjects {

  private static final String FIELD = "custom_objects";
  private static final String FACTORY = "fromConfig";
  private static final String BUILDER = "builder";

  private enum Kind {
    OPTIMIZER("keras.optimizers", Optimizer.class),
    SCHEDULE("keras.optimizers.schedules", LearningRateSchedule.class),
    CALLBACK("keras.callbacks", Callback.class),
    LAYER("keras.layers", Layer.class),
    LOSS("keras.losses", Loss.class),
    METRIC("keras.metrics", Metric.class),
    INITIALIZER("keras.initializers", Initializer.class),
    REGULARIZER("keras.regularizers", Regularizer.class),
    CONSTRAINT("keras.constraints", Constraint.class);

    private final String module;
    private final Class<?> base;

    Kind(String module, Class<?> base) {
      this.module = module;
      this.base = base;
    }

    private static Kind of(ConfigReader entry) {
      String[] names = new String[values().length];
      for (Kind kind : values()) {
        names[kind.ordinal()] = kind.word();
      }

      return valueOf(Fields.oneOf(entry, "kind", "", names).toUpperCase(Locale.ROOT));
    }

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Calls the class's method; unlike the method itself it can be sent to executors. */
  private record FromConfig(Class<?> type) implements ConfigFactory<Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object fromConfig(Config config) {
      try {
        return hasBuilder(type)
            ? ((OptimizerBuilder<?, ?>) type.getMethod(BUILDER).invoke(null)).fromConfig(config)
            : type.getMethod(FACTORY, Config.class).invoke(null, config);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }

        throw new IllegalStateException(e.getCause());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }

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
      register(name, Kind.of(entry), entry.string("class"));
    }
  }

  private static void register(String name, Kind kind, String className) {
    Class<?> type = load(name, className);
    int separator = name.indexOf('>');
    if (separator < 1 || !name.substring(separator + 1).equals(type.getSimpleName())) {
      throw new IllegalArgumentException(
          "%s: the name must be a package, '>' and the class's simple name, e.g. my_package>%s. Received: %s"
              .formatted(FIELD, type.getSimpleName(), name));
    }

    if (!kind.base.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "%s.%s: %s is no %s".formatted(FIELD, name, type.getName(), kind.base.getName()));
    }

    requireFactory(name, type);
    String packageName = name.substring(0, separator);
    CustomClasses.register(
        new CustomClass(kind.word(), kind.module, packageName, type, new FromConfig(type)));
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

  private static boolean hasBuilder(Class<?> type) {
    boolean has = false;
    for (Method method : type.getMethods()) {
      has |=
          method.getName().equals(BUILDER)
              && Modifier.isStatic(method.getModifiers())
              && OptimizerBuilder.class.isAssignableFrom(method.getReturnType())
              && method.getParameterCount() == 0;
    }

    return has;
  }

  private static void requireFactory(String name, Class<?> type) {
    boolean has = hasBuilder(type);
    for (Method method : type.getMethods()) {
      has |=
          method.getName().equals(FACTORY)
              && Modifier.isStatic(method.getModifiers())
              && method.getReturnType().equals(type)
              && method.getParameterCount() == 1
              && method.getParameterTypes()[0].equals(Config.class);
    }

    if (!has) {
      throw new IllegalArgumentException(
          "%s.%s: %s has no method 'public static %s fromConfig(Config)'"
              .formatted(FIELD, name, type.getName(), type.getSimpleName()));
    }
  }
}
