package io.firesteel.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A tracking server of MLflow in memory: the part of its REST API 2.0 that a training needs, as
 * strict as the page on that API is. Whatever that does not allow is answered with 400 and counted.
 */
public final class TrackingServer implements AutoCloseable {

  private static final String API = "/api/2.0/";
  private static final String KEY = "[\\w./ -]{1,250}";
  private static final int MOST_METRICS = 1000;
  private static final int MOST_PARAMS = 100;
  private static final int LONGEST_PARAM = 6000;
  private static final Set<String> STATES =
      Set.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");

  private final HttpServer server;

  /** The ids of experiments by name. */
  public final Map<String, String> experiments = new TreeMap<>(Map.of("Default", "0"));

  public final List<Run> runs = new ArrayList<>();

  /** The files by path. */
  public final Map<String, byte[]> artifacts = new TreeMap<>();

  /** What was asked for against the rules. */
  public final List<String> violations = new ArrayList<>();

  /** What clients said who they are. */
  public final Set<String> authorizations = new java.util.TreeSet<>();

  /** Whether it answers with 503. */
  public volatile boolean down;

  /** A run. */
  public static final class Run {
    public final String id;
    public final Config request;
    public final Map<String, String> params = new TreeMap<>();
    public final Map<String, List<Config>> metrics = new TreeMap<>();
    public String status = "RUNNING";
    public Config model = Config.empty();

    Run(String id, Config request) {
      this.id = id;
      this.request = request;
    }

    /** Returns the values of a metric, in the order in which they came, as step=value. */
    public List<String> values(String metric) {
      return metrics.getOrDefault(metric, List.of()).stream()
          .map(entry -> entry.get("step") + "=" + entry.get("value"))
          .toList();
    }
  }

