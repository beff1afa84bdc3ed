package io.firesteel.spark.internal.ui;

import io.firesteel.spark.internal.seam.ScalaLists;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import scala.Function0;
import scala.collection.Seq;
import scala.xml.Node;
import scala.xml.NodeSeq;
import scala.xml.NodeSeq$;

/**
 * Spark's own header around a page.
 *
 * <p>Why: {@code UIUtils.headerSparkPage} has a further argument in Spark 4.2, which one jar can
 * name in no other way. All after the fourth have defaults, which are methods of their own.
 */
final class PageHeader {

  private static final String METHOD = "headerSparkPage";
  private static final int WITHOUT_DEFAULT = 4;

  private PageHeader() {}

  /**
   * Returns a page with Spark's header.
   *
   * @param request the request, of the servlet API that Spark has
   */
  static NodeSeq around(Object request, String title, NodeSeq content, SparkUITab tab) {
    Function0<NodeSeq> later = () -> content;
    List<Object> arguments = new ArrayList<>(List.of(request, title, later, tab));
    try {
      Method header = header();
      for (int i = WITHOUT_DEFAULT + 1; i <= header.getParameterCount(); i++) {
        arguments.add(UIUtils.class.getMethod(METHOD + "$default$" + i).invoke(null));
      }

      Object page = header.invoke(null, arguments.toArray());
      List<Node> nodes = new ArrayList<>();
      ScalaLists.in((Seq<?>) page).forEach(node -> nodes.add((Node) node));
      return NodeSeq$.MODULE$.fromSeq(ScalaLists.of(nodes));
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("Spark's header failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This Spark has another " + METHOD, e);
    }
  }

  private static Method header() throws NoSuchMethodException {
    for (Method method : UIUtils.class.getMethods()) {
      if (method.getName().equals(METHOD)) {
        return method;
      }
    }

    throw new NoSuchMethodException(METHOD);
  }
}
