package io.firesteel.optimizers;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A registered optimizer with a config, for tests of what holds for all of them. */
record OptimizerVariant(String className, Config config) {

  static final Config SCHEDULE =
      Config.parse(
          "{\"class_name\":\"CosineDecay\",\"config\":{\"initial_learning_rate\":0.1,\"decay_steps\":20}}");

  /** Config keys that switch something on, beside those that all optimizers share. */
  private static final Map<String, List<String>> OWN_VARIANTS =
      Map.ofEntries(
          Map.entry("SGD", List.of("{\"momentum\":0.9}", "{\"momentum\":0.9,\"nesterov\":true}")),
          Map.entry(
              "RMSprop", List.of("{\"momentum\":0.5}", "{\"centered\":true,\"momentum\":0.5}")),
          Map.entry("Adam", List.of("{\"amsgrad\":true}")),
          Map.entry("AdamW", List.of("{\"amsgrad\":true}")),
          Map.entry(
              "Ftrl",
              List.of(
                  "{\"learning_rate_power\":-0.2,\"l1_regularization_strength\":0.1,\"l2_regularization_strength\":0.1,\"beta\":0.1}")),
          Map.entry("Muon", List.of("{\"nesterov\":false,\"rms_rate\":null}")),
          Map.entry("ScheduleFreeAdamW", List.of("{\"warmup_steps\":3}")));

  private static final List<String> SHARED_VARIANTS =
      List.of(
          "{}",
          "{\"weight_decay\":0.1}",
          "{\"weight_decay_schedule\":{\"class_name\":\"PiecewiseConstantDecay\",\"config\":{\"boundaries\":[2],\"values\":[0.1,0.01]}}}",
          "{\"clipnorm\":0.1}",
          "{\"global_clipnorm\":0.1}",
          "{\"clipvalue\":0.1}",
          "{\"use_ema\":true,\"ema_momentum\":0.5}",
          "{\"use_ema\":true,\"ema_momentum\":0.5,\"ema_overwrite_frequency\":2}",
          "{\"loss_scale_factor\":8}",
          "{\"gradient_accumulation_steps\":3}",
          "{\"gradient_accumulation_steps\":2,\"weight_decay\":0.1,\"clipnorm\":0.5,\"use_ema\":true,\"ema_overwrite_frequency\":3}");

  Optimizer optimizer() {
    return Optimizers.deserialize(
        Config.builder().put("class_name", className).put("config", config).build());
  }

  Optimizer with(String key, Object value) {
    return new OptimizerVariant(className, config.with(key, value)).optimizer();
  }

  /** Every registered optimizer but the wrappers, which need others and share no arguments. */
  static List<String> names() {
    return Optimizers.classNames().stream()
        .filter(name -> BaseOptimizer.class.isAssignableFrom(Optimizers.type(name)))
        .toList();
  }

  /** Every registered optimizer but the wrappers in each of its variants. */
  static List<OptimizerVariant> all() {
    List<OptimizerVariant> variants = new ArrayList<>();
    for (String name : names()) {
      List<String> configs = new ArrayList<>(SHARED_VARIANTS);
      configs.addAll(OWN_VARIANTS.getOrDefault(name, List.of()));
      for (String json : configs) {
        variants.add(new OptimizerVariant(name, Config.parse(json).with("learning_rate", 0.01)));
      }

      variants.add(new OptimizerVariant(name, Config.parse("{}").with("learning_rate", SCHEDULE)));
    }

    return variants;
  }
}
