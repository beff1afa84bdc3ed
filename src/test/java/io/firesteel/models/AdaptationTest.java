package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Normalization;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptationTest {

  private static final LocalData DATA =
      LocalData.of(new float[][] {{1, 10}, {2, 20}, {3, 60}, {4, 30}}, new float[] {0, 1, 0, 1});

  @Test
  void meanAndVarianceAreThoseOfTheFeatures() {
    Sequential model = new Sequential().add(Normalization.of()).add(Dense.of(1)).adapt(DATA);
    assertArrayEquals(new float[] {2.5f, 30}, model.variables().get(0).values());
    assertArrayEquals(new float[] {1.25f, 350}, model.variables().get(1).values());
    Sequential normal = new Sequential().add(Normalization.of()).adapt(DATA);
    float[][] predictions = normal.predict(new float[][] {{2.5f, 30}, {3.5f, 60}});
    assertArrayEquals(new float[] {0, 0}, predictions[0]);
    assertEquals(1 / Math.sqrt(1.25), predictions[1][0], 1e-6);
    assertEquals(30 / Math.sqrt(350), predictions[1][1], 1e-6);
  }

  @Test
  void withoutAxesThereIsOneMean() {
    Sequential model = new Sequential().add(Normalization.of().axis()).adapt(DATA);
    assertArrayEquals(new float[] {16.25f}, model.variables().get(0).values());
    LocalData square = DATA.featureShape(2, 1);
    Sequential last = new Sequential().add(Normalization.of()).adapt(square);
    assertArrayEquals(new float[] {16.25f}, last.variables().get(0).values());
    Sequential first = new Sequential().add(Normalization.of().axis(1)).adapt(square);
    assertArrayEquals(new float[] {2.5f, 30}, first.variables().get(0).values());
  }

  @Test
  void trainingLeavesThemAndArchivesKeepThem(@TempDir Path folder) throws IOException {
    Sequential model =
        new Sequential().add(Normalization.of()).add(Dense.of(1).activation("sigmoid")).adapt(DATA);
    model.compile("adam", "binary_crossentropy");
    model.fit(DATA, FitOptions.builder().epochs(2).batchSize(2).verbose(0).build());
    assertArrayEquals(new float[] {2.5f, 30}, model.variables().get(0).values());
    String path = folder.resolve("model.keras").toString();
    model.save(path);
    Sequential opened = Sequential.load(path);
    assertArrayEquals(new float[] {1.25f, 350}, opened.variables().get(1).values());
    assertEquals(model.weightsSha256(), opened.weightsSha256());
  }

  @Test
  void otherModelsAndDataAreRefused() {
    Sequential dense = new Sequential().add(Dense.of(1).name("a")).add(Normalization.of());
    assertEquals(
        "adapt: the first layer of the model sequential must be a Normalization without a given mean. Received: a",
        assertThrows(IllegalStateException.class, () -> dense.adapt(DATA)).getMessage());
    Sequential given = new Sequential().add(Normalization.of().moments(0, 1).name("b"));
    assertEquals(
        "adapt: the first layer of the model sequential must be a Normalization without a given mean. Received: b",
        assertThrows(IllegalStateException.class, () -> given.adapt(DATA)).getMessage());
    Sequential wide = new Sequential().add(Normalization.of().inputShape(3));
    assertEquals(
        "adapt: the model sequential takes features of shape (3,). Received: (2,)",
        assertThrows(IllegalArgumentException.class, () -> wide.adapt(DATA)).getMessage());
  }
}
