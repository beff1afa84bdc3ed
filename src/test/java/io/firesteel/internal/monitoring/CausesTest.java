package io.firesteel.internal.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CausesTest {

  @Test
  void theFirstCauseIsTheLastOfTheChain() {
    IOException first = new IOException("the disk is full");
    RuntimeException middle = new IllegalStateException("not written", first);
    RuntimeException last = new RuntimeException("failed", middle);

    assertEquals(List.of(last, middle, first), Causes.of(last));
    assertSame(first, Causes.first(last));
    assertSame(first, Causes.first(first));
  }

  @Test
  void aCircleOfCausesHasAnEnd() {
    RuntimeException one = new RuntimeException("one");
    RuntimeException other = new RuntimeException("other", one);
    one.initCause(other);

    assertEquals(List.of(one, other), Causes.of(one));
    assertSame(other, Causes.first(one));
  }
}
