package io.firesteel.callbacks;

import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a training to an MLflow tracking server: a run with the optimizer's arguments as params
 * ({@code optimizer_learning_rate}, ...), {@code epochs}, {@code steps_per_epoch} and {@code rows};
 * loss, metrics and learning rate of every epoch, whose number from 0 is the step; and at the end
 * the model, which MLflow opens as ONNX, as Python function and as Keras model.
 *
 * <pre>{@code
 * MLflowLogger.builder().trackingUri("http://mlflow:5000").experimentName("digits").build()
 * }</pre>
 *
 * <p>A server that can't be reached, or is none, is refused before training. One that fails later
 * does not end the training: that is warned of, and what it has not taken is sent again with the
 * next epoch. A run that resumes goes on in the same run of MLflow, with each epoch once.
 *
 * <p>Names and passwords come from the environment, as with MLflow's own clients: {@code
 * MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}, or {@code MLFLOW_TRACKING_TOKEN}.
 *
 * <p>Source: MLflow, "REST API" 2.0. Keras has no such callback.
 */
public final class MLflowLogger extends Callback {

  private static final Logger LOG = LoggerFactory.getLogger(MLflowLogger.class);
  private static final String NAME = "MLflowLogger";

  private final Builder arguments;
  private final MLflowServer server;

  private Map<String, String> size = Map.of();
  private MLflowRun run;
  private boolean paramsSent;

  private MLflowLogger(Builder builder) {
    this.arguments = builder;
    String given = builder.trackingUri;
    String uri = given == null ? builder.environment.apply("MLFLOW_TRACKING_URI") : given;
    Argument.require(
        NAME,
        "tracking_uri",
        uri,
        uri != null && isHttp(uri),
        "the http address of a tracking server, here or in MLFLOW_TRACKING_URI");
    Argument.notBlank(NAME, "experiment_name", builder.experimentName);
    this.server = new MLflowServer(String.valueOf(uri), builder.environment);
    this.run = new MLflowRun(server);
  }

  private static boolean isHttp(String uri) {
    try {
      URI parsed = new URI(uri);
      return parsed.getHost() != null && List.of("http", "https").contains(parsed.getScheme());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Returns a builder: the server of the environment, and the experiment {@code Default}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Rebuilds the callback from its config. */
  public static MLflowLogger fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Builder builder = builder();
    builder.trackingUri = reader.nullableString("tracking_uri");
    builder.experimentName(reader.string("experiment_name", builder.experimentName));
    builder.runName = reader.nullableString("run_name");
    read(reader.nullableConfig("params"), builder.params);
    read(reader.nullableConfig("tags"), builder.tags);
    builder.logModel(reader.bool("log_model", true));
    reader.finish();
    return builder.build();
  }

  private static void read(@Nullable Config from, Map<String, String> to) {
    if (from != null) {
      from.keys().forEach(key -> to.put(key, text(from.get(key))));
    }
  }

  private static String text(@Nullable Object value) {
    return value instanceof Config object ? object.toJson() : String.valueOf(value);
  }

  @Override
  public void checkOutputs() {
    try {
      server.experiment(arguments.experimentName);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: 'tracking_uri' must be a tracking server of MLflow. Received: %s"
              .formatted(NAME, e.getMessage()),
          e);
    }
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    run = new MLflowRun(server);
    paramsSent = false;
    size =
        Map.of(
            "epochs", Integer.toString(params.epochs()),
            "steps_per_epoch", Integer.toString(params.batches()),
            "rows", Long.toString(params.rows()));
  }

  @Override
  public void onEpochBegin(int epoch) {
    attempt("begin a run", this::begin);
  }

  @Override
  public void onEpochResume(int epoch, int batch) {
    onEpochBegin(epoch);
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    Map<String, Double> values = new LinkedHashMap<>(logs);
    LearningRates.putInto(values, model().optimizer());
    long now = System.currentTimeMillis();
    values.forEach((name, value) -> run.add(name, value, now, epoch));
    attempt("log metrics", this::flush);
  }

