package io.firesteel.notebook;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.JobProcess;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.jspecify.annotations.Nullable;

/**
 * A Zeppelin server with the interpreters {@code spark} ({@link SparkScalaInterpreter}) and {@code
 * md}, each a process of its own, in a folder of its own. Closing ends all of them.
 */
final class ZeppelinProcess implements AutoCloseable {

  private static final Path TARGET = JobProcess.ROOT.resolve("target");
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final Path home;
  private final int port;
  private final Process server;
  private final Thread atExit;
  private final HttpClient http = HttpClient.newHttpClient();

  private ZeppelinProcess(Path home, int port) throws IOException {
    this.home = home;
    this.port = port;
    prepare();
    this.server = start();
    this.atExit = new Thread(this::end);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts a server and waits until it answers. */
  static ZeppelinProcess start(Path home, Map<String, String> sparkProperties) throws Exception {
    ZeppelinProcess zeppelin = new ZeppelinProcess(home, freePort());
    try {
      zeppelin.awaitAnswer();
      zeppelin.addSpark(sparkProperties);
      return zeppelin;
    } catch (Exception | Error e) {
      zeppelin.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void prepare() throws IOException {
    for (String folder :
        List.of(
            "conf",
            "notebook",
            "bin",
            "run",
            "logs",
            "local-repo",
            "lib/interpreter",
            "interpreter/sparkscala",
            "interpreter/md",
            "war/WEB-INF",
            "war2/WEB-INF")) {
      Files.createDirectories(home.resolve(folder));
    }

    for (String war : List.of("war", "war2")) {
      Files.writeString(
          home.resolve(war).resolve("WEB-INF/web.xml"),
          "<web-app xmlns=\"http://java.sun.com/xml/ns/javaee\" version=\"3.0\"/>");
    }

    Files.writeString(home.resolve("conf/zeppelin-site.xml"), site());
    Files.writeString(
        home.resolve("conf/log4j.properties"),
        """
        log4j.rootLogger=INFO, out
        log4j.appender.out=org.apache.log4j.ConsoleAppender
        log4j.appender.out.layout=org.apache.log4j.PatternLayout
        log4j.appender.out.layout.ConversionPattern=%d{HH:mm:ss} %p %c{1}: %m%n
        """);
    Files.writeString(
        home.resolve("conf/jvm"),
        "-Xmx1g " + JavaModuleOptions.defaultModuleOptions().replace(' ', '\n') + "\n");
    Path script = home.resolve("bin/interpreter.sh");
    Files.copy(JobProcess.ROOT.resolve("src/test/zeppelin/interpreter.sh"), script);
    script.toFile().setExecutable(true);
    writeSetting("sparkscala", "spark", SparkScalaInterpreter.class.getName());
    writeSetting("md", "md", "org.apache.zeppelin.markdown.Markdown");
    Files.writeString(home.resolve("interpreter/sparkscala/classpath"), sparkClassPath());
    Files.writeString(
        home.resolve("interpreter/md/classpath"),
        TARGET.resolve("zeppelin/markdown") + "/*:" + jars("zeppelin-interpreter-shaded"));
  }

  private void writeSetting(String group, String name, String className) throws IOException {
    Files.writeString(
        home.resolve("interpreter").resolve(group).resolve("interpreter-setting.json"),
        """
        [{"group": "%s", "name": "%s", "className": "%s", "defaultInterpreter": true,
          "properties": {}, "editor": {}}]
        """
            .formatted(group, name, className));
  }

  private String site() {
    Map<String, Object> properties =
        Map.of(
            "zeppelin.server.addr",
            "127.0.0.1",
            "zeppelin.server.port",
            port,
            "zeppelin.war",
            home.resolve("war"),
            "zeppelin.angular.war",
            home.resolve("war2"),
            "zeppelin.notebook.storage",
            "org.apache.zeppelin.notebook.repo.VFSNotebookRepo",
            "zeppelin.interpreter.connect.timeout",
            TIMEOUT.toMillis());
    return properties.entrySet().stream()
        .map(
            property ->
                "<property><name>%s</name><value>%s</value></property>"
                    .formatted(property.getKey(), property.getValue()))
        .collect(Collectors.joining("\n", "<configuration>\n", "\n</configuration>\n"));
  }

  /** Our jar as users have it, Spark, its Scala compiler, and the interpreter from the tests. */
  private static String sparkClassPath() {
    return String.join(
        ":",
        TARGET.resolve("test-classes").toString(),
        System.getProperty("firesteel.jar"),
        System.getProperty("firesteel.spark.home") + "/jars/*",
        jars("scala-compiler", "jline", "java-diff-utils", "zeppelin-interpreter-shaded"));
  }

  private static String jars(String... names) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(classPath.split(File.pathSeparator))
        .filter(
            entry ->
                Stream.of(names).anyMatch(name -> new File(entry).getName().startsWith(name + "-")))
        .collect(Collectors.joining(":"));
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String part : List.of("lang", "util", "net", "nio", "io")) {
      command.add("--add-opens=java.base/java.%s=ALL-UNNAMED".formatted(part));
    }

    command.add("-Xmx512m");
    command.add("-Dlog4j.configuration=" + home.resolve("conf/log4j.properties").toUri());
    command.add("-cp");
    command.add(home.resolve("conf") + ":" + TARGET.resolve("zeppelin/server") + "/*");
    command.add("org.apache.zeppelin.server.ZeppelinServer");
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.matches("(SPARK|ZEPPELIN)_.*"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("ZEPPELIN_HOME", home.toString());
    environment.put("ZEPPELIN_CONF_DIR", home.resolve("conf").toString());
    environment.put("ZEPPELIN_LOCAL_IP", "127.0.0.1");
    // Else it ends with its standard input.
    environment.put("ZEPPELIN_IDENT_STRING", "firesteel");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("FIRESTEEL_HOME", JobProcess.ROOT.toString());
    return builder.redirectErrorStream(true).redirectOutput(log().toFile()).start();
  }

  private Path log() {
    return home.resolve("server.log");
  }

  private void awaitAnswer() throws Exception {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        request("GET", "/version", null);
        return;
      } catch (ConnectException e) {
        if (System.nanoTime() > deadline || !server.isAlive()) {
          throw new IOException("Zeppelin does not answer:\n" + Files.readString(log()), e);
        }

        server.waitFor(200, TimeUnit.MILLISECONDS);
      }
    }
  }

