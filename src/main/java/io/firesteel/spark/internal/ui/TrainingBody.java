package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.spark.internal.ui.RunTables.RunTable;
import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.RunView.RunStore;
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
import org.jspecify.annotations.Nullable;

/**
 * The page {@code /training/}: the runs of the application, and the one of the parameter {@code
 * run}, or else the newest, with everything that is known of it. With the parameter {@code
 * fragment} it is what changes alone, which the page asks for every two seconds. The parameter
 * {@code with} names other runs, up to five, whose losses and metrics are laid over it.
 *
 * <p>{@code /training/json/} has the same as JSON: {@code runs}, what stands in the table, newest
 * first; and {@code run}, everything of the one asked for, or null.
 */
final class TrainingBody {

  private static final int MOST_OTHERS = 5;

  private final RunStore runs;

  /** What a page's request says; each line of Spark has a servlet API of its own. */
  interface Request {

    /** Returns the value of a parameter, null if it was not given. */
    @Nullable String parameter(String name);

    /** Returns the address of a job's page, up to the job's number. */
    String jobs();
  }

  TrainingBody(RunStore runs) {
    this.runs = runs;
  }

  /** Returns the page, or what changes of it, without what Spark has on each of its own. */
  String html(Request request) {
    String body = body(request);
    if (isFragment(request)) {
      return body;
    }

    boolean live = runs instanceof TrainingRuns;
    return "<style>%s</style><div id=\"fs-body\" data-live=\"%s\">%s</div><script>%s</script>"
        .formatted(resource("training.css"), live, body, resource("training.js"));
  }

  /** Tells whether only what changes was asked for. */
  static boolean isFragment(Request request) {
    return request.parameter("fragment") != null;
  }

  private String body(Request request) {
    List<RunView.Head> heads = runs.heads();
    String asked = request.parameter("run");
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
      new RunSection(chosen.get(), others, request.jobs()).write(html);
    }

    return html.toString();
  }

  /** Returns the runs of the parameter {@code with}, ids with commas between them. */
  private List<RunView> others(Request request, String chosen) {
    String ids = request.parameter("with");
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

  /** Returns what the page shows as JSON. */
  JsonNode json(Request request) {
    List<RunView.Head> heads = runs.heads();
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("runs", heads);
    answer.put("run", chosen(request.parameter("run"), heads).orElse(null));
    return RunJson.tree(answer);
  }

  /** Reads what the jar has beside this class: Spark serves no files of other jars. */
  private static String resource(String name) {
    try (InputStream in = TrainingBody.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
