package io.firesteel.variables;

import io.firesteel.constraints.Constraint;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A named value that training changes: a weight of a model, a slot of an optimizer, a counter.
 *
 * <p>A variable holds either float32 values of any shape or one integer. Its identity is the
 * object, not its name. It is not thread-safe; the trainer's thread owns it.
 */
public final class Variable {

  private final String name;
  private final String path;
  private final Shape shape;
  private final float @Nullable [] values;
  private final boolean trainable;
  private final @Nullable Constraint constraint;
  private final @Nullable Regularizer regularizer;
  private final boolean overwriteWithGradient;
  private long integer;

  private Variable(Builder builder, float @Nullable [] values, long integer) {
    this.name = builder.name;
    this.path = builder.path;
    this.shape = builder.shape;
    this.trainable = builder.trainable;
    this.constraint = builder.constraint;
    this.regularizer = builder.regularizer;
    this.overwriteWithGradient = builder.overwriteWithGradient;
    this.values = values;
    this.integer = integer;
  }

  /** Returns a trainable float variable around an array, which is not copied. */
  public static Variable of(String name, String path, Shape shape, float[] values) {
    return builder(name, path, shape).build(values);
  }

  /** Returns a float variable of zeros that is not trained, such as an optimizer slot. */
  public static Variable zeros(String name, String path, Shape shape) {
    return builder(name, path, shape).trainable(false).build(new float[shape.size()]);
  }

  /** Returns an integer scalar that is not trained, such as a step counter. */
  public static Variable integer(String name, String path, long value) {
    return new Variable(builder(name, path, Shape.scalar()).trainable(false), null, value);
  }

  /**
   * Returns a builder.
   *
   * @param name the last part of the path, e.g. {@code kernel}
   * @param path the unique path, e.g. {@code sequential/dense/kernel}
   */
  public static Builder builder(String name, String path, Shape shape) {
    return new Builder(name, path, shape);
  }

  /** Returns the name, e.g. {@code kernel}. */
  public String name() {
    return name;
  }

  /** Returns the path, e.g. {@code sequential/dense/kernel}. */
  public String path() {
    return path;
  }

  /** Returns the shape. */
  public Shape shape() {
    return shape;
  }

  /** Tells whether this is an integer scalar rather than a float tensor. */
  public boolean isInteger() {
    return values == null;
  }

  /**
   * Returns the values themselves, row-major, not a copy.
   *
   * @throws IllegalStateException if this is an integer
   */
  public float[] values() {
    if (values == null) {
      throw new IllegalStateException("The variable " + path + " is an integer, not a tensor");
    }

    return values;
  }

  /**
   * Returns the integer.
   *
   * @throws IllegalStateException if this is a tensor
   */
  public long integer() {
    requireInteger();
    return integer;
  }

  /**
   * Sets the values.
   *
   * @throws IllegalArgumentException if the number of values is another
   */
  public void assign(float[] source) {
    float[] target = values();
    if (source.length != target.length) {
      throw new IllegalArgumentException(
          "The variable %s of shape %s holds %d values. Received: %d"
              .formatted(path, shape, target.length, source.length));
    }

    System.arraycopy(source, 0, target, 0, target.length);
  }

  /** Sets the integer. */
  public void assign(long value) {
    requireInteger();
    integer = value;
  }

  /** Returns a variable with the same attributes and a copy of the value. */
  public Variable copy() {
    Builder attributes =
        builder(name, path, shape)
            .trainable(trainable)
            .constraint(constraint)
            .regularizer(regularizer)
            .overwriteWithGradient(overwriteWithGradient);
    return new Variable(attributes, values == null ? null : values.clone(), integer);
  }

  /** Tells whether gradients are computed for this variable. */
  public boolean trainable() {
    return trainable;
  }

  /** Returns what the values must satisfy after each update, if anything. */
  public @Nullable Constraint constraint() {
    return constraint;
  }

  /** Returns the penalty on the values, if any. */
  public @Nullable Regularizer regularizer() {
    return regularizer;
  }

  /** Tells whether the "gradient" of this variable is its next value (Keras's float8 scales). */
  public boolean overwriteWithGradient() {
    return overwriteWithGradient;
  }

  private void requireInteger() {
    if (values != null) {
      throw new IllegalStateException("The variable " + path + " is a tensor, not an integer");
    }
  }

  @Override
  public String toString() {
    return "<Variable path=%s, shape=%s, dtype=%s>"
        .formatted(path, shape, isInteger() ? "int64" : "float32");
  }

  /** Collects the attributes of a float variable. */
  public static final class Builder {
    private final String name;
    private final String path;
    private final Shape shape;
    private boolean trainable = true;
    private @Nullable Constraint constraint;
    private @Nullable Regularizer regularizer;
    private boolean overwriteWithGradient;

    private Builder(String name, String path, Shape shape) {
      this.name = name;
      this.path = path;
      this.shape = shape;
    }

    /** Sets whether gradients are computed for the variable; true unless set. */
    public Builder trainable(boolean value) {
      this.trainable = value;
      return this;
    }

    /** Sets the constraint. */
    public Builder constraint(@Nullable Constraint value) {
      this.constraint = value;
      return this;
    }

    /** Sets the regularizer. */
    public Builder regularizer(@Nullable Regularizer value) {
      this.regularizer = value;
      return this;
    }

    /** Makes the gradient the next value. */
    public Builder overwriteWithGradient(boolean value) {
      this.overwriteWithGradient = value;
      return this;
    }

    /**
     * Returns a variable around an array, which is not copied.
     *
     * @throws IllegalArgumentException if the array's length is not the shape's size
     */
    public Variable build(float[] values) {
      if (values.length != shape.size()) {
        throw new IllegalArgumentException(
            "The variable %s of shape %s holds %d values. Received: %d"
                .formatted(path, shape, shape.size(), values.length));
      }

      return new Variable(this, values, 0);
    }
  }
}
