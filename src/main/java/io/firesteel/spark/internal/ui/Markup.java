package io.firesteel.spark.internal.ui;

/**
 * HTML in the making. Everything goes through {@link #text} that is not written in this package.
 */
final class Markup {

  private final StringBuilder html = new StringBuilder(1 << 14);

  /** Returns a text as it stands in HTML, in elements and in quoted attributes. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
      }
    }

    return escaped.toString();
  }

  /** Adds HTML as it is. */
  Markup html(String raw) {
    html.append(raw);
    return this;
  }

  /** Adds text. */
  Markup text(String text) {
    html.append(escape(text));
    return this;
  }

  /** Adds an element with text in it. */
  Markup element(String tag, String cssClass, String text) {
    html.append('<').append(tag);
    if (!cssClass.isEmpty()) {
      html.append(" class=\"").append(cssClass).append('"');
    }

    html.append('>').append(escape(text)).append("</").append(tag).append('>');
    return this;
  }

  /** Adds a cell of a table. */
  Markup cell(String text) {
    return element("td", "", text);
  }

  /** Adds a cell of a table with a number. */
  Markup number(String text) {
    return element("td", "fs-n", text);
  }

  /** Adds a heading of a section. */
  Markup heading(String text) {
    return element("h5", "fs-h", text);
  }

  /** Adds the head of a table; a heading that begins with # is of numbers. */
  Markup table(String... headings) {
    html.append("<div class=\"fs-scroll\"><table class=\"table table-sm fs-table\"><thead><tr>");
    for (String heading : headings) {
      boolean number = heading.startsWith("#");
      element("th", number ? "fs-n" : "", number ? heading.substring(1) : heading);
    }

    html.append("</tr></thead><tbody>");
    return this;
  }

  /** Ends a table. */
  Markup endTable() {
    html.append("</tbody></table></div>");
    return this;
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
