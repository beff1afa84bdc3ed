package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.callbacks.Callback;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.Web;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.logging.log4j.Level;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.history.FsHistoryProvider;
import org.apache.spark.deploy.history.HistoryServer;
import org.apache.spark.deploy.history.HistoryServer$;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tab of real trainings, over HTTP. */
@Tag("spark")
class TrainingTabTest {

  private static final String EVIL = "<script>evil</script>";

  @TempDir private Path folder;

  @AfterEach
  void stop() {
    LocalSpark.stop();
  }

  private SparkSession session(String... more) throws IOException {
    Files.createDirectories(logs());
    List<String> settings =
        new ArrayList<>(
            List.of(
                "spark.ui.enabled=true",
                "spark.ui.port=0",
                "spark.eventLog.enabled=true",
                "spark.eventLog.rolling.enabled=false",
                "spark.eventLog.compress=false",
                "spark.eventLog.dir=" + logs().toUri()));
    settings.addAll(List.of(more));
    return LocalSpark.session("local[2]", settings.toArray(String[]::new));
  }

  private Path logs() {
    return folder.resolve("logs");
  }

  private static Sequential model(String name) {
    Sequential model =
        new Sequential(name).seed(1).add(Dense.of(2).activation("softmax").inputShape(1));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static ShardedDataset data(SparkSession spark) {
    return ShardedDataset.of(spark.range(200).selectExpr("id / 200 as x", "id div 100 as y"))
        .features("x")
        .label("y");
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(4).batchSize(20).shards(2).verbose(0);
  }

  private static FitOptions.Builder saving(SparkSession spark, Path to) {
    return options()
        .validationSplit(0.2)
        .checkpoints(
            Checkpointing.in(
                    HadoopCheckpointStore.at(
                        to.toUri().toString(), spark.sparkContext().hadoopConfiguration(), 2))
                .everySeconds(0));
  }

  /** Asks until everything posted has arrived: the run has ended. */
  private static JsonNode ended(String address) throws Exception {
    String json =
        await(
            address + "/training/json/",
            text -> text.contains("\"head\"") && !text.contains("RUNNING"));
    return new ObjectMapper().readTree(json).get("run");
  }

  private static String await(String address, Predicate<String> wanted) throws Exception {
    long start = System.nanoTime();
    String answer = Web.get(address);
    while (!wanted.test(answer)) {
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), answer);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      answer = Web.get(address);
    }

