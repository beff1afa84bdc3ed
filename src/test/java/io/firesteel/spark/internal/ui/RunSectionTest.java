package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.spark.internal.ui.RunTables.RunTable;
import io.firesteel.spark.internal.ui.TrainingEvent.Committed;
import io.firesteel.spark.internal.ui.TrainingEvent.Ended;
import io.firesteel.spark.internal.ui.TrainingEvent.EpochEnded;
import io.firesteel.spark.internal.ui.TrainingEvent.Happened;
import io.firesteel.spark.internal.ui.TrainingEvent.RunStatus;
import java.io.StringReader;
import java.util.Map;
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
    new RunTable(runs.heads(), runs.heads().get(0).run()).write(html);
    new RunSection(runs.run(runs.heads().get(0).run()).orElseThrow(), "/jobs/job/?id=").write(html);
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
}
