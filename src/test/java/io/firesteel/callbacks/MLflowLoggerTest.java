package io.firesteel.callbacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.firesteel.layers.Dense;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.Digits;
import io.firesteel.testing.TrackingServer;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches a tracking server that is as strict as MLflow's API. */
class MLflowLoggerTest {

  @TempDir private Path folder;

  private TrackingServer server;

  @BeforeEach
  void start() throws IOException {
    server = TrackingServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
    assertEquals(List.of(), server.violations);
  }

  private MLflowLogger.Builder logger() {
    return MLflowLogger.builder().environment(name -> null).trackingUri(server.address());
  }

  private static Sequential digits() {
    Sequential model = new Sequential().add(Dense.of(10).activation("softmax").inputShape(64));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static History fit(Model model, Callback callback, int epochs) {
    LocalData rows = Digits.rows(0, 256);
    return model.fit(
        rows, FitOptions.builder().epochs(epochs).batchSize(64).callbacks(callback).build());
  }

  @Test
  void aTrainingIsARunWithParamsMetricsAndTheModel() throws IOException {
    Sequential model = digits();
    MLflowLogger logger =
        logger()
            .experimentName("digits & more")
            .runName("first")
            .param("pixels", 64)
            .tag("team", "a")
            .build();
    History history = fit(model, logger, 3);

    TrackingServer.Run run = server.runs.get(0);
    assertEquals(1, server.runs.size());
    assertEquals(Set.of("Default", "digits & more"), server.experiments.keySet());
    assertEquals("first", run.request.get("run_name"));
    assertTrue(run.request.toJson().contains("{\"key\":\"team\",\"value\":\"a\"}"));
    assertEquals("FINISHED", run.status);
    assertEquals("3", run.params.get("epochs"));
    assertEquals("4", run.params.get("steps_per_epoch"));
    assertEquals("256", run.params.get("rows"));
    assertEquals("64", run.params.get("pixels"));
    assertEquals("Adam", run.params.get("optimizer"));
    assertEquals("0.0010000000474974513", run.params.get("optimizer_learning_rate"));
    assertEquals(Set.of("accuracy", "learning_rate", "loss"), run.metrics.keySet());
    List<String> losses = new ArrayList<>();
    history.history().get("loss").forEach(loss -> losses.add(losses.size() + "=" + loss));
    assertEquals(losses, run.values("loss"));
    assertModelLoads(model, run);
  }

  private void assertModelLoads(Sequential model, TrackingServer.Run run) throws IOException {
    String artifacts = "1/%s/artifacts/model/".formatted(run.id);
    Set<String> names = Set.of("MLmodel", "model.onnx", "data/model.keras", "requirements.txt");
    names.forEach(name -> assertTrue(server.artifacts.containsKey(artifacts + name), name));
    Path file = folder.resolve("model.keras");
    Files.write(file, server.artifacts.get(artifacts + "data/model.keras"));
    float[][] pixels = {new float[64]};
    assertArrayEquals(model.predict(pixels), Model.load(file.toString()).predict(pixels));

    Config description =
        Config.parse(
            new String(server.artifacts.get(artifacts + "MLmodel"), StandardCharsets.UTF_8));
    assertEquals(run.model, description);
    Config flavors = (Config) description.get("flavors");
    assertEquals(Set.of("keras", "onnx", "python_function"), Set.copyOf(flavors.keys()));
    assertEquals("model.onnx", ((Config) flavors.get("onnx")).get("data"));
    assertEquals("data", ((Config) flavors.get("keras")).get("data"));
  }

  @Test
  void aRunThatResumesGoesOnWithEachEpochOnce() {
    RecordingModel model = new RecordingModel();
    MLflowLogger first = logger().build();
    model.begin(first);
    first.onEpochBegin(0);
    model.endEpoch(first, 0, "loss", 4);
    Config checkpoint = Config.parse(first.state().toJson());
    model.endEpoch(first, 1, "loss", 3);
    first.onTrainClose();
    assertEquals("FAILED", server.runs.get(0).status);

    MLflowLogger second = logger().build();
    model.begin(second);
    second.restoreState(checkpoint);
    second.onEpochBegin(1);
    assertEquals("RUNNING", server.runs.get(0).status);
    model.endEpoch(second, 1, "loss", 3);
    model.endEpoch(second, 2, "loss", Double.NaN);
    second.onTrainClose();

    assertEquals(1, server.runs.size());
    assertEquals(List.of("0=4.0", "1=3.0", "2=NaN"), server.runs.get(0).values("loss"));
  }

  @Test
  void trainingGoesOnWithoutTheServerAndSendsWhatWaited() {
    RecordingModel model = new RecordingModel();
    MLflowLogger logger = logger().logModel(false).build();
    try (CapturedLog log = CapturedLog.of(MLflowLogger.class)) {
      model.begin(logger);
      logger.onEpochBegin(0);
      server.down = true;
      model.endEpoch(logger, 0, "loss", 4);
      assertTrue(
          log.text().contains("can't log metrics, training goes on: " + server.address()),
          log.text());
      server.down = false;
      model.endEpoch(logger, 1, "loss", 3);
      logger.onTrainEnd();
      logger.onTrainClose();
    }

    assertEquals(List.of("0=4.0", "1=3.0"), server.runs.get(0).values("loss"));
    assertEquals("FINISHED", server.runs.get(0).status);
    assertEquals(Map.of(), server.artifacts);
  }

  @Test
  void aServerThatIsNotThereIsRefusedBeforeTraining() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }

