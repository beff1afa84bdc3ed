package io.firesteel.optimizers;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One case of a golden file: an optimizer's config, some gradients, and what Keras made of them, in
 * float32 and float64.
 */
record Trajectory(String file, JsonNode root, JsonNode node) {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** All cases of the bundled files and of those in the folder of {@code firesteel.golden}. */
  static List<Trajectory> all() {
    List<Trajectory> cases = new ArrayList<>();
    addFolder(cases, new File(Trajectory.class.getResource("/golden").getPath()));
    String folder = System.getProperty("firesteel.golden", "");
    if (!folder.isBlank()) {
      addFolder(cases, new File(folder));
    }

    return cases;
  }

  private static void addFolder(List<Trajectory> cases, File folder) {
    File[] files = folder.listFiles((dir, name) -> name.endsWith(".json"));
    if (files == null) {
      throw new IllegalArgumentException("Not a readable folder: " + folder);
    }

    Arrays.sort(files);
    for (File file : files) {
      try {
        JsonNode root = JSON.readTree(file);
        for (JsonNode node :
            root.path("gradients").isArray() ? root.path("cases") : List.<JsonNode>of()) {
          cases.add(new Trajectory(file.getName(), root, node));
        }
      } catch (IOException e) {
        throw new IllegalArgumentException("Not readable as JSON: " + file, e);
      }
    }
  }

  String id() {
    return node.get("id").asText();
  }

  String optimizerName() {
    return node.get("optimizer").asText();
  }

  Optimizer optimizer() {
    return Optimizers.deserialize(
        Config.builder()
            .put("class_name", optimizerName())
            .put("config", Config.parse(node.get("config").toString()))
            .build());
  }

  List<Variable> variables() {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode variable : root.get("variables")) {
      variables.add(
          Variable.of(
              variable.get("name").asText(),
              variable.get("path").asText(),
              shape(variable.get("shape")),
              floats(variable.get("initial"))));
    }

    return variables;
  }

  int steps() {
    return node.get("steps").size();
  }

  List<GradAndVar> gradients(int step, List<Variable> variables) {
    List<GradAndVar> pairs = new ArrayList<>();
    for (int v = 0; v < variables.size(); v++) {
      Variable variable = variables.get(v);
      float[] gradient = floats(root.get("gradients").get(step).get(v));
      pairs.add(new GradAndVar(Tensor.wrap(variable.shape(), gradient), variable));
    }

    return pairs;
  }

  float[] float32(int step, int variable) {
    return floats(node.get("steps").get(step).get("float32").get(variable));
  }

  double[] float64(int step, int variable) {
    return doubles(node.get("steps").get(step).get("float64").get(variable));
  }

  /**
   * The share of values that must be Keras's to the bit: nearly all of what is elementwise; less
   * after a sum (a norm, a mean, a matrix product), and after several of them in a row; less where
   * a variable without dimensions is divided, which XLA does truly and not by the inverse; nothing
   * where the file is not ours.
   */
  double expectedShare() {
    if (!file.startsWith("keras-trajectories")) {
      return 0;
    }

    JsonNode config = node.get("config");
    if (config.has("clipnorm") || config.has("global_clipnorm")) {
      return 0.8;
    }

    boolean scalars = file.contains("long");
    return switch (optimizerName()) {
      case "Adafactor" -> scalars ? 0.45 : 0.7;
      case "Lamb", "Muon" -> 0.9;
      case "Ftrl", "Nadam", "ScheduleFreeAdamW" -> scalars ? 0.94 : 0.99;
      default -> 0.99;
    };
  }

  JsonNode finalState() {
    return node.get("optimizer_variables_after_last_step");
  }

  static Shape shape(JsonNode dims) {
    int[] extents = new int[dims.size()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = dims.get(i).asInt();
    }

    return Shape.of(extents);
  }

  static float[] floats(JsonNode values) {
    double[] wide = doubles(values);
    float[] floats = new float[wide.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) wide[i];
    }

    return floats;
  }

  static double[] doubles(JsonNode values) {
    double[] doubles = new double[values.size()];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = number(values.get(i));
    }

    return doubles;
  }

  private static double number(JsonNode value) {
    return value.isTextual()
        ? Double.parseDouble(value.asText().replace("inf", "Infinity").replace("nan", "NaN"))
        : value.asDouble();
  }
}
