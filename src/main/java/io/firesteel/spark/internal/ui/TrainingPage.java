package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.ui.RunTables.RunTable;
import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.RunView.RunStore;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import org.json4s.JValue;
import org.json4s.jackson.JsonMethods$;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Seq;
import scala.xml.Node;
import scala.xml.Unparsed;

/**
 * The page {@code /training/}: the runs of the application, and the one of the parameter {@code
 * run}, or else the newest, with everything that is known of it. With the parameter {@code
 * fragment} it is what changes alone, which the page asks for every two seconds. The parameter
 * {@code with} names other runs, up to five, whose losses and metrics are laid over it.
 *
 * <p>{@code /training/json/} has the same as JSON: {@code runs}, what stands in the table, newest
 * first; and {@code run}, everything of the one asked for, or null.
 */
final class TrainingPage extends WebUIPage {

  private static final int MOST_OTHERS = 5;

  private final TrainingTab tab;
  private final RunStore runs;

  TrainingPage(TrainingTab tab, RunStore runs) {
    super("");
    this.tab = tab;
    this.runs = runs;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    String body = body(request);
    if (request.getParameter("fragment") != null) {
      return new Unparsed(body);
    }

    boolean live = runs instanceof TrainingRuns;
    String page =
        "<style>%s</style><div id=\"fs-body\" data-live=\"%s\">%s</div><script>%s</script>"
            .formatted(resource("training.css"), live, body, resource("training.js"));
    return UIUtils.headerSparkPage(
        request,
        "Training",
        () -> new Unparsed(page),
        tab,
        UIUtils.headerSparkPage$default$5(),
        UIUtils.headerSparkPage$default$6(),
        UIUtils.headerSparkPage$default$7());
  }

  private String body(HttpServletRequest request) {
    List<RunView.Head> heads = runs.heads();
    String asked = request.getParameter("run");
    Optional<RunView> chosen = chosen(asked, heads);
    Markup html = new Markup();
    if (heads.isEmpty()) {
      return html.element("p", "fs-none", "No training yet in this application.").toString();
    }

    List<RunView> others = others(request, chosen.map(run -> run.head().run()).orElse(""));
    Set<String> ticked = others.stream().map(run -> run.head().run()).collect(Collectors.toSet());
    new RunTable(heads, chosen.map(run -> run.head().run()).orElse(""), ticked).write(html);
    if (chosen.isEmpty()) {
      html.element("p", "fs-none", "No run of that id is known here.");
    } else {
      String jobs = UIUtils.prependBaseUri(request, tab.basePath(), "/jobs/job/?id=");
      new RunSection(chosen.get(), others, jobs).write(html);
    }

    return html.toString();
  }

  /** Returns the runs of the parameter {@code with}, ids with commas between them. */
  private List<RunView> others(HttpServletRequest request, String chosen) {
    String ids = request.getParameter("with");
    if (ids == null) {
      return List.of();
    }

    return Arrays.stream(ids.split(",", -1))
        .distinct()
        .filter(id -> !id.equals(chosen))
        .limit(MOST_OTHERS)
        .flatMap(id -> runs.run(id).stream())
        .toList();
  }

  private Optional<RunView> chosen(@Nullable String asked, List<RunView.Head> heads) {
    if (asked != null) {
      return runs.run(asked);
    }

    return heads.isEmpty() ? Optional.empty() : runs.run(heads.get(0).run());
  }

  @Override
  public JValue renderJson(HttpServletRequest request) {
    List<RunView.Head> heads = runs.heads();
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("runs", heads);
    answer.put("run", chosen(request.getParameter("run"), heads).orElse(null));
    return JsonMethods$.MODULE$.fromJsonNode(RunJson.tree(answer));
  }

  /** Reads what the jar has beside this class: Spark serves no files of other jars. */
  private static String resource(String name) {
    try (InputStream in = TrainingPage.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tab Training of Spark's web UI, live or in the History Server. */
  static final class TrainingTab extends SparkUITab {

    private TrainingTab(SparkUI ui, RunStore runs) {
      super(ui, "training");
      attachPage(new TrainingPage(this, runs));
    }

    static void attach(SparkUI ui, RunStore runs) {
      ui.attachTab(new TrainingTab(ui, runs));
    }

    @Override
    public String name() {
      return "Training";
    }
  }
}
