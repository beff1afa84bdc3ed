package io.firesteel.internal.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KerasNamesTest {

  @ParameterizedTest
  @CsvSource({
    "Dense,dense",
    "InputLayer,input_layer",
    "Conv2D,conv2d",
    "Conv2DTranspose,conv2d_transpose",
    "ReLU,re_lu",
    "PReLU,p_re_lu",
    "RMSprop,rm_sprop",
    "AdamW,adam_w",
    "ScheduleFreeAdamW,schedule_free_adam_w",
    "SGD,sgd",
    "My Layer!,my_layer"
  })
  void classNamesBecomeSnakeCaseAsInKeras(String className, String expected) {
    assertEquals(expected, KerasNames.snakeCase(className));
  }

  @Test
  void namesAreNumberedInOrderOfAppearance() {
    KerasNames.Groups groups = new KerasNames.Groups();

    assertEquals(
        List.of("dense", "flatten", "dense_1", "dense_2"),
        Stream.of("Dense", "Flatten", "Dense", "Dense").map(groups::next).toList());
  }
}
