package io.firesteel.models;

import io.firesteel.layers.Layer;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table that {@code summary} shows: layers, output shapes, numbers of parameters. */
final class ModelSummary {

  private static final String[] HEADER = {"Layer (type)", "Output Shape", "Param #"};

  private final String title;
  private final List<String[]> rows = new ArrayList<>();

  private ModelSummary(String modelName) {
    this.title = "Model: \"" + modelName + "\"";
  }

  static String of(Sequential model) {
    ModelSummary summary = new ModelSummary(model.name());
    if (!model.isBuilt()) {
      model.layers().forEach(summary::addUnbuilt);
      return summary.render(List.of());
    }

    Shape shape = model.built().network().inputShape();
    for (Layer layer : model.layers()) {
      if (!layer.isInput()) {
        long parameters =
            layer.weights(shape).stream().mapToLong(weight -> weight.shape().size()).sum();
        shape = layer.computeOutputShape(shape);
        summary.add(layer, shape, parameters);
      }
    }

    return summary.render(model.variables());
  }

  private void add(Layer layer, Shape output, long parameters) {
    rows.add(
        new String[] {
          layer.name() + " (" + layer.getClass().getSimpleName() + ")",
          batchShape(output),
          String.format(Locale.ROOT, "%,d", parameters)
        });
  }

  private void addUnbuilt(Layer layer) {
    rows.add(
        new String[] {
          layer.name() + " (" + layer.getClass().getSimpleName() + ")", "?", "0 (unbuilt)"
        });
  }

  private String render(List<Variable> variables) {
    int[] widths = new int[HEADER.length];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = HEADER[c].length();
      for (String[] row : rows) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }

    StringBuilder text = new StringBuilder(title).append('\n');
    text.append(rule(widths, "┏", "━", "┳", "┓"));
    text.append(line(widths, HEADER, "┃"));
    text.append(rule(widths, "┡", "━", "╇", "┩"));
    for (int r = 0; r < rows.size(); r++) {
      text.append(r == 0 ? "" : rule(widths, "├", "─", "┼", "┤"));
      text.append(line(widths, rows.get(r), "│"));
    }

    text.append(rule(widths, "└", "─", "┴", "┘"));
    return text.append(totals(variables)).toString();
  }

  private static String totals(List<Variable> variables) {
    long trainable = parameters(variables.stream().filter(Variable::trainable).toList());
    long all = parameters(variables);
    return " Total params: %s%n Trainable params: %s%n Non-trainable params: %s%n"
        .formatted(count(all), count(trainable), count(all - trainable));
  }

  private static long parameters(List<Variable> variables) {
    return variables.stream().mapToLong(variable -> variable.shape().size()).sum();
  }

  private static String count(long parameters) {
    String[] units = {"B", "KB", "MB", "GB", "TB"};
    double bytes = 4.0 * parameters;
    int unit = 0;
    while (bytes >= 1024 && unit < units.length - 1) {
      bytes /= 1024;
      unit++;
    }

    return String.format(Locale.ROOT, "%,d (%.2f %s)", parameters, bytes, units[unit]);
  }

  private static String batchShape(Shape shape) {
    StringBuilder text = new StringBuilder("(None");
    for (int dim : shape.dims()) {
      text.append(", ").append(dim);
    }

    return text.append(')').toString();
  }

  private static String rule(int[] widths, String left, String fill, String cross, String right) {
    List<String> parts = new ArrayList<>();
    for (int width : widths) {
      parts.add(fill.repeat(width + 2));
    }

    return left + String.join(cross, parts) + right + "\n";
  }

  private static String line(int[] widths, String[] cells, String bar) {
    String last = " ".repeat(widths[2] - cells[2].length()) + cells[2];
    return "%s %s %s %s %s %s %s%n"
        .formatted(bar, pad(cells[0], widths[0]), bar, pad(cells[1], widths[1]), bar, last, bar);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
