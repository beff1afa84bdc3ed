package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.layers.Add;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Conv2D;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.GlobalAveragePooling2D;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.saving.Config;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table, character by character, against what Keras prints; see summaries_golden.py. */
class ModelSummaryTest {

  private static String golden(String name) throws IOException {
    return Config.parse(Files.readString(Path.of("src/test/resources/keras/summaries.json")))
        .reader("summaries.json")
        .config("summaries")
        .reader("summaries")
        .string(name);
  }

  private static Sequential digits() {
    return new Sequential("digits")
        .add(Dense.of(256).activation("relu").inputShape(64))
        .add(Dropout.of(0.4))
        .add(Dense.of(10).activation("softmax"));
  }

  @Test
  void isTheTableOfKeras() throws IOException {
    assertEquals(golden("digits"), digits().summary());
  }

  @Test
  void anOptimizerCountsOnceItIsBuilt() throws IOException {
    Sequential model = digits();
    model.compile("adam", "sparse_categorical_crossentropy");
    assertEquals(golden("digits"), model.summary());
    model.fit(
        LocalData.of(new float[4][64], new float[4]), FitOptions.builder().verbose(0).build());
    assertEquals(golden("trained"), model.summary());
  }

  @Test
  void longCellsGoOnBelow() throws IOException {
    Sequential model =
        new Sequential("images")
            .add(Input.of(28, 28, 1))
            .add(Conv2D.of(8, 3))
            .add(BatchNormalization.of().name("a_long_name_of_a_layer_that_does_not_fit"))
            .add(BatchNormalization.of())
            .add(GlobalAveragePooling2D.of())
            .add(Dense.of(123456));
    assertEquals(golden("images"), model.summary());
  }

  @Test
  void aModelOfUnknownInputHasNoShapes() throws IOException {
    assertEquals(golden("unbuilt"), new Sequential().add(Dense.of(3)).add(Dense.of(2)).summary());
  }

  /** Branches, a layer called twice, a nested stack, a nested graph called twice, two outputs. */
  @Test
  void aGraphSaysWhatEachCallIsConnectedTo() throws IOException {
    KerasTensor a = Input.of(8).name("a").output();
    KerasTensor b = Input.of(8).name("b").output();
    Layer shared = Dense.of(4).activation("relu").name("shared");
    KerasTensor x = shared.call(a);
    KerasTensor y = shared.call(b);
    Sequential stack =
        new Sequential("stack")
            .add(Input.of(4))
            .add(Dense.of(3).name("d1"))
            .add(BatchNormalization.of().name("bn"));
    KerasTensor inner = Input.of(4).name("inner").output();
    Model tower =
        new Model(
            "tower",
            List.of(inner),
            List.of(Add.of().name("twice").call(inner, Dense.of(4).name("d2").call(inner))));
    KerasTensor z = stack.call(Add.of().name("sum").call(tower.call(x), tower.call(y)));
    KerasTensor joined = Concatenate.of().name("joined").call(z, x);
    KerasTensor score = Dense.of(1).name("score").call(Dropout.of(0.5).name("drop").call(joined));
    Model model =
        new Model("branches", List.of(a, b), List.of(score, Dense.of(2).name("kind").call(z)));
    assertEquals(golden("graph"), model.summary());
    assertEquals(golden("graph"), Model.fromJson(model.toJson()).summary());
  }
}
