#include "train/schedule.h"

#include <math.h>

static void
test_rate (void)
{
  double before = 0;

  for (int i = 1; i <= 10; i++)
    {
      double rate = mg_schedule_rate (2, 0.1, 0.01 * i);

      g_assert_cmpfloat (rate, >, before);
      before = rate;
    }
  g_assert_cmpfloat_with_epsilon (mg_schedule_rate (2, 0.1, 0.1), 2, 1e-12);
  for (int i = 11; i <= 100; i++)
    {
      double rate = mg_schedule_rate (2, 0.1, 0.01 * i);

      g_assert_cmpfloat (rate, <, before);
      before = rate;
    }
  g_assert_cmpfloat_with_epsilon (before, 0.02, 1e-12);
  /* over time, and a warm-up longer than the run */
  g_assert_cmpfloat_with_epsilon (mg_schedule_rate (2, 0.1, 7), 0.02, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_schedule_rate (2, 4, 1), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_schedule_rate (2, 1, 1), 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_schedule_rate (2, 0, 0), 2, 1e-12);
}

/* With a constant gradient the corrected moments are the gradient itself. */
static void
test_bias_corrections (void)
{
  double m = 0, v = 0, g = 0.37;

  for (int step = 0; step < 50; step++)
    {
      float hyper[8];

      mg_schedule_hyper (1e-3, 0.01, step, hyper);
      m = hyper[3] * m + (1 - hyper[3]) * g;
      v = hyper[4] * v + (1 - hyper[4]) * g * g;
      g_assert_cmpfloat_with_epsilon (m / hyper[1], g, 1e-4);
      g_assert_cmpfloat_with_epsilon (sqrt (v / hyper[2]), g, 1e-4);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/rate", test_rate);
  g_test_add_func ("/schedule/bias-corrections", test_bias_corrections);
  return g_test_run ();
}
