package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.ui.RunView.RunJson;
import io.firesteel.spark.internal.ui.Series.Points;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A chart over the steps of a run, as SVG: curves, or areas on top of each other. */
final class Chart {

  private static final int WIDTH = 460;
  private static final int HEIGHT = 220;
  private static final int LEFT = 54;
  private static final int RIGHT = WIDTH - 10;
  private static final int TOP = 10;
  private static final int BOTTOM = HEIGHT - 38;
  private static final double STEEP = 0.98;

  private final String title;
  private final String unit;
  private final List<Curve> curves = new ArrayList<>();
  private final boolean stacked;

  /**
   * One curve.
   *
   * @param name its name in the legend
   * @param colour its colour
   * @param points its points
   * @param isDashed whether the line is broken
   */
  private record Curve(String name, String colour, Points points, boolean isDashed) {}

  private Chart(String title, String unit, boolean stacked) {
    this.title = title;
    this.unit = unit;
    this.stacked = stacked;
  }

  /** A chart of lines. */
  static Chart ofLines(String title, String unit) {
    return new Chart(title, unit, false);
  }

  /** A chart of areas that lie on top of each other. */
  static Chart ofAreas(String title, String unit) {
    return new Chart(title, unit, true);
  }

  /** Adds a curve. */
  Chart line(String name, String colour, Points points) {
    curves.add(new Curve(name, colour, points, false));
    return this;
  }

  /** Adds a curve with few points, which are marked. */
  Chart marked(String name, String colour, Points points) {
    curves.add(new Curve(name, colour, points, true));
    return this;
  }

  /** Returns the chart with its legend, for runs of that many steps. */
  String toHtml(long steps) {
    Markup html = new Markup();
    html.html("<figure class=\"fs-chart\"><figcaption>").element("b", "", title);
    html.element("span", "fs-unit", unit);
    for (Curve curve : curves) {
      if (curve.points().size() > 0 && isSeen(curve)) {
        html.html("<span class=\"fs-key\"><i style=\"background:" + curve.colour() + "\"></i>");
        html.text(curve.name() + " ");
        html.element("b", "", stacked ? "" : value(curve.points().last())).html("</span>");
      }
    }

    return html.html("</figcaption>").html(svg(steps)).html("</figure>").toString();
  }

  private static String value(double value) {
    return Math.abs(value) >= 1000 ? NumberFormats.compact(value) : NumberFormats.number(value);
  }

  private boolean isSeen(Curve curve) {
    return !stacked || Arrays.stream(curve.points().y()).sum() > 0;
  }

