"""Keras's optimizers and models on Apache Spark; the Estimators are in firesteel.ml."""
