package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.spark.internal.ui.RunTables.RunTable;
import io.firesteel.spark.internal.ui.TrainingEvent.Committed;
import io.firesteel.spark.internal.ui.TrainingEvent.Ended;
import io.firesteel.spark.internal.ui.TrainingEvent.EpochEnded;
import io.firesteel.spark.internal.ui.TrainingEvent.Happened;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The HTML of runs. */
class RunSectionTest {

  private static final String EVIL = "<script>alert('x')</script>\"&";

  private final TrainingRuns runs = new TrainingRuns();

  private String html() {
    Markup html = new Markup();
    new RunTable(runs.heads(), runs.heads().get(0).run(), Set.of()).write(html);
    new RunSection(runs.run(runs.heads().get(0).run()).orElseThrow(), List.of(), "/jobs/job/?id=")
        .write(html);
    return html.toString();
  }

  /** All elements are closed and all attributes quoted. */
  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader("<div>" + html + "</div>")));
  }

  @Test
  void everyTextOfAUserIsEscaped() throws Exception {
    runs.apply(Events.start(EVIL, EVIL.replace("\"", "")));
    runs.apply(Events.progress(EVIL, 10, 0.5));
    runs.apply(new EpochEnded(EVIL, 5, 0, 10, Map.of(EVIL, 1.0, "val_" + EVIL, 2.0)));
    runs.apply(new Committed(EVIL, 6, 10, 5, 1, EVIL));
    runs.apply(new Happened(EVIL, 7, EVIL, EVIL));
    runs.apply(new Ended(EVIL, 8, RunStatus.FAILED, EVIL));
    String html = html();
    assertFalse(html.contains("<script"), html);
    assertEquals(0, parse(html).getElementsByTagName("script").getLength());
    assertTrue(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"), html);
  }

  @Test
  void aRunHasAllItsCurvesTablesAndTiles() throws Exception {
    runs.apply(Events.start("a", "digits"));
    for (int i = 1; i < 300; i++) {
      runs.apply(Events.progress("a", 10 * i, 1.0 / i));
    }

    runs.apply(new EpochEnded("a", 9000, 2, 2990, Map.of("loss", 0.1, "val_loss", 0.2)));
    String html = html();
    Document document = parse(html);
    assertEquals(6, document.getElementsByTagName("svg").getLength());
    for (String expected :
        new String[] {
          "Loss",
          "validation",
          "accuracy",
          "Learning rate",
          "Gradient norm",
          "Throughput",
          "samples/s",
          "Time per step",
          "Where the time goes",
          "Workers (1)",
          "Checkpoints",
          "Events",
          "Spark jobs",
          "optimizer",
          "summary of digits",
          "log scale",
          "Time left",
          "compute <b>75 %</b>"
        }) {
      assertTrue(html.contains(expected), expected);
    }
  }

  @Test
  void aRunThatHasJustStartedIsShownToo() throws Exception {
    runs.apply(Events.start("a", "digits"));
    assertTrue(html().contains("no values yet"));
    parse(html());
  }

  @Test
  void valuesThatAreNotFiniteLeaveGaps() throws Exception {
    runs.apply(Events.start("a", "digits"));
    double[] losses = {1, Double.NaN, Double.POSITIVE_INFINITY, 2, 3};
    for (int i = 0; i < losses.length; i++) {
      runs.apply(Events.progress("a", 10L * (i + 1), losses[i]));
    }

    String html = html();
    NodeList paths = parse(html).getElementsByTagName("path");
    for (int i = 0; i < paths.getLength(); i++) {
      String drawn = ((Element) paths.item(i)).getAttribute("d");
      assertTrue(drawn.matches("[MLHVZ0-9. ]+"), drawn);
    }
  }

  @Test
  void aConfigurationThatWasCutOffIsShownAsItIs() throws Exception {
    TrainingEvent.Started start = Events.start("a", "digits");
    runs.apply(
        new TrainingEvent.Started(
            "a",
            0,
            null,
            "m",
            "",
            "{\"optimizer\":{\"na ...",
            start.settings(),
            1,
            1,
            1,
            1,
            1,
            1,
            "job",
            0,
            "x",
            5L));
    String html = html();
    parse(html);
    assertTrue(html.contains("{&quot;optimizer") || html.contains("optimizer"), html);
    assertTrue(html.contains("Resumed from the checkpoint of step 5"), html);
  }

  @Test
  void theLearningRateHasOneCurveWhoeverLogsIt() throws Exception {
    runs.apply(Events.start("a", "digits"));
    runs.apply(Events.progress("a", 10, 0.5));
    runs.apply(new EpochEnded("a", 5, 0, 10, Map.of("loss", 0.4, "learning_rate", 0.02)));
    String html = html();
    assertEquals(6, parse(html).getElementsByTagName("svg").getLength());
    assertEquals(2, html.split("Learning rate", -1).length - 1, html);
    assertFalse(html.contains("<b>learning_rate</b>"), html);
  }

  @Test
  void aRunIsCalledAfterItsJobAndCheckpointsAndShardsAreInWords() throws Exception {
    TrainingEvent.Started start = Events.start("a", "digits");
    runs.apply(
        new TrainingEvent.Started(
            "a", 1000, "nightly", "digits", "", "{}", Map.of(), 1, 1, 1, 1, 1, 1, "job", 0, "c",
            null));
    runs.apply(
        new TrainingEvent.Progressed(
            "a",
            start.time(),
            1,
            0,
            1,
            Map.of("loss", 1.0),
            0.1,
            1.0,
            1,
            1,
            0.1,
            Map.of(),
            List.of(new StepClock.WorkerTime(0, "1", "host", 3, 4, 1, 1.0, 1.0, 1.0, 1.0))));
    runs.apply(new Committed("a", System.currentTimeMillis(), 1, 5, 1, "c"));
    String html = html();
    assertTrue(html.contains("<h4>nightly</h4>"), html);
    assertTrue(html.contains("model digits ·"), html);
    assertTrue(html.contains("just now"), html);
    assertTrue(html.contains("<td>3</td>"), html);
    runs.apply(new Ended("a", System.currentTimeMillis(), RunStatus.FINISHED, null));
    assertTrue(html().contains("at the end"), html());
    parse(html());
  }

  @Test
  void runsAreLaidOverEachOtherAndEveryPointCanBeRead() throws Exception {
    runs.apply(Events.start("a", "first"));
    runs.apply(Events.progress("a", 10, 0.5));
    runs.apply(Events.start("b", "second"));
    runs.apply(Events.progress("b", 20, 0.25));
    Markup html = new Markup();
    RunView first = runs.run("a").orElseThrow();
    RunView second = runs.run("b").orElseThrow();
    new RunTable(runs.heads(), "a", Set.of("b")).write(html);
    new RunSection(first, List.of(second), "/jobs/").write(html);
    Document document = parse(html.toString());
    assertTrue(html.toString().contains("second training"), html.toString());
    Element svg = (Element) document.getElementsByTagName("svg").item(0);
    JsonNode points = new ObjectMapper().readTree(svg.getAttribute("data-points"));
    assertEquals("first training", points.at("/curves/0/name").asText());
    assertEquals(0.25, points.at("/curves/1/y/0").asDouble());
    assertEquals(20, points.at("/curves/1/x/0").asInt());
    assertEquals("0", svg.getAttribute("tabindex"));
    NodeList ticks = document.getElementsByTagName("input");
    assertEquals(2, ticks.getLength());
    assertTrue(((Element) ticks.item(0)).hasAttribute("checked"));
  }
}
