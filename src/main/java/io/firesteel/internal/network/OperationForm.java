package io.firesteel.internal.network;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operation in the file of a functional model, and what stands in it. */
abstract class OperationForm {

  private final Config serialized;
  private final String type;
  private final Config config;
  private final List<Object> arguments;

  OperationForm(Config serialized) {
    this.serialized = serialized;
    this.type = String.valueOf(serialized.get("class_name"));
    this.config = serialized.get("config") instanceof Config given ? given : Config.empty();
    this.arguments = arguments(serialized);
  }

  /** Returns the name of the operation's class. */
  final String type() {
    return type;
  }

  final Config config() {
    return config;
  }

  final List<Object> arguments() {
    return arguments;
  }

  /** The arguments of the one call of an operation. */
  private static List<Object> arguments(Config serialized) {
    List<Object> arguments = new ArrayList<>();
    if (serialized.get("inbound_nodes") instanceof List<?> nodes
        && nodes.size() == 1
        && nodes.get(0) instanceof Config node) {
      if (node.get("args") instanceof List<?> args) {
        arguments.addAll(args);
      }

      if (node.get("kwargs") instanceof Config kwargs) {
        kwargs.keys().forEach(key -> arguments.add(kwargs.get(key)));
      }
    }

    return arguments;
  }

  final boolean isTensor(int index) {
    return arguments.get(index) instanceof Config;
  }

  /** The shape of one row of the one argument. */
  final List<Integer> shapeOfRow() {
    if (arguments.size() == 1) {
      return shapeOfRow(0);
    }

    throw refused("takes one tensor");
  }

  final int rank(int argument) {
    return shapeOfRow(argument).size();
  }

  final List<Integer> shapeOfRow(int argument) {
    if (arguments.get(argument) instanceof Config tensor
        && tensor.get("config") instanceof Config fields) {
      List<Integer> shape = integers(fields.get("shape"));
      if (!shape.isEmpty()) {
        return new ArrayList<>(shape.subList(1, shape.size()));
      }
    }

    throw refused("takes a tensor whose shape the file says");
  }

  final Object number(String key, Number absent) {
    return config.get(key) instanceof Number given ? given : absent;
  }

  /** A list of integers, in which null, the number of rows, becomes -1. */
  final List<Integer> integers(@Nullable Object given) {
    List<Integer> integers = new ArrayList<>();
    for (Object each : given instanceof List<?> list ? list : List.of()) {
      if (each != null && !(each instanceof Long)) {
        throw refused("takes integers");
      }

      integers.add(each == null ? -1 : Math.toIntExact((Long) each));
    }

    return integers;
  }

  final Config layer(String className, Map<String, ?> fields) {
    Config.Builder own = Config.builder();
    fields.forEach(own::put);
    List<Object> tensors = new ArrayList<>(arguments);
    tensors.removeIf(Number.class::isInstance);
    return layer("keras.layers", className, null, own, tensors);
  }

  /** A layer of ours on the first argument. */
  final Config own(String className, Config.Builder fields) {
    return own(className, fields, arguments.get(0));
  }

  final Config own(String className, Config.Builder fields, Object tensor) {
    return layer(null, className, "firesteel>" + className, fields, List.of(tensor));
  }

  private Config layer(
      @Nullable String module,
      String className,
      @Nullable String registeredName,
      Config.Builder fields,
      List<Object> tensors) {
    Config node = Config.builder().put("args", tensors).put("kwargs", Config.empty()).build();
    return Config.builder()
        .put("module", module)
        .put("class_name", className)
        .put("config", fields.put("name", config.get("name")).build())
        .put("registered_name", registeredName)
        .put("name", serialized.has("name") ? serialized.get("name") : config.get("name"))
        .put("inbound_nodes", List.of(node))
        .build();
  }

  /** Returns why the operation is refused. */
  abstract IllegalArgumentException refused(String why);
}
