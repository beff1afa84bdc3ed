package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The arguments that all optimizers share, from a builder and from a config. */
class OptimizerArgumentsTest {

  private static SGD.Builder sgd() {
    return SGD.builder();
  }

  private static String refusal(Executable executable) {
    return assertThrows(IllegalArgumentException.class, executable).getMessage();
  }

  @Test
  void sharedArgumentsHaveRanges() {
    assertEquals(
        List.of(
            "SGD: 'name' must be a text that is not blank. Received: ' '",
            "SGD: 'learning_rate' must be finite and >= 0. Received: NaN",
            "SGD: 'learning_rate' must be finite and >= 0. Received: -0.1",
            "SGD: 'weight_decay' must be finite and >= 0. Received: Infinity",
            "SGD: 'clipnorm' must be finite and > 0. Received: 0.0",
            "SGD: 'clipvalue' must be finite and > 0. Received: -1.0",
            "SGD: 'global_clipnorm' must be finite and > 0. Received: NaN",
            "SGD: 'ema_momentum' must be in [0, 1]. Received: 1.5",
            "SGD: 'ema_overwrite_frequency' must be an integer >= 1. Received: 0",
            "SGD: 'loss_scale_factor' must be finite and > 0. Received: 1.0E-60",
            "SGD: 'gradient_accumulation_steps' must be an integer >= 2. Received: 1"),
        List.of(
                sgd().name(" "),
                sgd().learningRate(Double.NaN),
                sgd().learningRate(-0.1),
                sgd().weightDecay(Double.POSITIVE_INFINITY),
                sgd().clipnorm(0),
                sgd().clipvalue(-1),
                sgd().globalClipnorm(Double.NaN),
                sgd().emaMomentum(1.5),
                sgd().emaOverwriteFrequency(0),
                sgd().lossScaleFactor(1e-60),
                sgd().gradientAccumulationSteps(1))
            .stream()
            .map(builder -> refusal(builder::build))
            .toList());
  }

  @Test
  void configsOfTheWrongTypeAreRefused() {
    assertEquals(
        List.of(
            "SGD: 'learning_rate' must be a number or a serialized schedule. Received: fast",
            "SGD: 'learning_rate' must be a number or a serialized schedule. Received: null",
            "SGD: 'use_ema' must be true or false. Received: 1",
            "SGD: 'gradient_accumulation_steps' must be an integer. Received: 2.5",
            "SGD does not know the field 'decay'. Allowed: clipnorm, clipvalue, ema_momentum, ema_overwrite_frequency, exclude_from_weight_decay, global_clipnorm, gradient_accumulation_steps, learning_rate, loss_scale_factor, momentum, name, nesterov, non_finite_gradients, use_ema, weight_decay, weight_decay_schedule"),
        List.of(
                "{\"learning_rate\":\"fast\"}",
                "{\"learning_rate\":null}",
                "{\"use_ema\":1}",
                "{\"gradient_accumulation_steps\":2.5}",
                "{\"decay\":0.0}")
            .stream()
            .map(json -> refusal(() -> SGD.fromConfig(Config.parse(json))))
            .toList());
  }

  @Test
  void integersInAConfigAreNumbers() {
    SGD optimizer = SGD.fromConfig(Config.parse("{\"learning_rate\":1,\"weight_decay\":0}"));
    assertEquals(1, optimizer.learningRate());
    assertEquals(0.0, optimizer.getConfig().get("weight_decay"));
  }
}