    MLflowLogger logger = logger().trackingUri("http://127.0.0.1:" + port).build();
    Sequential model = digits();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> fit(model, logger, 1));
    assertTrue(
        e.getMessage()
            .startsWith(
                "MLflowLogger: 'tracking_uri' must be a tracking server of MLflow. Received:"
                    + " http://127.0.0.1:"
                    + port
                    + " gives no answer"),
        e.getMessage());
    assertEquals(0, model.optimizer().iterations());
  }

  @Test
  void anotherServerIsRefusedBeforeTraining() throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("<html>Hello</html>".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    other.start();
    try {
      String address = "http://127.0.0.1:" + other.getAddress().getPort();
      MLflowLogger logger = logger().trackingUri(address).build();
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, logger::checkOutputs);
      assertTrue(
          e.getMessage().endsWith("so it is no MLflow server: <html>Hello</html>"), e.getMessage());
    } finally {
      other.stop(0);
    }
  }

  @Test
  void saysWhoAsksByTheEnvironment() {
    Map<String, String> environment =
        Map.of(
            "MLFLOW_TRACKING_URI", server.address(),
            "MLFLOW_TRACKING_USERNAME", "ada",
            "MLFLOW_TRACKING_PASSWORD", "secret");
    MLflowLogger.builder().environment(environment::get).build().checkOutputs();
    logger().environment(Map.of("MLFLOW_TRACKING_TOKEN", "abc")::get).build().checkOutputs();
    assertEquals(Set.of("Basic YWRhOnNlY3JldA==", "Bearer abc"), server.authorizations);
  }

  @Test
  void refusesWhatIsNoAddress() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> logger().trackingUri("databricks").build());
    assertEquals(
        "MLflowLogger: 'tracking_uri' must be the http address of a tracking server, here or in"
            + " MLFLOW_TRACKING_URI. Received: databricks",
        e.getMessage());
  }

  @Test
  void comesBackFromAJobFile() {
    Config config =
        Config.parse(
            "{\"class_name\": \"MLflowLogger\", \"config\": {\"tracking_uri\": \"%s\", \"run_name\": \"r\", \"params\": {\"depth\": 3}, \"log_model\": false}}"
                .formatted(server.address()));
    Callback callback = Callbacks.get(config);
    assertEquals(
        "{\"tracking_uri\":\"%s\",\"experiment_name\":\"Default\",\"run_name\":\"r\",\"params\":{\"depth\":\"3\"},\"tags\":{},\"log_model\":false}"
            .formatted(server.address()),
        callback.getConfig().toJson());
    assertEquals(callback.getConfig(), Callbacks.get(Callbacks.serialize(callback)).getConfig());
  }
}
