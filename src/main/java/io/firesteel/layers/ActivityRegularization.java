package io.firesteel.layers;

import io.firesteel.regularizers.L1L2;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Passes its input on, and adds a penalty on it to the loss: l1 sum |x| + l2 sum x^2, divided by
 * the number of rows (Keras 3.15, keras/src/layers/regularization/activity_regularization.py).
 */
public final class ActivityRegularization extends PassThrough<ActivityRegularization> {

  private static final String NAME = "ActivityRegularization";

  private final double l1;
  private final double l2;

  private ActivityRegularization(double l1, double l2, LayerOptions options) {
    super(
        options.withActivityRegularizer(
            L1L2.of(Argument.nonNegative(NAME, "l1", l1), Argument.nonNegative(NAME, "l2", l2))));
    this.l1 = l1;
    this.l2 = l2;
  }

  /** Returns the layer; both factors are at least 0. */
  public static ActivityRegularization of(double l1, double l2) {
    return new ActivityRegularization(l1, l2, LayerOptions.DEFAULT);
  }

  static ActivityRegularization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    ActivityRegularization layer =
        new ActivityRegularization(
            reader.number("l1", 0), reader.number("l2", 0), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ActivityRegularization with(LayerOptions newOptions) {
    return new ActivityRegularization(l1, l2, newOptions);
  }

  @Override
  public Config getConfig() {
    Config all = baseConfig().put("l1", l1).put("l2", l2).build();
    Config.Builder config = Config.builder();
    for (String key : all.keys()) {
      if (!key.equals("activity_regularizer")) {
        config.put(key, all.get(key));
      }
    }

    return config.build();
  }
}
