package io.firesteel.campaign;

import io.firesteel.testing.LocalSpark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * A name node and two data nodes, each a process of its own that can be killed and started again.
 */
final class HdfsProcesses implements AutoCloseable {

  /** The name of the name node among the processes. */
  static final String NAME_NODE = "namenode";

  /** The data nodes among the processes. */
  static final List<String> DATA_NODES = List.of("datanode-1", "datanode-2");

  private static final String SERVER = "org.apache.hadoop.hdfs.server.";

  private final Path home;
  private final int port;
  private final int webPort;
  private final Map<String, Process> processes = new HashMap<>();

  private HdfsProcesses(Path home, int port, int webPort) {
    this.home = home;
    this.port = port;
    this.webPort = webPort;
  }

  /** Starts all three with an empty file system. */
  static HdfsProcesses start(Path home) throws IOException, InterruptedException {
    HdfsProcesses hdfs = new HdfsProcesses(home, freePort(), freePort());
    try {
      hdfs.writeConf(NAME_NODE);
      for (String node : DATA_NODES) {
        hdfs.writeConf(node);
      }

      Process format = hdfs.launch(NAME_NODE, "namenode.NameNode", "-format", "-nonInteractive");
      if (format.waitFor() != 0) {
        throw new IOException("The name node can't be formatted:\n" + hdfs.log(NAME_NODE));
      }

      hdfs.start(NAME_NODE);
      for (String node : DATA_NODES) {
        hdfs.start(node);
      }

      hdfs.awaitReady();
      return hdfs;
    } catch (IOException | InterruptedException | RuntimeException e) {
      hdfs.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Returns the address of the file system. */
  String uri() {
    return "hdfs://127.0.0.1:" + port;
  }

  private void writeConf(String process) throws IOException {
    Configuration conf = new Configuration(false);
    conf.set("fs.defaultFS", uri());
    conf.set("hadoop.tmp.dir", home.resolve("tmp").toString());
    conf.setInt("dfs.replication", 2);
    conf.set("dfs.namenode.name.dir", home.resolve("name").toUri().toString());
    conf.set("dfs.namenode.http-address", "127.0.0.1:" + webPort);
    conf.setInt("dfs.namenode.safemode.extension", 0);
    conf.setInt("dfs.namenode.heartbeat.recheck-interval", 2000);
    conf.setInt("dfs.heartbeat.interval", 1);
    conf.set("dfs.datanode.data.dir", home.resolve(process + "-data").toUri().toString());
    for (String address : List.of("address", "ipc.address", "http.address")) {
      conf.set("dfs.datanode." + address, "127.0.0.1:0");
    }

    Path folder = Files.createDirectories(home.resolve(process + "-conf"));
    for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
      try (var out = Files.newOutputStream(folder.resolve(name))) {
        conf.writeXml(out);
      }
    }

    Files.writeString(
        folder.resolve("log4j2.properties"),
        String.join(
            "\n",
            "rootLogger.level = warn",
            "rootLogger.appenderRef.out.ref = out",
            "appender.out.type = Console",
            "appender.out.name = out",
            "appender.out.layout.type = PatternLayout",
            "appender.out.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex{1}"));
  }

  /** Starts a process that was killed. */
  void start(String process) throws IOException {
    String main = process.equals(NAME_NODE) ? "namenode.NameNode" : "datanode.DataNode";
    processes.put(process, launch(process, main));
  }

  private Process launch(String process, String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(home.resolve(process + "-conf") + ":" + LocalSpark.classPath());
    command.add(SERVER + main);
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve(process + ".log").toFile()))
        .start();
  }

  private String log(String process) throws IOException {
    return Files.readString(home.resolve(process + ".log"));
  }

  /** Kills a process as {@code kill -9} does. */
  void kill(String process) throws InterruptedException {
    Process victim = processes.get(process);
    if (victim != null) {
      victim.destroyForcibly().waitFor();
    }
  }

  /** Waits until a file can be written. */
  void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!isWritable()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("HDFS is not there after two minutes:\n" + log(NAME_NODE));
      }

      Thread.sleep(200);
    }
  }

  private boolean isWritable() {
    try (FileSystem files = open()) {
      org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path("/ready");
      try (var out = files.create(file, true)) {
        out.writeBytes("ready");
      }

      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns a client of its own that doesn't wait for a name node that is away. */
  private FileSystem open() throws IOException {
    Configuration conf = new Configuration();
    conf.setInt("ipc.client.connect.max.retries", 0);
    conf.setInt("dfs.replication", 2);
    return FileSystem.newInstance(java.net.URI.create(uri()), conf);
  }

  /** Returns the newest committed checkpoint in a folder, -1 if there is none. */
  long newestStep(String folder) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder);
    long newest = -1;
    try (FileSystem files = open()) {
      if (files.exists(path)) {
        for (FileStatus entry : files.listStatus(path)) {
          String name = entry.getPath().getName();
          if (name.matches("step-\\d+")) {
            newest = Math.max(newest, Long.parseLong(name.substring("step-".length())));
          }
        }
      }
    }

    return newest;
  }

  /** Waits until a checkpoint newer than a step is there; tells whether it is, in time. */
  boolean awaitNewer(String folder, long step, Duration time)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    while (newestStep(folder) <= step) {
      if (System.nanoTime() > deadline) {
        return false;
      }

      Thread.sleep(200);
    }

    return true;
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroyForcibly);
  }
}
