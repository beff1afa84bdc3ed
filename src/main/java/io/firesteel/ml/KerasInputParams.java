package io.firesteel.ml;

import io.firesteel.saving.Config;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The columns of a functional model's inputs by their names, of the Estimators that take any model
 * and of what they fit.
 *
 * @param <S> the stage
 */
public interface KerasInputParams<S extends KerasInputParams<S>> extends Params {

  /** Returns the param of the columns of each input, a JSON object. */
  Param<String> inputs();

  /** Returns the columns of each input, a JSON object. */
  default String getInputs() {
    return getOrDefault(inputs());
  }

  /**
   * Sets the columns of each input of a functional model, instead of {@code featuresCol}: a JSON
   * object such as {@code {"user": "user_id", "prices": ["low", "high"]}}. An input has one column
   * of numbers, vectors or arrays, or several of a number each; a sparse input has one of vectors.
   */
  default S setInputs(String json) {
    return Stages.with(this, inputs(), json);
  }

  /** Sets the columns of each input of a functional model, by the input's name. */
  default S setInputs(Map<String, List<String>> columns) {
    return setInputs(Config.of(columns).toJson());
  }
}
