/**
 * Firesteel in Spark ML: Estimators whose models are Keras's, with Spark's params, pipelines,
 * tuning and persistence. It stands on {@code models} and {@code spark}; a new Estimator is a class
 * that extends {@link io.firesteel.ml.NetworkClassifier} or {@link
 * io.firesteel.ml.NetworkRegressor}, a line in {@code META-INF/services} and a class in the Python
 * module {@code firesteel.ml}.
 */
@NullMarked
package io.firesteel.ml;

import org.jspecify.annotations.NullMarked;
