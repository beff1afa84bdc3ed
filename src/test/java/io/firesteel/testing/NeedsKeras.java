package io.firesteel.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * For tests in which real Keras takes part: they run where {@code -Dfiresteel.python=} names a
 * Python that has it, and are skipped elsewhere with what is missing. {@link KerasPython} runs it.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KerasPython.class)
public @interface NeedsKeras {}
