package io.firesteel.ml;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.models.Model;
import org.apache.spark.ml.param.Param;

/**
 * Which model an Estimator trains, and on which loss.
 *
 * @param <S> the Estimator
 */
public interface KerasNetworkParams<S extends KerasNetworkParams<S>>
    extends KerasFitParams<S>, KerasInputParams<S> {

  /** Returns the params; for the methods here. */
  NetworkParams networkParams();

  /** Returns the param of the model, Keras's JSON. */
  default Param<String> model() {
    return networkParams().model;
  }

  /** Returns the model, Keras's JSON. */
  default String getModel() {
    return getOrDefault(model());
  }

  /** Sets the model: Keras's {@code to_json()}, compiled or not. */
  default S setModel(String json) {
    return Stages.with(this, model(), json);
  }

  /** Sets the model and what it is compiled with; its weights are not taken. */
  default S setModel(Model model) {
    return setModel(model.toJson());
  }

  @Override
  default Param<String> inputs() {
    return networkParams().inputs;
  }

  /** Returns the param of the loss, a name or Keras's JSON. */
  default Param<String> loss() {
    return networkParams().loss;
  }

  /** Returns the loss, a name or Keras's JSON. */
  default String getLoss() {
    return getOrDefault(loss());
  }

  /** Sets the loss: a name or Keras's JSON. */
  default S setLoss(String value) {
    return Stages.with(this, loss(), value);
  }

  /** Sets the loss. */
  default S setLoss(Loss value) {
    return setLoss(Losses.serialize(value).toJson());
  }
}
