package io.firesteel.spark;

import org.junit.jupiter.api.Tag;

@Tag("spark")
class ResidentGradientSourceTest extends SparkSourceContract {

  @Override
  String source() {
    return "resident";
  }
}
