package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An Estimator from Spark Connect's client for the JVM, which is a process of its own without
 * Firesteel and without the classes of a Spark application.
 */
@Tag("spark")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectTest {

  private static final String ROWS =
      "SELECT id, array(id % 20 / 20.0f, id % 7 / 7.0f) features, if(id % 20 + id % 7 > 12, 1, 0)"
          + " label FROM range(400)";

  /** Of the jars that the tests have, what only an application or a server has. */
  private static final List<String> OF_APPLICATIONS =
      List.of(
          "spark-core",
          "spark-sql",
          "spark-catalyst",
          "spark-mllib",
          "spark-connect_",
          "spark-graphx",
          "spark-streaming",
          "hadoop-",
          "test-classes",
          "classes");

  private static SparkSession server;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    server =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
            .config("spark.connect.grpc.binding.address", "127.0.0.1")
            .config("spark.connect.grpc.binding.port", port)
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  /** The client's jar lies in a folder of its own: its classes are those of an application, too. */
  private static String clientPath() throws IOException {
    List<String> path = new ArrayList<>();
    try (Stream<java.nio.file.Path> jars =
        java.nio.file.Files.list(java.nio.file.Path.of(System.getProperty("firesteel.connect")))) {
      jars.forEach(jar -> path.add(jar.toString()));
    }

    assertEquals(1, path.size());
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : all.split(File.pathSeparator)) {
      String name = new File(entry).getName();
      if (OF_APPLICATIONS.stream().noneMatch(name::startsWith)) {
        path.add(entry);
      }
    }

    return String.join(File.pathSeparator, path);
  }

  private static List<String> client(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                clientPath(),
                "src/test/connect/client/ConnectClient.java"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }

  @Test
  void aClientFitsTransformsAndAsks() throws Exception {
    Sequential model =
        new Sequential()
            .add(Dense.of(8).activation("tanh").inputShape(2))
            .add(Dense.of(1).activation("sigmoid"));
    KerasClassificationModel local =
        new KerasClassifier()
            .setModel(model)
            .setOptimizer("adam")
            .setEpochs(3)
            .setSeed(2)
            .setVerbose(0)
            .fit(server.sql(ROWS));
    String predictions =
        local.transform(server.sql(ROWS)).select("prediction").collectAsList().stream()
            .map(row -> Double.toString(row.getDouble(0)))
            .collect(Collectors.joining(" "));
    assertFalse(Arrays.stream(predictions.split(" ")).distinct().count() < 2);
    List<String> lines = client("sc://127.0.0.1:" + port, ROWS, model.toJson());
    assertEquals(
        List.of("classes " + local.numClasses(), "predictions " + predictions),
        lines.stream().filter(line -> line.matches("(classes|predictions) .*")).toList());
  }
}