  private String svg(long steps) {
    List<Curve> drawn = stacked ? sums() : curves;
    double[] values =
        drawn.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.points().y()))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    StringBuilder svg = new StringBuilder(8192);
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" tabindex=\"0\" aria-label=\"%s\""
            .formatted(WIDTH, HEIGHT, Markup.escape(title)));
    if (values.length == 0) {
      return svg.append(
              "><text x=\"230\" y=\"100\" text-anchor=\"middle\">no values yet</text></svg>")
          .toString();
    }

    Axis x = Axis.linear(0, Math.max(1, lastStep(drawn)), LEFT, RIGHT);
    Axis across = new Axis(0, Math.max(1, Math.min(x.max(), (double) steps)), false, LEFT, RIGHT);
    Axis y =
        stacked
            ? new Axis(0, robustMost(values), false, BOTTOM, TOP)
            : Axis.fitting(values[0], values[values.length - 1], BOTTOM, TOP);
    svg.append(" data-points=\"").append(Markup.escape(points(across))).append("\">");
    grid(svg, across, y);
    for (int i = drawn.size() - 1; i >= 0; i--) {
      draw(svg, drawn.get(i), across, y);
    }

    return svg.append("</svg>").toString();
  }

  /** Returns what the page shows under the pointer, as JSON. */
  private String points(Axis across) {
    StringBuilder json = new StringBuilder(4096);
    json.append("{\"max\":").append(across.max()).append(",\"left\":").append(LEFT);
    json.append(",\"right\":").append(RIGHT).append(",\"curves\":[");
    String between = "";
    for (Curve curve : curves) {
      if (curve.points().size() > 0 && isSeen(curve)) {
        json.append(between).append("{\"name\":").append(RunJson.write(curve.name()));
        json.append(",\"x\":[").append(joined(curve.points().x())).append("],\"y\":[");
        json.append(joined(curve.points().y())).append("]}");
        between = ",";
      }
    }

    return json.append("]}").toString();
  }

  private static String joined(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> Double.isFinite(value) ? shortest(value) : "\"" + value + "\"")
        .collect(Collectors.joining(","));
  }

  private static String shortest(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Float.toString((float) value);
  }

  private static double lastStep(List<Curve> drawn) {
    return drawn.stream()
        .filter(curve -> curve.points().size() > 0)
        .mapToDouble(curve -> curve.points().x()[curve.points().size() - 1])
        .max()
        .orElse(1);
  }

  /** The first steps take far longer than the rest, which should fill the chart. */
  private double robustMost(double[] sorted) {
    Points top = sums().get(curves.size() - 1).points();
    double[] heights = top.y().clone();
    Arrays.sort(heights);
    double usual = heights[(int) (STEEP * (heights.length - 1))];
    double median = heights[heights.length / 2];
    double most = Math.min(usual, 4 * median);
    return most > 0 ? 1.15 * most : Math.max(sorted[sorted.length - 1], 1e-9);
  }

  /** Each curve added to those before it. */
  private List<Curve> sums() {
    List<Curve> sums = new ArrayList<>();
    double[] below = new double[0];
    for (Curve curve : curves) {
      double[] sum = curve.points().y().clone();
      for (int i = 0; i < Math.min(sum.length, below.length); i++) {
        sum[i] += below[i];
      }

      below = sum;
      sums.add(new Curve(curve.name(), curve.colour(), new Points(curve.points().x(), sum), false));
    }

    return sums;
  }

  private static void grid(StringBuilder svg, Axis x, Axis y) {
    for (double tick : y.ticks()) {
      svg.append(
          "<path class=\"fs-grid\" d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>"
              .formatted(
                  LEFT,
                  place(y.at(tick)),
                  RIGHT,
                  LEFT - 6,
                  place(y.at(tick) + 4),
                  NumberFormats.tick(tick)));
    }

    for (double tick : x.ticks()) {
      svg.append(
          "<path class=\"fs-grid\" d=\"M%s %dV%d\"/><text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>"
              .formatted(
                  place(x.at(tick)),
                  TOP,
                  BOTTOM,
                  place(x.at(tick)),
                  BOTTOM + 16,
                  NumberFormats.compact(tick)));
    }

    svg.append(
        "<text class=\"fs-axis\" x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>"
            .formatted(RIGHT, HEIGHT - 4));
    if (y.isLog()) {
      svg.append(
          "<text class=\"fs-axis\" x=\"%d\" y=\"%d\">log scale</text>".formatted(LEFT, HEIGHT - 4));
    }
  }

  private void draw(StringBuilder svg, Curve curve, Axis x, Axis y) {
    String path = path(curve.points(), x, y);
    if (stacked) {
      if (curve.points().size() > 0) {
        double first = x.at(curve.points().x()[0]);
        double last = x.at(curve.points().x()[curve.points().size() - 1]);
        svg.append(
            "<path d=\"%sL%s %dL%s %dZ\" fill=\"%s\"/>"
                .formatted(path, place(last), BOTTOM, place(first), BOTTOM, curve.colour()));
      }

      return;
    }

    svg.append("<path class=\"fs-line\" d=\"%s\" stroke=\"%s\"/>".formatted(path, curve.colour()));
    if (curve.isDashed() || curve.points().size() == 1) {
      marks(svg, curve, x, y);
    }
  }

  private static void marks(StringBuilder svg, Curve curve, Axis x, Axis y) {
    Points points = curve.points();
    if (points.size() > 60) {
      return;
    }

    for (int i = 0; i < points.size(); i++) {
      if (Double.isFinite(points.y()[i])) {
        svg.append(
            "<circle cx=\"%s\" cy=\"%s\" r=\"2.6\" fill=\"%s\"><title>step %s: %s</title></circle>"
                .formatted(
                    place(x.at(points.x()[i])),
                    place(y.at(points.y()[i])),
                    curve.colour(),
                    NumberFormats.count((long) points.x()[i]),
                    NumberFormats.number(points.y()[i])));
      }
    }
  }

  /** Breaks the line where values are not finite, and cuts it off above the chart. */
  private static String path(Points points, Axis x, Axis y) {
    StringBuilder path = new StringBuilder(12 * points.size());
    boolean pen = false;
    for (int i = 0; i < points.size(); i++) {
      double value = points.y()[i];
      if (!Double.isFinite(value)) {
        pen = false;
        continue;
      }

      path.append(pen ? 'L' : 'M').append(place(x.at(points.x()[i]))).append(' ');
      path.append(place(Math.max(TOP, y.at(value))));
      pen = true;
    }

    return path.length() == 0 ? "M0 0" : path.toString();
  }

  private static String place(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
