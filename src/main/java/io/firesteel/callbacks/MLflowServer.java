package io.firesteel.callbacks;

import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * MLflow's tracking server, by its REST API 2.0. Who asks is said as MLflow's own clients do it: by
 * the environment's {@code MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}, or
 * {@code MLFLOW_TRACKING_TOKEN}.
 */
final class MLflowServer {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration UPLOAD = Duration.ofMinutes(10);
  private static final int NOT_FOUND = 404;
  private static final int LONGEST_ANSWER = 300;
  private static final String API = "/api/2.0/";

  private final String address;
  private final @Nullable String authorization;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();

  /** An answer that is no success. */
  private static final class Refusal extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String body;

    Refusal(int status, String body, String message) {
      super(message);
      this.status = status;
      this.body = body;
    }
  }

  /**
   * Creates one.
   *
   * @param address what comes before {@code /api}
   * @param environment the environment's variables by name, null for those that there are not
   */
  MLflowServer(String address, UnaryOperator<@Nullable String> environment) {
    this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    String token = environment.apply("MLFLOW_TRACKING_TOKEN");
    String user = environment.apply("MLFLOW_TRACKING_USERNAME");
    String password = environment.apply("MLFLOW_TRACKING_PASSWORD");
    if (user != null && password != null) {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      this.authorization = "Basic " + Base64.getEncoder().encodeToString(both);
    } else {
      this.authorization = token == null ? null : "Bearer " + token;
    }
  }

  /** Returns the id of an experiment, or null if there is none of that name. */
  @Nullable String experiment(String name) throws IOException {
    try {
      Config answer = get("mlflow/experiments/get-by-name?experiment_name=" + encoded(name));
      return answer
          .reader("MLflow")
          .config("experiment")
          .reader("experiment")
          .string("experiment_id");
    } catch (Refusal e) {
      if (e.status == NOT_FOUND && e.body.contains("RESOURCE_DOES_NOT_EXIST")) {
        return null;
      }

      throw e;
    }
  }

  /** Makes an experiment and returns its id. */
  String createExperiment(String name) throws IOException {
    Config answer = post("mlflow/experiments/create", Config.builder().put("name", name).build());
    return answer.reader("MLflow").string("experiment_id");
  }

  /** Begins a run, and returns its {@code info}. */
  Config createRun(Config request) throws IOException {
    return info(post("mlflow/runs/create", request));
  }

  /** Returns a run's {@code info} and {@code data}. */
  Config run(String runId) throws IOException {
    return get("mlflow/runs/get?run_id=" + encoded(runId)).reader("MLflow").config("run");
  }

  private static Config info(Config answer) {
    return answer.reader("MLflow").config("run").reader("run").config("info");
  }

  void updateRun(Config request) throws IOException {
    post("mlflow/runs/update", request);
  }

  void logBatch(Config request) throws IOException {
    post("mlflow/runs/log-batch", request);
  }

  void logModel(Config request) throws IOException {
    post("mlflow/runs/log-model", request);
  }

  /**
   * Uploads a file into the folder of a run's artifacts.
   *
   * @param artifactUri the folder, as the server names it
   * @throws IOException if the server does not take artifacts itself, or refuses them
   */
  void upload(String artifactUri, String name, Path file) throws IOException {
    URI folder = URI.create(artifactUri);
    if (!"mlflow-artifacts".equals(folder.getScheme())) {
      throw new IOException(
          "the server keeps artifacts at %s and does not take them itself (mlflow server --serve-artifacts)"
              .formatted(artifactUri));
    }

    String path = folder.getRawPath().replaceFirst("^/*", "");
    send(
        HttpRequest.newBuilder(uri("mlflow-artifacts/artifacts/" + path + "/" + name))
            .timeout(UPLOAD)
            .PUT(BodyPublishers.ofFile(file)));
  }

  private Config get(String path) throws IOException {
    return send(HttpRequest.newBuilder(uri(path)).timeout(ANSWER).GET());
  }

  private Config post(String path, Config request) throws IOException {
    BodyPublisher body = BodyPublishers.ofString(request.toJson());
    return send(
        HttpRequest.newBuilder(uri(path))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .POST(body));
  }

  private URI uri(String path) {
    return URI.create(address + API + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Config send(HttpRequest.Builder request) throws IOException {
    if (authorization != null) {
      request.header("Authorization", authorization);
    }

    HttpResponse<String> answer;
    HttpRequest built = request.build();
    try {
      answer = client.send(built, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + built.uri());
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException("%s gives no answer: %s".formatted(address, reason), e);
    }

    String body = answer.body();
    if (answer.statusCode() / 100 != 2) {
      throw new Refusal(
          answer.statusCode(),
          body,
          "%s answers %d to %s: %s"
              .formatted(address, answer.statusCode(), built.uri().getPath(), shortened(body)));
    }

    try {
      return body.isBlank() ? Config.empty() : Config.parse(body);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s answers no JSON to %s, so it is no MLflow server: %s"
              .formatted(address, built.uri().getPath(), shortened(body)),
          e);
    }
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > LONGEST_ANSWER ? line.substring(0, LONGEST_ANSWER) + "..." : line;
  }

  @Override
  public String toString() {
    return address;
  }

  /** Returns what stands in a request: pairs of key and value. */
  static List<Config> pairs(Map<String, String> values) {
    return values.entrySet().stream()
        .map(e -> Config.builder().put("key", e.getKey()).put("value", e.getValue()).build())
        .toList();
  }
}
