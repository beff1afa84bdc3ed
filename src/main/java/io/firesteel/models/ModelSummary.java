package io.firesteel.models;

import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The table that {@code summary} shows: layers, output shapes, numbers of parameters, as wide as
 * Keras draws it on 80 columns.
 *
 * <p>Source: Keras 3.15, keras/src/utils/summary_utils.py.
 */
final class ModelSummary {

  private static final String[] HEADER = {"Layer (type)", "Output Shape", "Param #"};

  /** The characters of a cell between its two spaces. */
  private static final int[] WIDTHS = {31, 22, 13};

  private final StringBuilder text = new StringBuilder();

  private ModelSummary() {}

  static String of(Sequential model) {
    ModelSummary summary = new ModelSummary();
    summary.text.append("Model: \"").append(model.name()).append("\"\n");
    summary.addTable(model);
    summary.addTotals(model.isBuilt() ? model.variables() : List.of(), optimizerVariables(model));
    return summary.text.toString();
  }

  private static List<Variable> optimizerVariables(Sequential model) {
    Optimizer optimizer = model.isCompiled() ? model.optimizer() : null;
    return optimizer == null || !optimizer.isBuilt() ? List.of() : optimizer.variables();
  }

  private void addTable(Sequential model) {
    addRule("┏", "━", "┳", "┓");
    addRow(HEADER, "┃");
    addRule("┡", "━", "╇", "┩");
    List<String[]> rows = model.isBuilt() ? rows(model) : unbuiltRows(model);
    for (int r = 0; r < rows.size(); r++) {
      if (r > 0) {
        addRule("├", "─", "┼", "┤");
      }

      addRow(rows.get(r), "│");
    }

    addRule("└", "─", "┴", "┘");
  }

  private static List<String[]> rows(Sequential model) {
    List<String[]> rows = new ArrayList<>();
    Shape shape = model.built().network().inputShape();
    for (Layer layer : model.layers()) {
      if (!(layer instanceof InputLayer)) {
        long parameters =
            layer.weights(shape).stream().mapToLong(weight -> weight.shape().size()).sum();
        shape = layer.computeOutputShape(shape);
        rows.add(
            new String[] {
              title(layer), batchShape(shape), String.format(Locale.ROOT, "%,d", parameters)
            });
      }
    }

    return rows;
  }

  private static List<String[]> unbuiltRows(Sequential model) {
    return model.layers().stream()
        .map(layer -> new String[] {title(layer), "?", "0 (unbuilt)"})
        .toList();
  }

  private static String title(Layer layer) {
    return layer.name() + " (" + layer.getClass().getSimpleName() + ")";
  }

  private static String batchShape(Shape shape) {
    StringBuilder dims = new StringBuilder("(None");
    for (int dim : shape.dims()) {
      dims.append(", ").append(dim);
    }

    return dims.append(')').toString();
  }

  private void addTotals(List<Variable> variables, List<Variable> ofOptimizer) {
    long trainable = parameters(variables.stream().filter(Variable::trainable).toList());
    long all = parameters(variables);
    long optimizer = parameters(ofOptimizer);
    addTotal("Total", all + optimizer);
    addTotal("Trainable", trainable);
    addTotal("Non-trainable", all - trainable);
    if (optimizer > 0) {
      addTotal("Optimizer", optimizer);
    }
  }

  private void addTotal(String what, long parameters) {
    text.append(' ').append(what).append(" params: ").append(count(parameters)).append('\n');
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

    BigDecimal rounded = new BigDecimal(bytes).setScale(2, RoundingMode.HALF_EVEN);
    return String.format(Locale.ROOT, "%,d (%s %s)", parameters, rounded, units[unit]);
  }

  private void addRule(String left, String fill, String cross, String right) {
    List<String> parts = new ArrayList<>();
    for (int width : WIDTHS) {
      parts.add(fill.repeat(width + 2));
    }

    text.append(left).append(String.join(cross, parts)).append(right).append('\n');
  }

  /** A cell that is too long goes on below, from word to word. */
  private void addRow(String[] cells, String bar) {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int c = 0; c < cells.length; c++) {
      List<String> lines = wrap(cells[c], WIDTHS[c]);
      wrapped.add(lines);
      height = Math.max(height, lines.size());
    }

    for (int line = 0; line < height; line++) {
      for (int c = 0; c < cells.length; c++) {
        String content = line < wrapped.get(c).size() ? wrapped.get(c).get(line) : "";
        String padding = " ".repeat(WIDTHS[c] - content.length());
        boolean right = c == cells.length - 1;
        text.append(bar).append(' ').append(right ? padding + content : content + padding);
        text.append(' ');
      }

      text.append(bar).append('\n');
    }
  }

  private static List<String> wrap(String cell, int width) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : cell.split(" ")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (longer.length() > width && !line.isEmpty()) {
        lines.add(line);
        longer = word;
      }

      line = longer.length() > width ? longer.substring(0, width - 1) + "…" : longer;
    }

    lines.add(line);
    return lines;
  }
}
