package io.firesteel.internal.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportBudgetTest {

  private static final long MILLI = 1_000_000;

  @Test
  void whatIsEarlyIsReportedWithGrowingGaps() {
    TrainingReporter.ReportBudget budget = new TrainingReporter.ReportBudget(6, 1.5, 0);
    List<Long> taken = new ArrayList<>();
    for (long count = 1; count < 100; count++) {
      if (budget.take(count, 0)) {
        taken.add(count);
      }
    }

    assertEquals(List.of(1L, 2L, 3L, 5L, 8L, 12L), taken);
  }

  @Test
  void theRestIsReportedAtMostTwiceASecond() {
    TrainingReporter.ReportBudget budget = new TrainingReporter.ReportBudget(0, 1, 0);
    assertEquals(20, reports(budget, 0, 10_000));
  }

  @Test
  void theLongerItLastsTheFewerReports() {
    TrainingReporter.ReportBudget budget = new TrainingReporter.ReportBudget(0, 1, 0);
    int firstHour = reports(budget, 0, 3_600_000);
    int secondHour = reports(budget, 3_600_000, 7_200_000);
    int laterHour = reports(budget, 36_000_000, 39_600_000);
    assertTrue(firstHour < 2200, firstHour + " reports");
    assertTrue(secondHour < 500, secondHour + " reports");
    assertEquals(360, laterHour, 2);
  }

  private static int reports(TrainingReporter.ReportBudget budget, long fromMillis, long toMillis) {
    int reports = 0;
    for (long millis = fromMillis + 10; millis <= toMillis; millis += 10) {
      reports += budget.take(millis, millis * MILLI) ? 1 : 0;
    }

    return reports;
  }
}