  /** An answer that is no success. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String code, String message) {
      super(Config.builder().put("error_code", code).put("message", message).build().toJson());
      this.status = status;
    }
  }

  private TrackingServer(HttpServer server) {
    this.server = server;
  }

  /** Starts one on a free port. */
  public static TrackingServer start() throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    TrackingServer tracking = new TrackingServer(http);
    http.createContext("/", tracking::answer);
    http.start();
    return tracking;
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    int status = 200;
    String answer;
    try {
      answer = down ? "<html>busy</html>" : handle(exchange);
      status = down ? 503 : 200;
    } catch (Refused e) {
      status = e.status;
      answer = e.getMessage();
      if (status == 400) {
        violations.add(exchange.getRequestURI() + ": " + answer);
      }
    } catch (RuntimeException e) {
      status = 400;
      answer = String.valueOf(e);
      violations.add(exchange.getRequestURI() + ": " + answer);
    }

    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String handle(HttpExchange exchange) throws IOException {
    String who = exchange.getRequestHeaders().getFirst("Authorization");
    authorizations.add(String.valueOf(who));
    byte[] body = exchange.getRequestBody().readAllBytes();
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    if (call.startsWith("PUT " + API + "mlflow-artifacts/artifacts/")) {
      artifacts.put(call.substring(("PUT " + API + "mlflow-artifacts/artifacts/").length()), body);
      return "{}";
    }

    if (call.startsWith("POST ")) {
      require(
          "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type")),
          "Content-Type must be application/json");
    }

    Config request =
        call.startsWith("POST ")
            ? Config.parse(new String(body, StandardCharsets.UTF_8))
            : query(exchange.getRequestURI().getRawQuery());
    return switch (call.replace(API + "mlflow/", "")) {
      case "GET experiments/get-by-name" -> experiment(request);
      case "POST experiments/create" -> createExperiment(request);
      case "POST runs/create" -> createRun(request);
      case "GET runs/get" -> describe(run(request));
      case "POST runs/update" -> update(request);
      case "POST runs/log-batch" -> logBatch(request);
      case "POST runs/log-model" -> logModel(request);
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", call);
    };
  }

  private static Config query(String raw) {
    Config.Builder query = Config.builder();
    for (String pair : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }

    return query.build();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", message);
    }
  }

  private static void requireFields(Config request, String... allowed) {
    require(Set.of(allowed).containsAll(request.keys()), "unknown field in " + request.keys());
  }

  private String experiment(Config request) {
    requireFields(request, "experiment_name");
    String name = (String) request.get("experiment_name");
    String id = experiments.get(name);
    if (id == null) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "No experiment " + name);
    }

    return "{\"experiment\":{\"experiment_id\":\"%s\",\"name\":\"%s\",\"lifecycle_stage\":\"active\"}}"
        .formatted(id, name);
  }

  private String createExperiment(Config request) {
    requireFields(request, "name");
    String name = (String) request.get("name");
    require(name != null && !experiments.containsKey(name), "name is missing or taken");
    experiments.put(name, Integer.toString(experiments.size()));
    return "{\"experiment_id\":\"%s\"}".formatted(experiments.get(name));
  }

  private String createRun(Config request) {
    requireFields(request, "experiment_id", "run_name", "start_time", "tags");
    require(experiments.containsValue(request.get("experiment_id")), "no such experiment");
    require(request.get("start_time") instanceof Long, "start_time is no integer");
    entries(request, "tags").forEach(TrackingServer::requirePair);
    Run run = new Run("%032x".formatted(runs.size() + 1), request);
    runs.add(run);
    return describe(run);
  }

  private static List<Config> entries(Config request, String key) {
    return request.has(key)
        ? ((List<?>) request.get(key)).stream().map(Config.class::cast).toList()
        : List.of();
  }

  private static void requirePair(Config pair) {
    requireFields(pair, "key", "value");
    require(
        pair.get("key") instanceof String key && key.matches(KEY), "bad key " + pair.get("key"));
    require(pair.get("value") instanceof String, "value of " + pair.get("key") + " is no text");
  }

  private String describe(Run run) {
    List<Config> last =
        run.metrics.values().stream().map(values -> values.get(values.size() - 1)).toList();
    Config info =
        Config.builder()
            .put("run_id", run.id)
            .put("status", run.status)
            .put(
                "artifact_uri",
                "mlflow-artifacts:/%s/%s/artifacts"
                    .formatted(run.request.get("experiment_id"), run.id))
            .build();
    Config data = Config.builder().put("metrics", last).build();
    return Config.builder()
        .put("run", Config.builder().put("info", info).put("data", data).build())
        .build()
        .toJson();
  }

  private Run run(Config request) {
    return runs.stream()
        .filter(run -> run.id.equals(request.get("run_id")))
        .findFirst()
        .orElseThrow(() -> new Refused(404, "RESOURCE_DOES_NOT_EXIST", "No run"));
  }

  private String update(Config request) {
    requireFields(request, "run_id", "status", "end_time");
    require(STATES.contains(request.get("status")), "no status " + request.get("status"));
    require(
        !request.has("end_time") || request.get("end_time") instanceof Long,
        "end_time is no integer");
    run(request).status = (String) request.get("status");
    return describe(run(request));
  }

  private String logBatch(Config request) {
    requireFields(request, "run_id", "metrics", "params", "tags");
    Run run = run(request);
    List<Config> metrics = entries(request, "metrics");
    List<Config> params = entries(request, "params");
    require(metrics.size() <= MOST_METRICS && params.size() <= MOST_PARAMS, "too many");
    for (Config metric : metrics) {
      requireFields(metric, "key", "value", "timestamp", "step");
      Object key = metric.get("key");
      require(key instanceof String name && name.matches(KEY), "bad key " + key);
      require(
          metric.get("value") instanceof Number
              || Set.of("NaN", "Infinity", "-Infinity").contains(metric.get("value")),
          "value of " + key + " is no double");
      require(
          metric.get("timestamp") instanceof Long && metric.get("step") instanceof Long,
          "timestamp or step of " + key + " is no integer");
      run.metrics.computeIfAbsent((String) key, name -> new ArrayList<>()).add(metric);
    }

    for (Config param : params) {
      requirePair(param);
      String key = (String) param.get("key");
      String value = (String) param.get("value");
      String before = run.params.putIfAbsent(key, value);
      require(before == null || before.equals(value), "param " + key + " has another value");
      require(value.length() <= LONGEST_PARAM, "value of " + key + " is too long");
    }

    return "{}";
  }

  private String logModel(Config request) {
    requireFields(request, "run_id", "model_json");
    Run run = run(request);
    Config model = Config.parse((String) request.get("model_json"));
    for (String key : List.of("artifact_path", "flavors", "run_id", "utc_time_created")) {
      require(model.has(key), "the model has no " + key);
    }

    run.model = model;
    return "{}";
  }
}
