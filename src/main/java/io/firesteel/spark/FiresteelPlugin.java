package io.firesteel.spark;

import io.firesteel.spark.internal.ui.TrainingUi;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Shows the Training tab from the start of an application, and not only from its first training:
 * {@code spark.plugins=io.firesteel.spark.FiresteelPlugin}.
 */
public final class FiresteelPlugin implements SparkPlugin {

  /** Creates it; Spark does. */
  public FiresteelPlugin() {}

  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  @SuppressWarnings("NullAway") // Spark's way to say that executors have none.
  public ExecutorPlugin executorPlugin() {
    return null;
  }

  private static final class Driver implements DriverPlugin {
    private @Nullable SparkContext context;

    @Override
    public Map<String, String> init(SparkContext sparkContext, PluginContext plugin) {
      context = sparkContext;
      TrainingUi.attach(sparkContext);
      return Map.of();
    }

    @Override
    public void registerMetrics(String appId, PluginContext plugin) {
      if (context != null) {
        TrainingUi.registerMetrics(context);
      }
    }
  }
}
