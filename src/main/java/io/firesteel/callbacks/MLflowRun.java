package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run on a tracking server. Metrics wait here until the server has taken them; a run that is
 * taken up again gets none twice.
 */
final class MLflowRun {

  private static final int MOST_METRICS = 1000;
  private static final int MOST_PARAMS = 100;

  private final MLflowServer server;
  private final List<Config> pending = new ArrayList<>();
  private final Map<String, Long> lastSteps = new LinkedHashMap<>();
  private @Nullable String id;
  private String artifactUri = "";
  private boolean toTakeUp;
  private boolean ended;

  MLflowRun(MLflowServer server) {
    this.server = server;
  }

  /** Returns the run's id, or null if the server does not know it yet. */
  @Nullable String id() {
    return id;
  }

  /** Begins the run on the server. */
  void create(String experiment, @Nullable String name, Map<String, String> tags)
      throws IOException {
    String known = server.experiment(experiment);
    Config.Builder request =
        Config.builder()
            .put("experiment_id", known == null ? server.createExperiment(experiment) : known)
            .put("start_time", System.currentTimeMillis())
            .put("tags", MLflowServer.pairs(tags));
    if (name != null) {
      request.put("run_name", name);
    }

    ConfigReader info = server.createRun(request.build()).reader("run");
    String created = info.string("run_id");
    artifactUri = info.string("artifact_uri", "");
    id = created;
  }

  void logParams(Map<String, String> params) throws IOException {
    List<Config> pairs = MLflowServer.pairs(params);
    for (int first = 0; first < pairs.size(); first += MOST_PARAMS) {
      List<Config> some = pairs.subList(first, Math.min(first + MOST_PARAMS, pairs.size()));
      server.logBatch(request().put("params", some).build());
    }
  }

  private Config.Builder request() {
    return Config.builder().put("run_id", id);
  }

  /** Goes on with a run of before; what it has of steps after the checkpoint stays as it is. */
  void takeUp() throws IOException {
    String known = id;
    if (known == null || !toTakeUp) {
      return;
    }

    ConfigReader data = server.run(known).reader("run").config("data").reader("data");
    for (Object each : data.optionalList("metrics")) {
      if (each instanceof Config metric && metric.has("step")) {
        lastSteps.put(key(metric), step(metric));
      }
    }

    server.updateRun(request().put("status", "RUNNING").build());
    toTakeUp = false;
  }

  private static String key(Config metric) {
    return String.valueOf(metric.get("key"));
  }

  private static long step(Config metric) {
    return Long.parseLong(String.valueOf(metric.get("step")));
  }

  /** Adds a value to those that are to be sent. Numbers that are none go by their names. */
  void add(String name, double value, long millis, int step) {
    pending.add(
        Config.builder()
            .put("key", name)
            .put("value", Double.isFinite(value) ? value : Double.toString(value))
            .put("timestamp", millis)
            .put("step", (long) step)
            .build());
  }

  /** Sends what waits. */
  void flush() throws IOException {
    pending.removeIf(metric -> lastSteps.getOrDefault(key(metric), -1L) >= step(metric));
    while (!pending.isEmpty()) {
      List<Config> some = pending.subList(0, Math.min(MOST_METRICS, pending.size()));
      server.logBatch(request().put("metrics", List.copyOf(some)).build());
      some.clear();
    }
  }

  void logModel(CallbackModel model) throws IOException {
    try (MLflowModel saved = MLflowModel.of(model, String.valueOf(id))) {
      for (String name : saved.files()) {
        server.upload(artifactUri, MLflowModel.FOLDER + "/" + name, saved.file(name));
      }

      server.logModel(request().put("model_json", saved.description().toJson()).build());
    }
  }

  /** Ends the run, once. */
  void end(String status) throws IOException {
    if (id != null && !ended) {
      ended = true;
      server.updateRun(
          request().put("status", status).put("end_time", System.currentTimeMillis()).build());
    }
  }

  Config state() {
    return id == null
        ? Config.empty()
        : request().put("artifact_uri", artifactUri).put("pending", List.copyOf(pending)).build();
  }

  void restore(Config state) {
    if (state.has("run_id")) {
      ConfigReader reader = state.reader("MLflowLogger");
      id = reader.string("run_id");
      artifactUri = reader.string("artifact_uri");
      reader.list("pending").forEach(metric -> pending.add((Config) metric));
      reader.finish();
      toTakeUp = true;
    }
  }
}
