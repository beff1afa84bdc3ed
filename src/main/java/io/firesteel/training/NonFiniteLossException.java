package io.firesteel.training;

/** The loss of a step is NaN or infinite, and {@link FitOptions.OnNan#FAIL} is set. */
public final class NonFiniteLossException extends ArithmeticException {

  private static final long serialVersionUID = 1L;

  NonFiniteLossException(String message) {
    super(message);
  }
}
