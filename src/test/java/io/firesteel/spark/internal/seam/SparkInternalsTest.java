package io.firesteel.spark.internal.seam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SparkInternalsTest {

  /** What Spark's status says of an executor that was added a moment ago has no port. */
  @Test
  void anExecutorsHostIsItsAddressWithoutThePort() {
    assertEquals("10.0.0.7", SparkInternals.host("10.0.0.7:7078"));
    assertEquals("10.0.0.7", SparkInternals.host("10.0.0.7"));
    assertEquals("[::1]", SparkInternals.host("[::1]:7078"));
  }
}
