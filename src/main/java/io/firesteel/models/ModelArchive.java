package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model as a {@code .keras} archive, both ways.
 *
 * <p>Source: Keras 3.15, keras/src/saving/saving_lib.py.
 */
final class ModelArchive {

  /** Up to here what is wrong is said of a layer rather than of all. */
  private static final long MOST_MISSING = 1 << 20;

  private ModelArchive() {}

  /** Returns the model as it is now, with copies of all values. */
  static KerasArchive of(Model model) {
    Compiled compiled = model.compiled();
    return new KerasArchive(
        ModelConfig.of(model),
        SavedLayers.of(model.graph(), model.variables()),
        compiled == null ? null : weights(compiled.optimizer()));
  }

  private static KerasArchive.Weights weights(Optimizer optimizer) {
    String className = Optimizers.serialize(optimizer).reader("object").string("class_name");
    return new KerasArchive.Weights(
        className, optimizer.name(), optimizer.variables().stream().map(Variable::copy).toList());
  }

  /** Opens a model with its values; what it was compiled with is read only if it is wanted. */
  static Model toModel(KerasArchive archive, boolean compile) {
    Config config = Precision.asFloat32(archive.config());
    Model model = ModelConfig.fromConfig(compile ? config : config.without("compile_config"), 0);
    if (model.isBuilt() && !model.hasVariables()) {
      model.adopt(BuiltModel.of(model, Math.max(MOST_MISSING, 2 * values(archive))));
    }

    restore(archive, model);
    return model;
  }

  private static long values(KerasArchive archive) {
    long values = 0;
    for (KerasArchive.Weights layer : archive.layers()) {
      values += values(layer.variables());
      for (KerasArchive.Part part : layer.parts()) {
        values += values(part.variables());
      }
    }

    return values;
  }

  private static long values(List<Variable> variables) {
    return variables.stream().mapToLong(variable -> variable.shape().size()).sum();
  }

  /**
   * Sets all values of a model and of its optimizer, which is built.
   *
   * @throws IllegalArgumentException if the number or shapes of the values are others
   */
  static void restore(KerasArchive archive, Model model) {
    new SavedLayers(model.name(), model.graph(), model.variables()).restore(archive.layers());
    KerasArchive.@Nullable Weights state = archive.optimizer();
    if (model.compiled() != null && state != null) {
      List<Variable> trainable = model.variables().stream().filter(Variable::trainable).toList();
      model.optimizer().restore(trainable, state.variables());
    }
  }

  /**
   * The precision that a saved model computes in. Here all models compute in float32, in which
   * every float16 has its place: a model of 16 bits becomes one of 32, which is said in the log.
   */
  private static final class Precision {

    private static final Logger LOG = LoggerFactory.getLogger(ModelArchive.class);
    private static final String DTYPE = "dtype";
    private static final Set<String> HALF = Set.of("float16", "mixed_float16");

    private Precision() {}

    /** Returns a model's config with float32 for what has 16 bits. */
    static Config asFloat32(Config model) {
      Config changed = config(model);
      if (!changed.toJson().equals(model.toJson())) {
        LOG.warn("The model was saved with layers of float16. Firesteel computes in float32");
      }

      return changed;
    }

    private static Config config(Config config) {
      Config.Builder builder = Config.builder();
      for (String key : config.keys()) {
        Object value = config.get(key);
        builder.put(key, key.equals(DTYPE) ? dtype(value) : value(value));
      }

      return builder.build();
    }

    private static @Nullable Object value(@Nullable Object value) {
      if (value instanceof Config config) {
        return config(config);
      }

      if (!(value instanceof List<?> list)) {
        return value;
      }

      List<@Nullable Object> changed = new ArrayList<>();
      list.forEach(item -> changed.add(value(item)));
      return changed;
    }

    private static @Nullable Object dtype(@Nullable Object dtype) {
      if (dtype instanceof Config policy && policy.get("config") instanceof Config fields) {
        return isHalf(fields.get("name"))
            ? policy.with("config", fields.with("name", "float32"))
            : policy;
      }

      return isHalf(dtype) ? "float32" : dtype;
    }

    private static boolean isHalf(@Nullable Object name) {
      return name instanceof String text && HALF.contains(text);
    }
  }
}
