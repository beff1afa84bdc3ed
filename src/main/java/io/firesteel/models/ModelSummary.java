package io.firesteel.models;

import io.firesteel.internal.network.LayerGraph;
import io.firesteel.internal.network.LayerGraph.Call;
import io.firesteel.internal.network.LayerGraph.Source;
import io.firesteel.internal.network.NestedModel;
import io.firesteel.internal.network.OpenLengths;
import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.variables.Variable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The table that {@code summary} shows: layers, output shapes, numbers of parameters, as wide as
 * Keras draws it on 80 columns.
 *
 * <p>Source: Keras 3.15, keras/src/utils/summary_utils.py.
 */
final class ModelSummary {

  private static final String[] HEADER = {
    "Layer (type)", "Output Shape", "Param #", "Connected to"
  };

  /** The characters of a cell between its two spaces, of a chain of layers. */
  private static final int[] OF_CHAIN = {31, 22, 13};

  /** The same of a graph, whose table says what each layer reads. */
  private static final int[] OF_GRAPH = {19, 17, 10, 17};

  private static final int PARAMETERS = 2;

  private final StringBuilder text = new StringBuilder();
  private final int[] widths;

  private ModelSummary(int[] widths) {
    this.widths = widths;
  }

  static String of(Model model) {
    boolean chain = !model.isBuilt() || isChain(model.graph());
    ModelSummary summary = new ModelSummary(chain ? OF_CHAIN : OF_GRAPH);
    summary.text.append("Model: \"").append(model.name()).append("\"\n");
    summary.addTable(model);
    summary.addTotals(model.isBuilt() ? model.variables() : List.of(), optimizerVariables(model));
    return summary.text.toString();
  }

  private static boolean isChain(LayerGraph graph) {
    return graph.calls().size() == graph.layers().size()
        && graph.inputs().size() == 1
        && IntStream.range(1, graph.calls().size())
            .allMatch(c -> graph.calls().get(c).inputs().equals(List.of(new Source(c - 1, 0))));
  }

  private static List<Variable> optimizerVariables(Model model) {
    Optimizer optimizer = model.isCompiled() ? model.optimizer() : null;
    return optimizer == null || !optimizer.isBuilt() ? List.of() : optimizer.variables();
  }

  private void addTable(Model model) {
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

  private static List<String[]> rows(Model model) {
    List<String[]> rows = new ArrayList<>();
    LayerGraph graph = model.graph();
    List<List<List<@Nullable Long>>> shapes = OpenLengths.shapes(graph);
    for (int l = 0; l < graph.layers().size(); l++) {
      Layer layer = graph.layers().get(l);
      if (!(graph.sequential() && layer instanceof InputLayer)) {
        long parameters =
            layer instanceof InputLayer
                ? 0
                : parameters(ModelLayers.Weights.of(model, String.valueOf(layer.name())));
        rows.add(
            new String[] {
              title(layer),
              outputs(graph, shapes, l),
              String.format(Locale.ROOT, "%,d", parameters),
              connections(graph, l)
            });
      }
    }

    return rows;
  }

  private static String outputs(
      LayerGraph graph, List<List<List<@Nullable Long>>> shapes, int layer) {
    for (int c = 0; c < graph.calls().size(); c++) {
      if (graph.calls().get(c).layer() == layer) {
        List<String> each = shapes.get(c).stream().map(ModelSummary::batchShape).toList();
        return each.size() == 1 ? each.get(0) : "[" + String.join(", ", each) + "]";
      }
    }

    return "?";
  }

  /** Returns which of the calls of its layer a call is in the graph, from 0. */
  private static int callOfLayer(LayerGraph graph, int call) {
    int layer = graph.calls().get(call).layer();
    return (int)
        graph.calls().subList(0, call).stream().filter(earlier -> earlier.layer() == layer).count();
  }

  /** Returns what the calls of a layer read: layer, which of its calls, which of its outputs. */
  private static String connections(LayerGraph graph, int layer) {
    List<String> read = new ArrayList<>();
    for (Call call : graph.calls()) {
      if (call.layer() == layer) {
        for (Source source : call.inputs()) {
          read.add(
              "%s[%d][%d]"
                  .formatted(
                      graph.layers().get(graph.calls().get(source.call()).layer()).name(),
                      callOfLayer(graph, source.call()),
                      source.output()));
        }
      }
    }

    return read.isEmpty() ? "-" : String.join(", ", read);
  }

  private static List<String[]> unbuiltRows(Model model) {
    return model.layers().stream()
        .map(layer -> new String[] {title(layer), "?", "0 (unbuilt)"})
        .toList();
  }

  private static String title(Layer layer) {
    String type =
        layer instanceof NestedModel nested
            ? nested.className()
            : layer instanceof KerasOperation operation
                ? operation.operation()
                : layer.getClass().getSimpleName();
    return layer.name() + " (" + type + ")";
  }

  private static String batchShape(List<@Nullable Long> shape) {
    StringBuilder dims = new StringBuilder("(None");
    for (Long dim : shape) {
      dims.append(", ").append(dim == null ? "None" : dim.toString());
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
    for (int width : widths) {
      parts.add(fill.repeat(width + 2));
    }

    text.append(left).append(String.join(cross, parts)).append(right).append('\n');
  }

  /** A cell that is too long goes on below, from word to word. */
  private void addRow(String[] cells, String bar) {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int c = 0; c < widths.length; c++) {
      List<String> lines = wrap(cells[c], widths[c]);
      wrapped.add(lines);
      height = Math.max(height, lines.size());
    }

    for (int line = 0; line < height; line++) {
      for (int c = 0; c < widths.length; c++) {
        String content = line < wrapped.get(c).size() ? wrapped.get(c).get(line) : "";
        String padding = " ".repeat(widths[c] - content.length());
        boolean right = c == PARAMETERS;
        text.append(bar).append(' ').append(right ? padding + content : content + padding);
        text.append(' ');
      }

      text.append(bar).append('\n');
    }
  }

  private static List<String> wrap(String cell, int width) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : cell.split(" ", -1)) {
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