  @Override
  public void onTrainEnd() {
    attempt("log metrics", this::flush);
    if (arguments.logModel && run.id() != null) {
      attempt("log the model", () -> run.logModel(model()));
    }

    attempt("end the run", () -> run.end("FINISHED"));
  }

  @Override
  public void onTrainClose() {
    attempt("end the run", () -> run.end("FAILED"));
  }

  /** Something that a server is asked for. */
  @FunctionalInterface
  private interface Request {
    void send() throws IOException;
  }

  private static void attempt(String what, Request request) {
    try {
      request.send();
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      LOG.warn("MLflowLogger can't {}, training goes on: {}", what, e.getMessage());
    }
  }

  private void flush() throws IOException {
    begin();
    run.flush();
  }

  private void begin() throws IOException {
    if (run.id() == null) {
      Map<String, String> tags = new LinkedHashMap<>();
      tags.put("mlflow.source.name", "firesteel");
      tags.put("mlflow.source.type", "JOB");
      tags.put("mlflow.user", System.getProperty("user.name", "unknown"));
      tags.putAll(arguments.tags);
      run.create(arguments.experimentName, arguments.runName, tags);
      LOG.info("MLflow: run {} of '{}' at {}", run.id(), arguments.experimentName, server);
    }

    run.takeUp();
    if (!paramsSent) {
      run.logParams(params());
      paramsSent = true;
    }
  }

  private Map<String, String> params() {
    Map<String, String> params = new LinkedHashMap<>(new TreeMap<>(size));
    Config optimizer = Optimizers.serialize(model().optimizer());
    params.put("optimizer", text(optimizer.get("class_name")));
    if (optimizer.get("config") instanceof Config config) {
      config.keys().forEach(key -> params.put("optimizer_" + key, text(config.get(key))));
    }

    params.putAll(arguments.params);
    return params;
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("tracking_uri", arguments.trackingUri)
        .put("experiment_name", arguments.experimentName)
        .put("run_name", arguments.runName)
        .put("params", Config.of(arguments.params))
        .put("tags", Config.of(arguments.tags))
        .put("log_model", arguments.logModel)
        .build();
  }

  /** Nothing of it changes the training. */
  @Override
  public Config contract() {
    return Config.empty();
  }

  @Override
  public Config state() {
    return run.state();
  }

  @Override
  public void restoreState(Config state) {
    run.restore(state);
    paramsSent = run.id() != null;
  }

  /** Collects the arguments. */
  public static final class Builder {
    private @Nullable String trackingUri;
    private String experimentName = "Default";
    private @Nullable String runName;
    private final Map<String, String> params = new LinkedHashMap<>();
    private final Map<String, String> tags = new LinkedHashMap<>();
    private boolean logModel = true;
    private UnaryOperator<@Nullable String> environment = System::getenv;

    private Builder() {}

    /** Sets the server's http address; that of {@code MLFLOW_TRACKING_URI} unless set. */
    public Builder trackingUri(String value) {
      this.trackingUri = value;
      return this;
    }

    /** Sets the experiment, which is made if there is none of that name. */
    public Builder experimentName(String value) {
      this.experimentName = value;
      return this;
    }

    /** Sets the run's name; the server makes one unless it is set. */
    public Builder runName(String value) {
      this.runName = value;
      return this;
    }

    /** Adds a param of one's own. */
    public Builder param(String name, Object value) {
      params.put(name, text(value));
      return this;
    }

    /** Adds a tag to the run. */
    public Builder tag(String name, String value) {
      tags.put(name, value);
      return this;
    }

    /** Sets whether the model is logged at the end of training; true unless set. */
    public Builder logModel(boolean value) {
      this.logModel = value;
      return this;
    }

    Builder environment(UnaryOperator<@Nullable String> value) {
      this.environment = value;
      return this;
    }

    /**
     * Returns the callback.
     *
     * @throws IllegalArgumentException if there is no address of a server, or no experiment's name
     */
    public MLflowLogger build() {
      return new MLflowLogger(this);
    }
  }
}
