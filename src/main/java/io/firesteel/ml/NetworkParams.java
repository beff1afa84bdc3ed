package io.firesteel.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The params of a model that is given. */
final class NetworkParams {

  final Param<String> model;
  final Param<String> loss;
  final Param<String> inputs;

  NetworkParams(Params owner) {
    Definitions define = new Definitions(owner);
    model = define.text("model", "model: Keras's JSON, as of to_json()");
    loss = define.text("loss", "loss: a name or Keras's JSON");
    inputs = Features.inputsParam(owner);
  }
}
