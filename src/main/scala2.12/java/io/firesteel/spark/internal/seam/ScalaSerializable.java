package io.firesteel.spark.internal.seam;

/** What Spark, in Scala 2.12, asks of an object that it is to send to executors. */
public interface ScalaSerializable extends scala.Serializable {}