    return answer;
  }

  @Test
  void theTabShowsARunFromItsFirstStep() throws Exception {
    SparkSession spark = session();
    String address = spark.sparkContext().uiWebUrl().get();
    List<String> pages = new ArrayList<>();
    Callback looking =
        new Callback() {
          @Override
          public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
            try {
              while (pages.isEmpty() || !pages.get(pages.size() - 1).contains("fs-running")) {
                pages.add(Web.get(address + "/training/?fragment=1"));
              }
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    model(EVIL).fit(data(spark), saving(spark, folder.resolve("c")).observers(looking).build());
    JsonNode run = ended(address);
    assertEquals("FINISHED", run.at("/head/status").asText());
    assertEquals(32, run.at("/head/step").asInt());
    assertEquals(4, run.at("/series/val_loss/y").size());
    assertEquals(32, run.at("/series/loss/x").get(run.at("/series/loss/x").size() - 1).asInt());
    assertTrue(run.at("/phaseMillis/compute").asDouble() > 0, run + "");
    assertEquals("driver", run.at("/workers/0/executor").asText());
    assertEquals(2, run.at("/workers").size());
    assertEquals(32, run.at("/checkpoints/0/step").asInt());
    assertTrue(run.at("/checkpoints/0/bytes").asLong() > 1000);
    String page = Web.get(address + "/training/");
    assertTrue(page.contains("<svg") && page.contains("fs-finished"), page);
    assertTrue(page.contains("&lt;script&gt;evil"), page);
    assertFalse(page.contains(EVIL), page);
    assertFalse(page.contains("src=\"http") || page.contains("href=\"http"), page);
    int job = run.at("/jobs/0").asInt();
    assertTrue(page.contains("/jobs/job/?id=" + job), page);
    assertTrue(Web.get(address + "/jobs/job/?id=" + job).contains("Firesteel"));
    String unknown = Web.get(address + "/training/?run=" + "%3Cscript%3E");
    assertTrue(unknown.contains("No run of that id is known here."), unknown);
  }

  @Test
  void theHistoryServerHasTheTabToo() throws Exception {
    SparkSession spark = session();
    String application = spark.sparkContext().applicationId();
    model("first").fit(data(spark), saving(spark, folder.resolve("c")).build());
    assertThrows(
        IllegalStateException.class,
        () -> model(EVIL).fit(data(spark), options().callbacks(new Failing()).build()));
    String live = ended(spark.sparkContext().uiWebUrl().get()).toString();
    LocalSpark.stop();
    Path store = Files.createDirectories(folder.resolve("store"));
    for (boolean onDisk : new boolean[] {false, true}) {
      SparkConf conf =
          new SparkConf(false)
              .set("spark.history.fs.logDirectory", logs().toUri().toString())
              .set("spark.history.fs.cleaner.enabled", "false");
      if (onDisk) {
        conf.set("spark.history.store.path", store.toString());
      }

      FsHistoryProvider provider = new FsHistoryProvider(conf);
      HistoryServer server =
          new HistoryServer(conf, provider, HistoryServer$.MODULE$.createSecurityManager(conf), 0);
      server.bind();
      provider.start();
      try {
        String root = "http://127.0.0.1:" + server.boundPort();
        await(root + "/api/v1/applications", text -> text.contains(application));
        String address = root + "/history/" + application;
        JsonNode run = ended(address);
        assertEquals(live, run.toString());
        assertEquals("FAILED", run.at("/head/status").asText());
        assertTrue(run.at("/head/failure").asText().contains("on purpose"), run + "");
        String page = Web.get(address + "/training/");
        assertTrue(page.contains("data-live=\"false\"") && page.contains("<svg"), page);
        assertTrue(page.contains("on purpose") && !page.contains(EVIL), page);
        assertTrue(page.contains("/history/" + application + "/jobs/job/?id="), page);
      } finally {
        server.stop();
      }
    }
  }

  /** Fails in the second epoch. */
  private static final class Failing extends Callback {
    @Override
    public void onEpochBegin(int epoch) {
      if (epoch == 1) {
        throw new IllegalStateException("outside", new RuntimeException("on purpose"));
      }
    }
  }

  @Test
  void tenThousandStepsTakeLittleRoomInTheEventLog() throws Exception {
    SparkSession spark = session();
    model("long").fit(data(spark), options().epochs(1000).build());
    ended(spark.sparkContext().uiWebUrl().get());
    LocalSpark.stop();
    long bytes = 0;
    long lines = 0;
    try (Stream<Path> files = Files.list(logs())) {
      for (Path log :
          files.filter(file -> !file.getFileName().toString().startsWith(".")).toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.contains("\"Event\":\"io.firesteel.spark.internal.ui.TrainingEvent")) {
            lines++;
            bytes += line.length() + 1;
          }
        }
      }
    }

    assertTrue(lines > 50, lines + " events");
    assertTrue(bytes < 300_000, bytes + " bytes of events");
  }

  @Test
  void gaugesAreInPrometheusAndJmx() throws Exception {
    SparkSession spark =
        session(
            "spark.metrics.namespace=train",
            "spark.metrics.conf.*.sink.jmx.class=org.apache.spark.metrics.sink.JmxSink",
            "spark.metrics.conf.*.sink.prometheusServlet.class="
                + "org.apache.spark.metrics.sink.PrometheusServlet",
            "spark.metrics.conf.*.sink.prometheusServlet.path=/metrics/prometheus",
            "spark.plugins=io.firesteel.spark.FiresteelPlugin");
    String address = spark.sparkContext().uiWebUrl().get();
    assertTrue(Web.get(address + "/training/").contains("No training yet"));
    assertEquals("NaN", gauge(address, "loss"));
    model("m").fit(data(spark), saving(spark, folder.resolve("c")).build());
    JsonNode run = ended(address);
    assertEquals(run.at("/head/loss").asDouble(), Double.parseDouble(gauge(address, "loss")));
    assertEquals("32.0", gauge(address, "step"));
    assertEquals("4.0", gauge(address, "epoch"));
    assertEquals("0", gauge(address, "running"));
    assertTrue(Double.parseDouble(gauge(address, "samplesPerSecond")) > 0);
    assertTrue(Double.parseDouble(gauge(address, "checkpointAgeSeconds")) >= 0);
    double read = Double.parseDouble(gauge(address, "phase_readMillisPerStep"));
    double compute = Double.parseDouble(gauge(address, "phase_computeMillisPerStep"));
    assertTrue(read + compute > 0, read + " and " + compute);
    assertTrue(Double.parseDouble(gauge(address, "phase_updateMillisPerStep")) > 0);
    Object value =
        ManagementFactory.getPlatformMBeanServer()
            .getAttribute(
                new ObjectName("metrics:name=train.driver.firesteel.learningRate,type=gauges"),
                "Value");
    assertEquals(0.001, (double) value, 1e-9);
  }

  private static String gauge(String address, String name) throws Exception {
    String start = "metrics_train_driver_firesteel_" + name + "_Value";
    return Web.get(address + "/metrics/prometheus")
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("no " + start);
  }

  @Test
  void withoutAUiTrainingIsTheSameAndTheLogSaysSo() throws IOException {
    SparkSession with = session();
    Sequential shown = model("m");
    shown.fit(data(with), options().build());
    Sequential hidden = model("m");
    try (CapturedLog log = CapturedLog.of(TrainingUi.class, Level.INFO)) {
      SparkSession without =
          session("spark.ui.enabled=false", "spark.plugins=io.firesteel.spark.FiresteelPlugin");
      hidden.fit(data(without), options().build());
      model("other").fit(data(without), options().build());
      assertEquals("No Training tab: spark.ui.enabled is false", log.text());
    }

    Sequential off = model("m");
    SparkSession disabled = session("spark.firesteel.ui.enabled=false");
    assertSame(TrainingMonitor.NONE, TrainingUi.monitor(disabled.sparkContext()));
    off.fit(data(disabled), options().build());
    assertEquals(shown.weightsSha256(), hidden.weightsSha256());
    assertEquals(shown.weightsSha256(), off.weightsSha256());
  }

  @Test
  void onASparkWithoutWhatTheTabNeedsThereIsNoTabAndOneWarning() throws IOException {
    SparkContext context = session().sparkContext();
    try (CapturedLog log = CapturedLog.of(TrainingUi.class)) {
      for (int i = 0; i < 2; i++) {
        TrainingMonitor monitor =
            TrainingUi.monitor(
                context,
                (ui, runs) -> {
                  throw new NoClassDefFoundError("jakarta/servlet/http/HttpServletRequest");
                });
        assertSame(TrainingMonitor.NONE, monitor);
      }

      assertEquals(
          "No Training tab, for this Spark lacks what it needs: java.lang.NoClassDefFoundError:"
              + " jakarta/servlet/http/HttpServletRequest",
          log.text());
    }
  }

  @Test
  void theSettingMustBeTrueOrFalse() throws IOException {
    SparkSession spark = session("spark.firesteel.ui.enabled=maybe");
    assertEquals(
        "spark.firesteel.ui.enabled must be true or false. Received: maybe",
        assertThrows(
                IllegalArgumentException.class,
                () -> model("m").fit(data(spark), options().build()))
            .getMessage());
  }
}