  /* The name is what paragraphs say; a group of that name would make Zeppelin look for a SPARK_HOME. */
  private void addSpark(Map<String, String> sparkProperties) throws Exception {
    Config.Builder properties = Config.builder();
    sparkProperties.forEach(
        (name, value) ->
            properties.put(
                name,
                Config.builder()
                    .put("name", name)
                    .put("value", value)
                    .put("type", "string")
                    .build()));
    Config option =
        Config.builder()
            .put("remote", true)
            .put("perNote", "shared")
            .put("perUser", "shared")
            .build();
    Config interpreter =
        Config.builder()
            .put("name", "spark")
            .put("class", SparkScalaInterpreter.class.getName())
            .put("defaultInterpreter", true)
            .build();
    request(
        "POST",
        "/interpreter/setting",
        Config.builder()
            .put("name", "spark")
            .put("group", "sparkscala")
            .put("properties", properties.build())
            .put("interpreterGroup", List.of(interpreter))
            .put("option", option)
            .put("dependencies", List.of())
            .build()
            .toJson());
  }

  /** Imports a note and returns its id. */
  String importNote(Config note) throws Exception {
    return request("POST", "/notebook/import", note.toJson()).reader("import").string("body");
  }

  /** Runs a paragraph to its end and returns the code and the messages. */
  Config run(String note, String paragraph) throws Exception {
    return request("POST", "/notebook/run/%s/%s".formatted(note, paragraph), "{}")
        .reader("run")
        .config("body");
  }

  /** Starts a paragraph. */
  void begin(String note, String paragraph) throws Exception {
    request("POST", "/notebook/job/%s/%s".formatted(note, paragraph), "{}");
  }

  /** Presses a paragraph's stop button. */
  void cancel(String note, String paragraph) throws Exception {
    request("DELETE", "/notebook/job/%s/%s".formatted(note, paragraph), null);
  }

  /** Returns a paragraph's status, e.g. RUNNING. */
  String status(String note, String paragraph) throws Exception {
    ConfigReader body =
        request("GET", "/notebook/%s/paragraph/%s".formatted(note, paragraph), null)
            .reader("status")
            .config("body")
            .reader("body");
    return body.string("status");
  }

  private Config request(String method, String path, @Nullable String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api%s".formatted(port, path)))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(TIMEOUT)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s: %d %s\n%s"
              .formatted(
                  method, path, response.statusCode(), response.body(), Files.readString(log())));
    }

    return Config.parse(response.body());
  }

  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void end() {
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    all.add(server.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }
}
