package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What Keras's {@code serialize_keras_object} wrote is read, rebuilt and written the same. */
class KerasSerializedTest {

  private static Config objects() {
    try (InputStream in =
        KerasSerializedTest.class.getResourceAsStream("/keras/keras-serialized.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Config.parse(text).reader("file").config("objects");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isRegistered(String key) {
    String className = (String) serialized(key).get("class_name");
    return key.startsWith("schedule:")
        || key.equals("OptimizerMap")
        || Optimizers.classNames().contains(className);
  }

  private static Config serialized(String key) {
    return objects().reader("objects").config(key);
  }

  @TestFactory
  Stream<DynamicTest> isWrittenAsItWasRead() {
    return objects().keys().stream()
        .filter(KerasSerializedTest::isRegistered)
        .map(key -> DynamicTest.dynamicTest(key, () -> roundTrip(key, serialized(key))));
  }

  private static void roundTrip(String key, Config serialized) {
    if (key.equals("OptimizerMap")) {
      Config config = serialized.reader(key).config("config");
      assertEquals(config.toJson(), OptimizerMap.fromConfig(config).getConfig().toJson());
      return;
    }

    Config rewritten =
        key.startsWith("schedule:")
            ? LearningRateSchedules.serialize(LearningRateSchedules.get(serialized))
            : Optimizers.serialize(Optimizers.get(serialized));
    assertEquals(serialized.toJson(), rewritten.toJson());
  }

  @TestFactory
  Stream<DynamicTest> defaultsAreKerass() {
    return OptimizerVariant.names().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        assertEquals(
                            serialized(name).toJson(),
                            Optimizers.serialize(Optimizers.get(name)).toJson())));
  }

  @Test
  void everyEntryIsOfARegisteredClassAndTheOtherWayRound() {
    List<String> missing =
        Optimizers.classNames().stream()
            .filter(name -> objects().keys().stream().noneMatch(key -> key.startsWith(name)))
            .toList();
    assertEquals(List.of(), missing);
    List<String> others = objects().keys().stream().filter(key -> !isRegistered(key)).toList();
    assertEquals(List.of(), others);
  }
}
