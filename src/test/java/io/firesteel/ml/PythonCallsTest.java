package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Add;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import py4j.Gateway;

/** The calls of the Python module, by the gateway that PySpark calls through. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class PythonCallsTest {

  @TempDir Path folder;

  private final Gateway gateway = new Gateway(null);

  /** Calls a method as Python does: by its name and the arguments' types as they arrive. */
  private Object call(Object target, String method, Object... arguments) {
    py4j.ReturnObject result =
        gateway.invoke(method, gateway.putNewObject(target), new ArrayList<>(List.of(arguments)));
    assertFalse(result.isError(), method);
    return result.isReference() ? gateway.getObject(result.getName()) : result.getPrimitiveObject();
  }

  private void set(Object stage, String param, Object value) {
    Object pair = call(call(stage, "getParam", param), "w", value);
    call(stage, "set", pair);
  }

  @Test
  void anEstimatorIsSetFittedAndRead(SparkSession spark) throws Exception {
    Dataset<Row> rows =
        spark.range(60).selectExpr("id / 60.0 a", "id % 2 / 2.0 b", "cast(id % 2 as int) label");
    KerasClassifier estimator = new KerasClassifier("python");
    set(
        estimator,
        "model",
        new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(2)).toJson());
    set(estimator, "optimizer", "adam");
    set(estimator, "learningRate", 0.1);
    set(estimator, "epochs", 20);
    set(estimator, "seed", 3);
    set(estimator, "verbose", 0);
    set(estimator, "featuresCols", new ArrayList<>(List.of("a", "b")));
    set(estimator, "thresholds", new ArrayList<>(List.of(0.5, 0.5)));
    assertEquals(3L, estimator.getSeed());
    assertEquals(true, call(estimator, "hasParam", "epochs"));

    Object model = call(estimator, "fit", rows);
    assertEquals("python", call(model, "uid"));
    assertEquals(true, call(model, "hasSummary"));
    Config history = Config.parse((String) call(call(model, "summary"), "historyJson"));
    assertEquals(20, history.reader("history").numbers("loss").size());
    assertEquals(2, call(model, "numFeatures"));
    assertEquals(2, call(model, "numClasses"));
    assertEquals(1.0, call(model, "predict", Vectors.dense(0.5, 0.5)));
    call(model, "predictRaw", Vectors.dense(0.5, 0.5));
    call(model, "predictProbability", Vectors.dense(0.5, 0.5));
    Object copied = call(model, "copy", ParamMap.empty());
    Dataset<?> predicted = (Dataset<?>) call(copied, "transform", rows);
    assertEquals(60, predicted.where("prediction = label").count());

    String path = folder.resolve("m.keras").toString();
    call(call(model, "kerasModel"), "save", path);
    assertTrue(Files.exists(Path.of(path)));
    call(call(call(model, "write"), "overwrite"), "save", folder.resolve("model").toString());
    Object loaded =
        call(KerasClassificationModel.read(), "load", folder.resolve("model").toString());
    assertEquals("python", call(loaded, "uid"));
    assertTrue(((String) call(estimator, "explainParams")).contains("epochs: "));
  }

  @Test
  void aFunctionalModelIsGivenAsJson(SparkSession spark) {
    KerasTensor input = Input.of(2).output();
    KerasTensor sum = Add.of().call(Dense.of(2).activation("tanh").call(input), input);
    KerasRegressor estimator = new KerasRegressor("python");
    set(estimator, "model", new Model(input, Dense.of(1).call(sum)).toJson());
    set(estimator, "epochs", 2);
    set(estimator, "verbose", 0);
    set(estimator, "featuresCols", new ArrayList<>(List.of("a", "b")));
    Dataset<Row> rows = spark.range(40).selectExpr("id / 40.0 a", "id % 2 b", "id label");
    Object model = call(estimator, "fit", rows);
    Object name = call(call(model, "kerasModel"), "name");
    assertEquals("functional", name);
    Dataset<?> predicted = (Dataset<?>) call(model, "transform", rows);
    assertEquals(40, predicted.where("prediction is not null").count());
  }

  @Test
  void theModuleHasTheParamsOfEachClass() throws Exception {
    String module = Files.readString(Path.of("src/main/python/firesteel/ml.py"));
    Map<String, Set<String>> tables = new HashMap<>();
    Matcher table =
        Pattern.compile("^(_[A-Z]+) = \\{(.*?)^\\}", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(module);
    while (table.find()) {
      tables.put(
          table.group(1),
          Pattern.compile("\"(\\w+)\": \\(")
              .matcher(table.group(2))
              .results()
              .map(name -> name.group(1))
              .collect(Collectors.toSet()));
    }

    Matcher decorated =
        Pattern.compile("@_with_params\\(([^)]*)\\)\\s*class (\\w+)").matcher(module);
    int classes = 0;
    while (decorated.find()) {
      Set<String> python = new TreeSet<>();
      for (String name : decorated.group(1).split(", ")) {
        python.addAll(tables.get(name));
      }

      Params stage =
          (Params)
              Class.forName("io.firesteel.ml." + decorated.group(2)).getConstructor().newInstance();
      Set<String> java = Arrays.stream(stage.params()).map(Param::name).collect(Collectors.toSet());
      assertEquals(new TreeSet<>(java), python, decorated.group(2));
      classes++;
    }

    assertEquals(8, classes);
  }
}
