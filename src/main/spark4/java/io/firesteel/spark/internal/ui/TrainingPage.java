package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.ui.RunView.RunStore;
import io.firesteel.spark.internal.ui.TrainingBody.Request;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import org.json4s.JValue;
import org.json4s.jackson.JsonMethods$;
import org.jspecify.annotations.Nullable;
import scala.xml.NodeSeq;
import scala.xml.Unparsed;

/**
 * The page {@code /training/} as Spark 4 serves it: {@link TrainingBody} within Spark's own header,
 * and as JSON.
 */
final class TrainingPage extends WebUIPage {

  private final TrainingTab tab;
  private final TrainingBody body;

  private TrainingPage(TrainingTab tab, RunStore runs) {
    super("");
    this.tab = tab;
    this.body = new TrainingBody(runs);
  }

  @Override
  public NodeSeq render(HttpServletRequest request) {
    Request asked = new ServletRequest(request, tab.basePath());
    Unparsed html = new Unparsed(body.html(asked));
    return TrainingBody.isFragment(asked)
        ? html
        : PageHeader.around(request, "Training", html, tab);
  }

  @Override
  public JValue renderJson(HttpServletRequest request) {
    return JsonMethods$.MODULE$.fromJsonNode(
        body.json(new ServletRequest(request, tab.basePath())));
  }

  private record ServletRequest(HttpServletRequest request, String basePath) implements Request {
    @Override
    public @Nullable String parameter(String name) {
      return request.getParameter(name);
    }

    @Override
    public String jobs() {
      return UIUtils.prependBaseUri(request, basePath, "/jobs/job/?id=");
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
