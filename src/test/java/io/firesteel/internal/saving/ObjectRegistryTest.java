package io.firesteel.internal.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectRegistryTest {

  private abstract static class Animal implements KerasSerializable {
    final long legs;

    Animal(Config config, long legs) {
      ConfigReader reader = config.reader(getClass().getSimpleName());
      this.legs = reader.integer("legs", legs);
      reader.finish();
    }

    @Override
    public Config getConfig() {
      return Config.builder().put("legs", legs).build();
    }
  }

  private static final class Bird extends Animal {
    Bird(Config config) {
      super(config, 2);
    }
  }

  private static final class GuideDog extends Animal {
    GuideDog(Config config) {
      super(config, 4);
    }
  }

  private static ObjectRegistry<Animal> registry() {
    return registry("keras.animals");
  }

  private static ObjectRegistry<Animal> registry(String module) {
    return ObjectRegistry.builder("animal", module, Animal.class)
        .add(Bird.class, Bird::new, "tweety")
        .build();
  }

  @Test
  void namesInAnyCaseAliasesConfigsAndJsonNameTheSameClass() {
    ObjectRegistry<Animal> animals = registry();
    Bird bird = new Bird(Config.empty());

    assertSame(bird, animals.get(bird));
    assertEquals(2, animals.get("BIRD").legs);
    assertEquals(2, animals.get("tweety").legs);
    assertEquals(2, animals.get(Map.of("class_name", "Bird")).legs);
    assertEquals(1, animals.get("{\"class_name\":\"Bird\",\"config\":{\"legs\":1}}").legs);
    assertEquals(List.of("Bird"), animals.classNames());
    assertEquals(List.of("Bird", "tweety"), animals.names());
  }

  @Test
  void builtInsSerializeWithTheirModule() {
    assertEquals(
        Config.parse(
            "{\"module\":\"keras.animals\",\"class_name\":\"Bird\",\"config\":{\"legs\":2},\"registered_name\":null}"),
        registry().serialize(new Bird(Config.empty())));
  }

  @Test
  void customClassesAreKnownByPackageAndName() {
    ObjectRegistry<Animal> animals = registry("keras.zoo");
    animals.register("zoo", GuideDog.class, GuideDog::new);
    Config serialized = animals.serialize(animals.get("zoo>GuideDog"));

    assertEquals(
        Config.parse(
            "{\"module\":null,\"class_name\":\"GuideDog\",\"config\":{\"legs\":4},\"registered_name\":\"zoo>GuideDog\"}"),
        serialized);
    assertEquals(4, animals.deserialize(serialized).legs);
    assertThrows(IllegalArgumentException.class, () -> animals.get("GuideDog"));
  }

  @Test
  void aCustomClassThatWasSentIsKnownInARegistryBuiltLater() throws Exception {
    registry("keras.farm").register("farm", GuideDog.class, GuideDog::new);
    CustomClass custom =
        CustomClasses.all().stream()
            .filter(known -> known.module().equals("keras.farm"))
            .findFirst()
            .orElseThrow();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(
          new CustomClass("animal", "keras.ark", "farm", custom.type(), custom.factory()));
    }

    byte[] sent = bytes.toByteArray();
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(sent))) {
      CustomClasses.register((CustomClass) in.readObject());
    }

    assertEquals("farm>GuideDog", custom.name());
    assertEquals(4, registry("keras.ark").get("farm>GuideDog").legs);
    assertEquals(
        "The animal 'farm>GuideDog' is already registered for "
            + GuideDog.class
            + ". Received: "
            + Elsewhere.GuideDog.class,
        message(
            () ->
                registry("keras.ark")
                    .register("farm", Elsewhere.GuideDog.class, Elsewhere.GuideDog::new)));
  }

  private static final class Elsewhere {
    private static final class GuideDog extends Animal {
      GuideDog(Config config) {
        super(config, 3);
      }
    }
  }

  @Test
  void whatNamesNothingIsRefusedWithWhatIsAllowed() {
    ObjectRegistry<Animal> animals = registry();

    assertEquals(
        "Unknown animal 'cat'. Allowed: Bird, tweety. A custom class must be registered first",
        message(() -> animals.get("cat")));
    assertEquals(
        "Could not interpret the animal identifier 7. Allowed: an instance, a name (Bird, tweety),"
            + " or a serialized config",
        message(() -> animals.get(7)));
    assertEquals(
        "A serialized animal needs the key 'class_name'. Received: {\"config\":{}}",
        message(() -> animals.get("{\"config\":{}}")));
    assertEquals(
        "The 'config' of the animal Bird must be an object. Received: 3",
        message(() -> animals.get("{\"class_name\":\"Bird\",\"config\":3}")));
    assertEquals(
        "Bird does not know the field 'wings'. Allowed: legs",
        message(() -> animals.get("{\"class_name\":\"Bird\",\"config\":{\"wings\":2}}")));
    assertTrue(
        message(() -> animals.register(" ", GuideDog.class, GuideDog::new))
            .startsWith("The package of a custom animal must be a name"));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
