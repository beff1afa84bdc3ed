package io.firesteel.layers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cells in Keras's config, each of which is here the layer of one cell. */
final class RnnConfig {

  private static final String CELL = "Cell";

  /** Keras writes it in another place in a cell's config than in a layer's. */
  private static final String FORGET = "unit_forget_bias";

  private static final Set<String> CELLS = Set.of("SimpleRNNCell", "GRUCell", "LSTMCell");

  /** What the config of a recurrent layer has beside its cell's. */
  private static final Set<String> OF_LAYER =
      Set.of(
          "name",
          "trainable",
          "dtype",
          "activity_regularizer",
          "return_sequences",
          "return_state",
          "go_backwards",
          "stateful",
          "unroll",
          "zero_output_for_mask");

  private RnnConfig() {}

  static String cellClass(RecurrentLayer<?> layer) {
    return layer.getClass().getSimpleName() + CELL;
  }

  static String cellName(RecurrentLayer<?> layer) {
    return KerasNames.snakeCase(cellClass(layer));
  }

  /** Returns the name that a cell's config has, or that of its class. */
  static String name(RecurrentLayer<?> layer, Config cell) {
    return cell.get("config") instanceof Config fields && fields.get("name") instanceof String name
        ? name
        : cellName(layer);
  }

  static IllegalArgumentException notSupported(ConfigReader reader) {
    return reader.invalid(
        "cell",
        "one of SimpleRNNCell, GRUCell, LSTMCell, or StackedRNNCells of them, as others are not"
            + " supported");
  }

  /** Returns the layer of a cell, with the rest of the arguments of the layer that has it. */
  static RecurrentLayer<?> layer(ConfigReader reader, Config outer, @Nullable Object given) {
    if (!(given instanceof Config cell)
        || !CELLS.contains(String.valueOf(cell.get("class_name")))
        || !(cell.get("config") instanceof Config fields)) {
      throw notSupported(reader);
    }

    Config.Builder whole = outer.without("cell").toBuilder();
    for (String key : fields.keys()) {
      if (!OF_LAYER.contains(key)) {
        whole.put(key, fields.get(key));
      }
    }

    String type = String.valueOf(cell.get("class_name"));
    Config serialized =
        Config.builder()
            .put("class_name", type.substring(0, type.length() - CELL.length()))
            .put("config", whole.build())
            .build();
    return (RecurrentLayer<?>) Layers.deserialize(serialized);
  }

  /** Returns the serialized cell of a layer. */
  static Config cell(RecurrentLayer<?> layer, String name) {
    Config whole = layer.getConfig();
    Config.Builder cell = Config.builder().put("name", name);
    cell.put("trainable", whole.get("trainable")).put("dtype", whole.get("dtype"));
    for (String key : whole.keys()) {
      if (!OF_LAYER.contains(key)) {
        cell.putIfAbsent(key, whole.get(key));
        if (key.equals("use_bias") && whole.has(FORGET)) {
          cell.put(FORGET, whole.get(FORGET));
        }
      }
    }

    return serialized(cellClass(layer), cell.build());
  }

  static Config serialized(String className, Config fields) {
    return Config.builder()
        .put("module", "keras.layers")
        .put("class_name", className)
        .put("config", fields)
        .put("registered_name", null)
        .build();
  }

  /** Returns the arguments of a layer that are not its cell's. */
  static Config.Builder flags(RecurrentLayer<?> layer) {
    Config whole = layer.getConfig();
    Config.Builder own = Config.builder();
    for (String key : whole.keys()) {
      boolean isAbsent = key.equals("activity_regularizer") && whole.get(key) == null;
      if (OF_LAYER.contains(key) && !isAbsent) {
        own.put(key, whole.get(key));
      }
    }

    return own;
  }
}
