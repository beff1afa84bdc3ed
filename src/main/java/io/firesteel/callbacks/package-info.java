/**
 * What happens beside training: the {@link io.firesteel.callbacks.Callback} contract, one class per
 * callback, and the registry {@link io.firesteel.callbacks.Callbacks}.
 *
 * <p>A callback of one's own extends {@code Callback}. What it remembers between epochs it returns
 * from {@code state} (and {@code tensors}), so that a resumed run goes on with it; what tells it
 * from others it returns from {@code getConfig}, so that a run with another one is refused. In
 * Java:
 *
 * <pre>{@code
 * public final class WorstEpoch extends Callback {
 *   private double worst;
 *
 *   @Override
 *   public void onEpochEnd(int epoch, Map<String, Double> logs) {
 *     worst = Math.max(worst, logs.get("loss"));
 *     logs.put("worst", worst);
 *   }
 *
 *   @Override
 *   public Config state() {
 *     return Config.builder().put("worst", worst).build();
 *   }
 *
 *   @Override
 *   public void restoreState(Config state) {
 *     worst = state.reader("WorstEpoch").number("worst");
 *   }
 * }
 * }</pre>
 *
 * <p>In Scala, in a notebook or a job:
 *
 * <pre>{@code
 * class WorstEpoch extends Callback {
 *   private var worst = 0.0
 *   override def onEpochEnd(epoch: Int, logs: java.util.Map[String, java.lang.Double]): Unit = {
 *     worst = worst.max(logs.get("loss"))
 *     logs.put("worst", worst)
 *   }
 *   override def state(): Config = Config.builder().put("worst", worst).build()
 *   override def restoreState(state: Config): Unit =
 *     worst = state.reader("WorstEpoch").number("worst")
 * }
 * model.fit(data, FitOptions.builder().callbacks(new WorstEpoch).build())
 * }</pre>
 *
 * <p>A job file names it after {@code custom_objects} has registered it with {@link
 * io.firesteel.callbacks.Callbacks#register}. What only looks on needs no class: {@link
 * io.firesteel.callbacks.LambdaCallback}.
 */
@NullMarked
package io.firesteel.callbacks;

import org.jspecify.annotations.NullMarked;
