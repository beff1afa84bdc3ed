package io.firesteel.spark.internal.resident;

import io.firesteel.spark.SparkSourceContract;
import org.junit.jupiter.api.Tag;

@Tag("spark")
class ResidentGradientSourceTest extends SparkSourceContract {

  @Override
  protected String source() {
    return "resident";
  }
}
