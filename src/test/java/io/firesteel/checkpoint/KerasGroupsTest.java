package io.firesteel.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KerasGroupsTest {

  @Test
  void namesAreNumberedInOrderOfAppearance() {
    KerasGroups groups = new KerasGroups();

    assertEquals(
        List.of("dense", "flatten", "dense_1", "dense_2"),
        Stream.of("Dense", "Flatten", "Dense", "Dense").map(groups::next).toList());
  }
}
