package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One variable of an optimizer's state for each variable that it was built with, but for those that
 * gradients overwrite.
 */
public final class OptimizerVariables {

  private final Index index;
  private final @Nullable Variable[] slots;

  private OptimizerVariables(Index index) {
    this.index = index;
    this.slots = new Variable[index.size()];
  }

  /**
   * Adds slots of zeros to an optimizer's state: all slots of the first variable, then those of the
   * second. Each name has its {@code OptimizerVariables} in the result.
   */
  static List<OptimizerVariables> create(
      BaseOptimizer optimizer, Index index, List<Variable> variables, String... names) {
    List<OptimizerVariables> slots = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      slots.add(new OptimizerVariables(index));
    }

    for (Variable variable : variables) {
      for (int i = 0; i < names.length && !variable.overwriteWithGradient(); i++) {
        slots.get(i).slots[index.of(variable)] =
            optimizer.addVariableFromReference(variable, names[i]);
      }
    }

    return slots;
  }

  /** Sets all values of all slots. */
  public void fill(double value) {
    for (Variable slot : slots) {
      if (slot != null) {
        Arrays.fill(slot.values(), (float) value);
      }
    }
  }

  /** Returns the slot of a variable. */
  public Variable of(Variable variable) {
    return Objects.requireNonNull(at(index.of(variable)), variable.path());
  }

  /** Returns the values of the slot of a variable; not a copy. */
  public float[] values(Variable variable) {
    return of(variable).values();
  }

  /** The slot of the variable at a position, if it has one. */
  @Nullable Variable at(int position) {
    return slots[position];
  }

  /** The variables that an optimizer was built with, and the position of each. */
  static final class Index {

    /* Ranges of few elements ask often; so many variables are compared faster than looked up. */
    private static final int SEARCHED = 8;

    private final String owner;
    private final List<Variable> variables;
    private final Variable[] first;
    private final IdentityHashMap<Variable, Integer> positions = new IdentityHashMap<>();

    Index(String owner, List<Variable> variables) {
      this.owner = owner;
      this.variables = List.copyOf(variables);
      this.first = this.variables.stream().limit(SEARCHED).toArray(Variable[]::new);
      for (Variable variable : this.variables) {
        if (variable.isInteger()) {
          throw new IllegalArgumentException(
              "%s updates float variables only. Received: %s".formatted(owner, variable));
        }

        if (positions.put(variable, positions.size()) != null) {
          throw new IllegalArgumentException(
              "%s must be built with each variable once. Received twice: %s"
                  .formatted(owner, variable));
        }
      }
    }

    List<Variable> variables() {
      return variables;
    }

    int size() {
      return variables.size();
    }

    /** The position of a variable, found at once if it is the one that is guessed. */
    int of(Variable variable, int guess) {
      return guess < variables.size() && variables.get(guess) == variable ? guess : of(variable);
    }

    int of(Variable variable) {
      for (int i = 0; i < first.length; i++) {
        if (first[i] == variable) {
          return i;
        }
      }

      Integer position = positions.get(variable);
      if (position == null) {
        throw new IllegalArgumentException(
            "%s was not built with the variable %s, but with: %s. Create a new optimizer for other variables"
                .formatted(owner, variable.path(), paths()));
      }

      return position;
    }

    private List<String> paths() {
      return variables.stream().map(Variable::path).toList();
    }
  }

  /** The variables of an optimizer, in the order in which Keras saves them. */
  static final class State {

    private final String owner;
    private final List<Variable> variables = new ArrayList<>();
    private final Set<Variable> untracked = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean complete;

    State(String owner) {
      this.owner = owner;
    }

    /** Adds a variable at the end. */
    Variable add(Variable variable) {
      if (complete) {
        throw new IllegalStateException(
            "%s creates its variables in buildVariables. Received one more: %s"
                .formatted(owner, variable.path()));
      }

      variables.add(variable);
      return variable;
    }

    /** Adds a float variable of equal values at the end. */
    Variable addFloats(Shape shape, String name, double initialValue) {
      Variable variable = Variable.zeros(name, owner + "/" + name, shape);
      Arrays.fill(variable.values(), (float) initialValue);
      return add(variable);
    }

    /** Adds an integer at the end. */
    Variable addInteger(String name, long initialValue) {
      return add(Variable.integer(name, owner + "/" + name, initialValue));
    }

    /**
     * Marks a variable as one that Keras makes without its {@code add_variable}: inside of wrappers
     * it does not save it.
     */
    void markUntracked(Variable variable) {
      untracked.add(variable);
    }

    /** Tells whether Keras does not save a variable inside of wrappers. */
    boolean isUntracked(Variable variable) {
      return untracked.contains(variable);
    }

    void remove(Variable variable) {
      variables.remove(variable);
    }

    /** Refuses further variables. */
    void complete() {
      complete = true;
    }

    /** A view of the variables. */
    List<Variable> variables() {
      return Collections.unmodifiableList(variables);
    }

    /** Assigns saved variables to an optimizer's, by position, after all of them were checked. */
    static void load(Optimizer optimizer, List<Variable> saved) {
      load(optimizer, optimizer.variables(), saved);
    }

    /** Assigns saved variables to some of an optimizer's, after all of them were checked. */
    static void load(Optimizer optimizer, List<Variable> variables, List<Variable> saved) {
      if (!optimizer.isBuilt()) {
        throw new IllegalStateException(
            optimizer.name() + " is not built. Call build before its variables are loaded");
      }

      if (variables.size() != saved.size()) {
        throw new IllegalArgumentException(
            "%s has %d variables. Received: %d"
                .formatted(optimizer.name(), variables.size(), saved.size()));
      }

      for (int i = 0; i < variables.size(); i++) {
        check(optimizer, i, variables.get(i), saved.get(i));
      }

      for (int i = 0; i < variables.size(); i++) {
        assign(variables.get(i), saved.get(i));
      }
    }

    private static void check(
        Optimizer optimizer, int position, Variable variable, Variable saved) {
      if (variable.isInteger() != saved.isInteger() || !variable.shape().equals(saved.shape())) {
        throw new IllegalArgumentException(
            "The variable %d of %s is %s. Received: %s"
                .formatted(position, optimizer.name(), variable, saved));
      }
    }

    private static void assign(Variable variable, Variable saved) {
      if (variable.isInteger()) {
        variable.assign(saved.integer());
      } else {
        variable.assign(saved.values());
      }
    }
  }

  /**
   * What determines an optimizer's learning rate: a number, which is one of the optimizer's
   * variables and can be set; a schedule; or a function.
   *
   * <p>A number can be replaced by a schedule or a function, and these by each other, but not by a
   * number. Stricter than Keras: a rate that is negative, NaN or infinite is refused, also one that
   * a schedule or a function returns.
   */
  static final class LearningRate {

    /** Keras's class name of a serialized function. */
    static final String FUNCTION = "function";

    private final String owner;
    private final OptimizerVariables.State state;
    private final Variable number;
    private @Nullable LearningRateSchedule schedule;
    private @Nullable DoubleSupplier function;

    /** Adds the number, if it is one, to the state. */
    LearningRate(OptimizerArguments arguments, OptimizerVariables.State state) {
      this.owner = arguments.name();
      this.state = state;
      this.schedule = arguments.schedule();
      this.function = arguments.function();
      this.number =
          Variable.builder("learning_rate", owner + "/learning_rate", Shape.scalar())
              .trainable(false)
              .build(new float[] {(float) arguments.learningRate()});
      if (schedule == null && function == null) {
        state.add(number);
      }
    }

    /** The rate of a step: the number of {@code applyGradients} calls completed so far. */
    float current(long step) {
      if (schedule != null) {
        return checked(schedule.call(step), step);
      }

      return function == null ? number.values()[0] : checked((float) function.getAsDouble(), step);
    }

    void set(double value) {
      if (schedule != null) {
        throw new IllegalStateException(
            "The learning rate of %s is determined by the schedule %s and cannot be set. Received: %s"
                .formatted(owner, schedule.getClass().getSimpleName(), value));
      }

      if (function != null) {
        throw new IllegalStateException(
            "The learning rate of %s is determined by a function and cannot be set. Received: %s"
                .formatted(owner, value));
      }

      number.values()[0] = (float) Argument.nonNegative(owner, "learning_rate", value);
    }

    void set(LearningRateSchedule value) {
      schedule = value;
      function = null;
      state.remove(number);
    }

    void set(DoubleSupplier value) {
      function = value;
      schedule = null;
      state.remove(number);
    }

    /** The current number, widened; the serialized schedule; or Keras's mark of a function. */
    Object toConfig() {
      if (schedule != null) {
        return LearningRateSchedules.serialize(schedule);
      }

      return function == null ? (double) number.values()[0] : serializedFunction();
    }

    /** What Keras writes in place of a function, which cannot be rebuilt. */
    static Config serializedFunction() {
      return Config.builder()
          .put("module", "builtins")
          .put("class_name", FUNCTION)
          .put("config", FUNCTION)
          .put("registered_name", FUNCTION)
          .build();
    }

    private float checked(float rate, long step) {
      if (!Float.isFinite(rate) || rate < 0) {
        throw new IllegalStateException(
            "The learning rate of %s must be finite and >= 0. Received at step %d: %s"
                .formatted(owner, step, rate));
      }

      return rate;
    }
  }
}
