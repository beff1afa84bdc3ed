package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.callbacks.History;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.saving.Config;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FunctionalModelTest {

  private static final float[][] X = {{1, 2}, {3, -4}, {0.5f, 1}, {-2, 2}};
  private static final FitOptions FIT =
      FitOptions.builder().epochs(3).batchSize(4).shards(1).shuffle(false).verbose(0).build();

  /** Keras 3.15 flattens dictionaries in the order of their sorted keys. */
  @Test
  void aModelTellsNameLayersAndParameters() {
    KerasTensor input = Input.of(3).name("rows").output();
    Model model =
        new Model("pair", List.of(input), List.of(Dense.of(2).name("answer").call(input)));
    assertEquals("Model(name=pair, layers=[rows, answer], not built)", model.toString());
    model.predict(new float[1][3]);
    assertEquals("Model(name=pair, layers=[rows, answer], parameters=8)", model.toString());
  }

  @Test
  void outputsWithKeysAreMeasuredByKeyInTheOrderOfTheKeys() {
    KerasTensor input = Input.of(2).output();
    Model model =
        new Model(
            Map.of("in", input),
            Map.of(
                "y", Dense.of(1).name("first").call(input),
                "x", Dense.of(2).name("second").call(input)));
    model.compile(CompileOptions.of("sgd", Map.of("x", "mse", "y", "mae")));
    float[][] labels = {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}, {1, 2, 3}};
    Map<String, List<Double>> history = model.fit(LocalData.of(X, labels), FIT).history();
    assertEquals(Set.of("loss", "x_loss", "y_loss"), history.keySet());

    String json = model.toJson();
    assertTrue(
        json.contains("\"output_layers\":{\"x\":[\"second\",0,0],\"y\":[\"first\",0,0]}"), json);
    Model read = Model.fromJson(json);
    assertEquals(json, read.toJson());
    read.setWeights(model.getWeights());
    assertArrayEquals(model.predict(X), read.predict(X));
    assertEquals(Set.of("x", "y"), read.predictOutputs(LocalData.of(X, labels)).keySet());
  }

  @Test
  void callbacksWatchTheMetricsOfAnOutput() {
    KerasTensor input = Input.of(2).output();
    Model model =
        new Model(
            Map.of("in", input),
            Map.of("x", Dense.of(1).call(input), "y", Dense.of(1).call(input)));
    model.compile(
        CompileOptions.of("sgd", Map.of("x", "mse", "y", "mae")).metrics(Map.of("x", "mae")));
    EarlyStopping stopping =
        EarlyStopping.builder().monitor("x_mae").minDelta(1e6).patience(1).build();
    float[][] labels = {{1, 2}, {1, 2}, {1, 2}, {1, 2}};
    History history =
        model.fit(
            LocalData.of(X, labels),
            FitOptions.builder().epochs(9).batchSize(4).callbacks(stopping).verbose(0).build());
    assertEquals(2, history.epoch().size());
    assertEquals(Set.of("loss", "x_loss", "x_mae", "y_loss"), history.history().keySet());
  }

  @Test
  void integersAreATypeOfInputs() {
    KerasTensor ids = Input.of(2).dtype("int32").name("ids").output();
    Model model = new Model(ids, Dense.of(1).call(Flatten.of().call(Embedding.of(5, 3).call(ids))));
    assertTrue(model.toJson().contains("\"batch_shape\":[null,2],\"dtype\":\"int32\""));
    assertEquals(model.toJson(), Model.fromJson(model.toJson()).toJson());
    assertEquals(2, model.predict(new float[][] {{0, 4}, {1, 1}}).length);

    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Input.of(2).dtype("string"));
    assertEquals(
        "InputLayer: 'dtype' must be one of float32, bool, int8, int16, int32, int64, uint8,"
            + " uint16, uint32; StringIndexer or Spark's hash make whole numbers of texts."
            + " Received: string",
        refused.getMessage());
  }

  /**
   * Keras 3.15's fit and predict give each layer the mode of the model, whatever its call said:
   * after Model(i, Dense(2)(BatchNormalization()(i, training=False))) was fitted, moving_mean has
   * moved.
   */
  @Test
  void theModeOfTheModelCountsForACallThatSaysAnother() {
    KerasTensor input = Input.of(2).output();
    Model model = new Model(input, Dense.of(1).call(BatchNormalization.of().call(input)));
    String json = model.toJson();
    String frozen = json.replaceFirst("\"kwargs\":\\{}", "\"kwargs\":{\"training\":false}");
    Model one = trained(json);
    Model other = trained(frozen);
    assertEquals(frozen, other.toJson());
    assertEquals(one.weightsSha256(), other.weightsSha256());
  }

  private static Model trained(String json) {
    Model model = Model.fromJson(json);
    String compiled = model.toJson();
    model.compile("sgd", "mse");
    model.fit(LocalData.of(X, new float[] {1, 2, 3, 4}), FIT);
    Model bare = Model.fromJson(compiled);
    bare.setWeights(model.getWeights());
    return bare;
  }

  /** Keras orders layers by depth when it opens a model, and groups of weights by that order. */
  @Test
  void layersAreInKerassOrderWhateverTheConfigsIs() {
    KerasTensor input = Input.of(2).name("input").output();
    KerasTensor one = Dense.of(3).name("one").call(input);
    Model model = new Model(input, Dense.of(1).name("end").call(Dense.of(2).name("two").call(one)));
    Config config = Config.parse(model.toJson());
    Config fields = (Config) config.get("config");
    List<Object> layers = new ArrayList<>((List<?>) fields.get("layers"));
    Collections.reverse(layers);
    Model read = Model.fromJson(config.with("config", fields.with("layers", layers)).toJson());
    assertEquals(model.toJson(), read.toJson());
    assertEquals(
        List.of("input", "one", "two", "end"), read.layers().stream().map(Layer::name).toList());
  }

  /** Keras opens no class without its module. */
  @Test
  void shortFormsOfLossesAndMetricsAreSavedWhole() {
    KerasTensor input = Input.of(2).output();
    Model model = new Model(input, Dense.of(1).activation("sigmoid").call(input));
    Config auc = Config.parse("{\"class_name\": \"AUC\", \"config\": {\"name\": \"area\"}}");
    Config loss = Config.parse("{\"class_name\": \"Huber\", \"config\": {\"delta\": 2.0}}");
    model.compile(CompileOptions.of("sgd", loss).metrics(List.of("mae", auc)));
    Config saved = ModelArchive.of(model).config();
    Config compiled = (Config) saved.get("compile_config");
    assertEquals(Losses.serialize(Losses.get(loss)), compiled.get("loss"));
    assertEquals(List.of("mae", Metrics.serialize(Metrics.get(auc))), compiled.get("metrics"));
    assertEquals("keras.losses", ((Config) compiled.get("loss")).get("module"));
  }
}
